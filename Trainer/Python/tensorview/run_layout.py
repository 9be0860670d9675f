"""What a run file holds: its description, and the data sets that follow from it (docs/run-format.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

LARGEST_CHUNK = 1 << 20  # bytes, of tensors
CHANGE_BANDS = 8


@dataclass(frozen=True)
class Layer:
    """A layer that owns filters. `id` is permanent within a run, `slots` how many filters it has."""

    id: int
    name: str
    type: str
    slots: int


@dataclass(frozen=True)
class TensorDescription:
    """A tensor of every snapshot; `shape` is (filters, channels, rows, columns)."""

    layer_id: int
    layer: str
    kind: str
    shape: tuple[int, int, int, int]
    channel_layer_id: int = -1

    def to_json(self) -> dict[str, Any]:
        return {
            "layer_id": self.layer_id,
            "layer": self.layer,
            "kind": self.kind,
            "shape": list(self.shape),
            "channel_layer_id": self.channel_layer_id,
        }


@dataclass(frozen=True)
class FilterSeries:
    """A number for every filter of a layer, `slots` of them a row."""

    name: str
    layer_id: int
    slots: int


@dataclass
class RunLayout:
    """The fixed description of one segment of a run."""

    model: str = ""
    layers: list[Layer] = field(default_factory=list)
    tensors: list[TensorDescription] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    tracked: list[tuple[int, int]] = field(default_factory=list)
    filter_series: list[FilterSeries] = field(default_factory=list)
    change_band_layers: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    steps_per_epoch: int = 0
    snapshot_interval: int = 0
    filter_interval: int = 0
    threads: int = 0
    parent_segment: str = ""
    parent_step: int = -1

    def to_json(self) -> str:
        return json.dumps(
            {
                "model": self.model,
                "layers": [{"id": x.id, "name": x.name, "type": x.type} for x in self.layers],
                "tensors": [tensor.to_json() for tensor in self.tensors],
                "metrics": self.metrics,
                "tracked": [list(pair) for pair in self.tracked],
                "filter_series": [
                    {"name": x.name, "layer_id": x.layer_id, "slots": x.slots} for x in self.filter_series
                ],
                "change_band_layers": self.change_band_layers,
                "classes": self.classes,
                "options": json.dumps(self.options),
                "steps_per_epoch": self.steps_per_epoch,
                "snapshot_interval": self.snapshot_interval,
                "filter_interval": self.filter_interval,
                "threads": self.threads,
                "parent_segment": self.parent_segment,
                "parent_step": self.parent_step,
            }
        )


def link_name(name: str) -> str:
    """A layer or tensor name as one part of an HDF5 path."""
    part = name.replace("%", "%25").replace("/", "%2F")
    return part if part.strip(".") else "%" + part


def tensor_path(tensor: TensorDescription) -> str:
    return f"tensors/{link_name(tensor.layer)}/{link_name(tensor.kind)}"


def series_path(series: FilterSeries) -> str:
    return f"filter_series/{link_name(series.name)}"


def slots_path(layer: Layer) -> str:
    return f"slots/{link_name(layer.name)}"


def tensor_chunk(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Chunk of a tensor's data set: one snapshot, at most 1 MB of float32, split into even pieces."""
    chunk = list(shape)
    left = LARGEST_CHUNK // 4
    for axis in reversed(range(len(chunk))):
        pieces = -(-chunk[axis] // max(1, left))
        chunk[axis] = -(-chunk[axis] // pieces)
        left //= chunk[axis]
    return (1, *chunk)


@dataclass(frozen=True)
class DatasetPlan:
    """A data set: `row` is the shape of one row, `unlimited` counts the extents that may grow."""

    path: str
    dtype: str
    row: tuple[int, ...] = ()
    chunk: tuple[int, ...] = (1024,)
    unlimited: int = 1
    cached: bool = True


def plan_datasets(layout: RunLayout) -> list[DatasetPlan]:
    """The data sets of a segment with this layout; those whose rows would hold nothing are left out."""
    text = len(layout.to_json().encode())
    metrics, tracked = len(layout.metrics), len(layout.tracked)
    bands = len(layout.change_band_layers)
    plans = [
        DatasetPlan("layout", "<u1", chunk=(min(max(text, 64), 1 << 16),)),
        DatasetPlan("counters", "<i8", chunk=(6,)),
        DatasetPlan("steps/step", "<i8"),
        DatasetPlan("steps/epoch", "<f8"),
        DatasetPlan("steps/metrics", "<f4", (metrics,), (1024, 16)),
        DatasetPlan("steps/tracked", "<f4", (tracked,), (1024, 16)),
        DatasetPlan("filter_rows/step", "<i8", chunk=(128,)),
        DatasetPlan("filter_rows/change_bands", "<u4", (bands, CHANGE_BANDS), (128, 16, CHANGE_BANDS)),
        DatasetPlan("snapshots/step", "<i8", chunk=(512,)),
        DatasetPlan("snapshots/epoch", "<f8", chunk=(512,)),
        DatasetPlan("snapshots/recorded", "<u1", (len(layout.tensors),), (64, 1024)),
        DatasetPlan("evaluations/step", "<i8", chunk=(256,)),
        DatasetPlan("evaluations/epoch", "<f8", chunk=(256,)),
        DatasetPlan("evaluations/validation_loss", "<f4", chunk=(256,)),
        DatasetPlan("evaluations/validation_accuracy", "<f4", chunk=(256,)),
        DatasetPlan("text/edits", "<u1", chunk=(4096,)),
        DatasetPlan("text/edits_end", "<i8", chunk=(512,)),
        DatasetPlan("text/events", "<u1", chunk=(4096,)),
        DatasetPlan("text/events_end", "<i8", chunk=(512,)),
    ]
    plans += [DatasetPlan(slots_path(x), "<i8", (4,), (min(x.slots, 4096), 4)) for x in layout.layers]
    plans += [DatasetPlan(series_path(x), "<f4", (x.slots,), (128, 256)) for x in layout.filter_series]
    plans += [
        DatasetPlan(tensor_path(x), "<f4", x.shape, tensor_chunk(x.shape), unlimited=3, cached=False)
        for x in layout.tensors
    ]
    return [plan for plan in plans if 0 not in plan.row]
