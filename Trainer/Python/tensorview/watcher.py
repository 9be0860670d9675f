"""What a Recorder needs to know of a framework. TorchWatcher is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from .background_writer import Numbers, Tensors
from .run_layout import FilterSeries, Layer, TensorDescription


class Watcher(Protocol):
    """Reads a model between its steps; all of it is called by the training thread."""

    name: str  # of the model
    framework: str

    # After describe():
    layers: list[Layer]
    tensors: list[TensorDescription]
    norms: list[str]  # columns behind the metrics
    tracked: list[tuple[int, int]]
    series: list[FilterSeries]
    change_band_layers: list[str]

    def describe(self, known: Mapping[str, int]) -> None:
        """Fixes layers, tensors and series, after the first step; `known` are permanent layer ids."""

    def problems(self) -> list[str]:
        """What of the first step could not be taken, in the user's words."""

    def read_metrics(self, values: Sequence[Any]) -> tuple[np.ndarray, list[int], list[Any]]:
        """Numbers as float32 [values], which of them are still on a device, and these."""

    def read_numbers(self, arriving: list[Any]) -> Numbers:
        """The arriving metrics, norms, tracked weights, as they are now."""

    def learning_rate(self) -> float | None: ...

    def remember_weights(self) -> None:
        """The next step is one of read_filters()."""

    def read_filters(self, with_bands: bool) -> tuple[Numbers, Numbers | None]:
        """All series, one after the other; counts of relative changes [layers, 8]."""

    def expect_snapshot(self) -> None:
        """The next step is one of read_snapshot(): activations are followed until end_snapshot()."""

    def end_snapshot(self) -> None: ...

    def forget_activations(self) -> None: ...

    def snapshot_bytes(self) -> int: ...

    def read_snapshot(self, of_step: bool) -> Tensors:
        """Copies; `of_step`: with gradients and activations."""

    def start_snapshot(self) -> Tensors:
        """The state that the model had when it was first seen. Called once."""

    def threads(self) -> int: ...

    def close(self) -> None: ...
