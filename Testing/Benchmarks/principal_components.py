#!/usr/bin/env python3
"""Principal components of a layer's whole history, against reading its file once.

  Testing/Benchmarks/principal_components.py FOLDER [--snapshots 1000] [--weights 2000000] [--rounds 1] [--keep]
                                                                        (the project's Python environment)

Writes a run file of that size into FOLDER (8 GB by default; removed at the end unless --keep is given), then alternates between
reading it from beginning to end in blocks of 1 MB and a Trajectory with principal components in scripts/pvpython, both cold: before
each the file's pages are given up (POSIX_FADV_DONTNEED, which needs no rights and touches nothing else). Prints both times, their
ratio, and the peak memory of the process above what it had before the Trajectory ran.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BLOCK = 1 << 20


def write_run(path, snapshots, weights):
    """A wandering layer [weights / 1000, 1000, 1, 1] with a little noise, in TensorView's own chunks (docs/run-format.md)."""
    import h5py
    import numpy

    inputs = 1000
    shape = (weights // inputs, inputs, 1, 1)
    layout = {
        "model": "benchmark", "layers": [{"id": 1, "name": "fc", "type": "dense"}],
        "tensors": [{"layer_id": 1, "layer": "fc", "kind": "weight", "shape": shape, "channel_layer_id": -1}],
    }
    generator = numpy.random.default_rng(1)
    directions = generator.standard_normal((4,) + shape, numpy.float32)
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs.create("format", numpy.bytes_("tensorview-run"))
        file.attrs["version_major"], file.attrs["version_minor"] = 1, 0

        def add(name, data):
            file.create_dataset(name, data=data, maxshape=(None,) + data.shape[1:], chunks=(min(512, len(data)),) + data.shape[1:])

        add("layout", numpy.frombuffer(json.dumps(layout).encode(), numpy.uint8))
        add("snapshots/step", numpy.arange(snapshots) * 10)
        add("snapshots/epoch", numpy.arange(snapshots) / 50.0)
        pieces = -(-shape[0] * inputs * 4 // BLOCK)
        tensor = file.create_dataset(
            "tensors/fc/weight", (snapshots,) + shape, numpy.float32, maxshape=(None, None, None, 1, 1),
            chunks=(1, -(-shape[0] // pieces), inputs, 1, 1), fillvalue=numpy.nan)
        for i in range(snapshots):
            t = i / snapshots
            tensor[i] = (directions[0] + t * directions[1] + 0.3 * numpy.sin(6 * t) * directions[2]
                         + 0.1 * numpy.cos(20 * t) * directions[3] + 0.01 * numpy.roll(directions[1], i, axis=1))
        add("counters", numpy.array([0, 0, snapshots, 0, 0, 0], numpy.int64))


def forget_pages(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def read_once(path):
    begin = time.perf_counter()
    with open(path, "rb", buffering=0) as file:
        block = bytearray(BLOCK)
        while file.readinto(block):
            pass
    return time.perf_counter() - begin


def memory(key):
    """Of this process, in MB: VmRSS now, VmHWM at its peak."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(key))


def inside(path):
    """In pvpython: prints the seconds, the megabytes and what the Trajectory says."""
    from paraview.simple import OutputPort, TensorRunReader, Trajectory

    curve = Trajectory(Input=TensorRunReader(FileName=path), Projection="Principal Components")
    before = memory("VmRSS")
    begin = time.perf_counter()
    OutputPort(curve, 0).UpdatePipeline()
    spent = time.perf_counter() - begin
    curve.UpdatePropertyInformation()
    print(json.dumps({"seconds": spent, "before": before, "peak": memory("VmHWM"),
                      "note": curve.GetProperty("Note").GetElement(0)}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--snapshots", type=int, default=1000)
    parser.add_argument("--weights", type=int, default=2000000, help="a multiple of 1000")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the file, and take it if it is there")
    options = parser.parse_args()

    path = options.folder / f"principal_components_{options.snapshots}_{options.weights}.tvr"
    try:
        if not (options.keep and path.exists()):
            print(f"writing {options.snapshots * options.weights * 4e-9:.2f} GB to {path}", flush=True)
            write_run(path, options.snapshots, options.weights)
        for _ in range(options.rounds):
            forget_pages(path)
            reading = read_once(path)
            forget_pages(path)
            done = subprocess.run(
                [str(ROOT / "scripts" / "pvpython"), __file__, "--inside", str(path)],
                stdout=subprocess.PIPE, text=True, check=True)
            found = json.loads(done.stdout.strip().splitlines()[-1])
            print(f"reading once {reading:6.2f} s, components {found['seconds']:6.2f} s: ratio "
                  f"{found['seconds'] / reading:.2f}; memory {found['peak'] - found['before']:.0f} MB above the "
                  f"{found['before']:.0f} MB of pvpython", flush=True)
            print(f"  {found['note']}", flush=True)
    finally:
        if not options.keep:
            path.unlink(missing_ok=True)


if len(sys.argv) == 3 and sys.argv[1] == "--inside":
    inside(sys.argv[2])
else:
    main()
