#!/usr/bin/env python3
"""Writes the run files that run_reading.py reads, from docs/run-format.md with h5py (the project's Python environment).

  Testing/Benchmarks/make_runs.py DIRECTORY

short.tvr and long.tvr: weights of lenet5-simplified every 100 of 550 and 5,500 steps; path.tvr: 44,000 steps of 64 tracked
coordinates; maps.tvr: activations of 64 x 224 x 224 (VGG-16's first convolution).
"""
import json
import os
import sys

import h5py
import numpy

WEIGHTS = {"conv1": (16, 1, 3, 3), "conv2": (32, 16, 3, 3), "fc1": (512, 32, 7, 7), "fc2": (10, 512, 1, 1)}


def write_run(path, layers, kind, steps, snapshots):
    """`layers`: name -> shape; a row for each step, `snapshots` snapshots evenly over them; 16 tracked coordinates a layer."""
    generator = numpy.random.default_rng(1)
    tracked = [[i + 1, j] for i in range(len(layers)) for j in range(16)] if steps else []
    layout = {
        "model": "benchmark",
        "layers": [{"id": i + 1, "name": name, "type": "convolution"} for i, name in enumerate(layers)],
        "tensors": [{"layer_id": i + 1, "layer": name, "kind": kind, "shape": shape, "channel_layer_id": -1}
                    for i, (name, shape) in enumerate(layers.items())],
        "metrics": ["loss", "accuracy", "learning_rate"], "tracked": tracked,
    }
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs.create("format", numpy.bytes_("tensorview-run"))
        file.attrs["version_major"], file.attrs["version_minor"] = 1, 0

        def add(name, data, chunk=None):
            data = numpy.ascontiguousarray(data)
            limit = (None,) * min(3, data.ndim) + data.shape[3:] if data.ndim == 5 else (None,) + data.shape[1:]
            file.create_dataset(name, data=data, maxshape=limit, chunks=chunk or (min(1024, max(1, len(data))),) + data.shape[1:])

        add("layout", numpy.frombuffer(json.dumps(layout).encode(), numpy.uint8))
        number = numpy.arange(1, steps + 1)
        if steps:
            add("steps/step", number)
            add("steps/epoch", number / 550.0)
            add("steps/metrics", generator.random((steps, 3), numpy.float32))
            walk = numpy.cumsum(generator.normal(0, 1e-3, (steps, len(tracked))), axis=0).astype(numpy.float32)
            add("steps/tracked", walk, (1024, 16))
        at = numpy.linspace(0, steps, snapshots).astype(numpy.int64) if steps else numpy.arange(snapshots)
        add("snapshots/step", at)
        add("snapshots/epoch", at / 550.0)
        for name, shape in layers.items():
            bytes_of_filter = 4 * int(numpy.prod(shape[1:]))
            pieces = -(-shape[0] * bytes_of_filter // (1 << 20))
            chunk = (1, -(-shape[0] // pieces)) + shape[1:]
            add(f"tensors/{name}/{kind}", generator.normal(0, 0.1, (snapshots,) + shape).astype(numpy.float32), chunk)
        add("counters", numpy.array([steps, 0, snapshots, 0, 0, 0], numpy.int64))


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    write_run(os.path.join(folder, "short.tvr"), WEIGHTS, "weight", 550, 6)
    write_run(os.path.join(folder, "long.tvr"), WEIGHTS, "weight", 5500, 56)
    write_run(os.path.join(folder, "path.tvr"), {name: WEIGHTS[name] for name in ("conv1", "conv2")}, "weight", 44000, 2)
    write_run(os.path.join(folder, "maps.tvr"), {"conv1_1": (64, 1, 224, 224)}, "activation", 0, 3)


if __name__ == "__main__":
    main()
