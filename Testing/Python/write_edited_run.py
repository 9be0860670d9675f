#!/usr/bin/env python3
"""Writes a run of two segments from docs/run-format.md, with h5py: filters are removed in the middle.

  write_edited_run.py FILE

FILE: steps 0 to 30 of conv1 (6 filters) and conv2 (4), snapshots at 0, 10 and 20. The other segment begins at step 20, where
filters 2 and 5 of conv1 were removed, with snapshots at 20, 30 and 40; conv2 has lost their channels. The first segment's
steps after 20 are given up. cut.tvr beside it was cut off in the middle of an epoch (10 steps): of its rows only those up to
step 15 are promised.
"""
import json
import os
import sys

import h5py
import numpy

REMOVED, EDIT = (2, 5), 20
TENSORS = {"conv1/weight": (6, 1, 3, 3), "conv1/activation": (6, 1, 5, 5), "conv2/weight": (4, 6, 3, 3),
           "conv2/activation": (4, 1, 5, 5)}
IDS = {"conv1": 1, "conv2": 2}


def tensor(name, step):
    """Without regularity; filter 3 of conv1 does the same as filter 1."""
    shape = TENSORS[name]
    slots = numpy.arange(shape[0])
    if name.startswith("conv1"):
        slots[3] = 1
    inside = numpy.arange(int(numpy.prod(shape[1:])))
    values = numpy.sin((slots[:, None] + 1.0) * (inside[None] + 3) * (inside[None] + slots[:, None] + 0.01 * step))
    values = values.astype(numpy.float32).reshape(shape)
    if step >= EDIT:
        if name.startswith("conv1"):
            values[list(REMOVED)] = numpy.nan
        elif name == "conv2/weight":
            values[:, list(REMOVED)] = numpy.nan
    return values


def write(path, steps, snapshots, parent="", parent_step=-1, removed=False, counted=None):
    tracked = [[1, i] for i in (0, 1, 2, 18, 19, 20)]  # of filters 0 and 2
    layout = {
        "model": "edited", "steps_per_epoch": 10,
        "layers": [{"id": number, "name": name, "type": "convolution"} for name, number in IDS.items()],
        "tensors": [{"layer_id": IDS[name.split("/")[0]], "layer": name.split("/")[0], "kind": name.split("/")[1],
                     "shape": shape, "channel_layer_id": 1 if name == "conv2/weight" else -1}
                    for name, shape in TENSORS.items()],
        "metrics": ["loss", "accuracy"], "tracked": tracked, "parent_segment": parent, "parent_step": parent_step,
    }
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs.create("format", numpy.bytes_("tensorview-run"))
        file.attrs["version_major"], file.attrs["version_minor"] = 1, 1

        def add(name, data):
            data = numpy.ascontiguousarray(data)
            limit = (None,) * min(3, data.ndim) + data.shape[3:] if data.ndim == 5 else (None,) + data.shape[1:]
            file.create_dataset(name, data=data, maxshape=limit, chunks=(1,) + data.shape[1:])

        add("layout", numpy.frombuffer(json.dumps(layout).encode(), numpy.uint8))
        add("slots/conv1", [[slot, 0, EDIT if removed and slot in REMOVED else -1, -1] for slot in range(6)])
        add("slots/conv2", [[slot, 0, -1, -1] for slot in range(4)])
        number = numpy.asarray(steps, numpy.int64)
        add("steps/step", number)
        add("steps/epoch", number / 10.0)
        add("steps/metrics", numpy.stack([1.0 / number, number / 100.0], axis=1).astype(numpy.float32))
        walk = (0.01 * number[:, None] * numpy.arange(1, 7)).astype(numpy.float32)
        if removed:
            walk[:, 3:] = numpy.nan
        add("steps/tracked", walk)
        add("snapshots/step", numpy.asarray(snapshots, numpy.int64))
        add("snapshots/epoch", numpy.asarray(snapshots) / 10.0)
        for name in TENSORS:
            add(f"tensors/{name}", numpy.stack([tensor(name, step if removed else min(step, EDIT - 1))
                                                for step in snapshots]))
        lines = b""
        if removed:
            left = 6 - len(REMOVED)
            change = {"layer": "conv1", "filters_before": 6, "filters_after": left, "slots": list(REMOVED)}
            lines = json.dumps({"edit": "prune", "step": EDIT, "layers": [change]}).encode() + b"\n"
            add("text/edits", numpy.frombuffer(lines, numpy.uint8))
            add("text/edits_end", numpy.asarray([len(lines)], numpy.int64))
        rows = counted or (len(steps), len(snapshots))
        add("counters", numpy.array([rows[0], 0, rows[1], 0, 1 if lines else 0, 0], numpy.int64))


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    path = sys.argv[1]
    write(path, range(1, 31), (0, 10, 20, 30))
    base, extension = os.path.splitext(path)
    write(f"{base}.0001{extension}", range(21, 41), (20, 30, 40), os.path.basename(path), EDIT, True)
    write(os.path.join(os.path.dirname(path), "cut.tvr"), range(1, 31), (0, 10, 20, 30), counted=(15, 2))


if __name__ == "__main__":
    main()
