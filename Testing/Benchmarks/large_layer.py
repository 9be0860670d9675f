#!/usr/bin/env python3
"""VGG-16's first dense layer, 4096 x 25088 = 102.8 million weights, from a file to its first picture, then orbiting.

  Testing/Benchmarks/large_layer.py [--directory DIRECTORY] [--times N] [WAY...]      (with the project's Python)

Ways: image (the flat image of WeightGrid, from a run file), blocks (its 3D blocks, both ports of one execution), slice
(ParaView's own: ImageReader of the raw values, shown as Slice), resnet50 (the flat image of all 53 convolutions of ResNet-50,
23.5 million weights, in one scene, with outlines). Each in a process of its own, on a display of its own, 1200 x 900, in a
view as tensorview_scene makes them (FXAA off, one light), files in the page cache. DIRECTORY keeps the files (0.9 GB) for the next time.

First picture: from making the reader to the end of the first Render. Frame: median of 40 while the camera turns. Memory:
the process's largest resident set, and how much of it was there before the file was named.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAYER = "classifier.0"
FILTERS, CHANNELS, SIDE = 4096, 512, 7
WAYS = ("image", "blocks", "slice", "resnet50")


def resnet50_convolutions():
    """Names and shapes, as torchvision has them."""
    shapes = {"conv1": (64, 3, 7, 7)}
    channels = 64
    for stage, (blocks, width) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512)), start=1):
        for block in range(blocks):
            name = f"layer{stage}.{block}"
            shapes[f"{name}.conv1"] = (width, channels, 1, 1)
            shapes[f"{name}.conv2"] = (width, width, 3, 3)
            shapes[f"{name}.conv3"] = (4 * width, width, 1, 1)
            if block == 0:
                shapes[f"{name}.downsample.0"] = (4 * width, channels, 1, 1)
            channels = 4 * width
    return shapes


def make_files(run, raw, layers):
    import make_runs
    import numpy
    if not os.path.exists(layers):
        make_runs.write_run(layers, resnet50_convolutions(), "weight", 0, 1)
    if not os.path.exists(run):
        make_runs.write_run(run, {LAYER: (FILTERS, CHANNELS, SIDE, SIDE)}, "weight", 0, 1)
    if not os.path.exists(raw):
        numpy.random.default_rng(1).standard_normal((FILTERS, CHANNELS * SIDE * SIDE), numpy.float32).tofile(raw)


def resident_mb():
    with open("/proc/self/statm", encoding="ascii") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize() / 1e6


def measure(way, run, raw, layers):
    """In pvpython."""
    import tensorview_scene
    from paraview.simple import (GetActiveCamera, ImageReader, OutputPort, Render, ResetCamera, Show, TensorRunReader,
                                 WeightGrid)
    view = tensorview_scene.render_view("large layer", parallel=False)
    view.ViewSize = [1200, 900]
    Render(view)  # the window and OpenGL are there before the clock starts
    before = resident_mb()
    begin = time.perf_counter()
    if way == "slice":
        image = ImageReader(FileNames=[raw], DataScalarType="float", DataByteOrder="LittleEndian",
                            DataExtent=[0, CHANNELS * SIDE * SIDE - 1, 0, FILTERS - 1, 0, 0])
        display = Show(image, view, "UniformGridRepresentation")
        display.Representation = "Slice"
        display.ColorArrayName = ["POINTS", "ImageFile"]
    elif way == "resnet50":
        grid = WeightGrid(Input=TensorRunReader(FileName=layers), Layer="*")
        Show(OutputPort(grid, 1), view)
        Show(OutputPort(grid, 3), view)
    else:
        grid = WeightGrid(Input=TensorRunReader(FileName=run), Layer=LAYER)
        if way == "image":
            Show(OutputPort(grid, 1), view)
        else:
            tensorview_scene.show_blocks(OutputPort(grid, 0), view)
    ready = time.perf_counter()
    ResetCamera(view)
    Render(view)
    first = time.perf_counter() - begin
    frames = []
    for _ in range(40):
        start = time.perf_counter()
        GetActiveCamera().Azimuth(1)
        Render(view)
        frames.append(time.perf_counter() - start)
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"way": way, "data": ready - begin, "first": first, "frame": statistics.median(frames),
                      "largest": largest, "before": before}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=" ".join(WAYS))
    parser.add_argument("--directory")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(*options.measure)
        return
    ways = options.ways or WAYS
    if unknown := set(ways) - set(WAYS):
        parser.error(f"no such way: {' '.join(unknown)}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.directory or temporary
        os.makedirs(folder, exist_ok=True)
        files = [os.path.join(folder, name) for name in ("large.tvr", "large.raw", "resnet50.tvr")]
        make_files(*files)
        results = {way: [] for way in ways}
        for _ in range(options.times):
            for way in ways:
                done = subprocess.run(
                    [os.path.join(ROOT, "scripts", "with-display"), os.path.join(ROOT, "scripts", "pvpython"),
                     os.path.abspath(__file__), "--measure", way, *files],
                    check=True, stdout=subprocess.PIPE, text=True)
                results[way].append(json.loads(done.stdout.splitlines()[-1]))
        for way, rows in results.items():
            middle = {key: statistics.median(row[key] for row in rows) for key in ("data", "first", "frame", "largest",
                                                                                   "before")}
            print(f"{way:8} first picture {middle['first']:5.2f} s, frame {1000 * middle['frame']:5.1f} ms, "
                  f"memory {middle['largest']:6.0f} MB, of which {middle['before']:.0f} MB before")


if __name__ == "__main__":
    main()
