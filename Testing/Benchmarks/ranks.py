#!/usr/bin/env python3
"""Two ranks against one: a layer of 4096 x 25088 = 102.8 million weights from a run file to what a view draws, data work only.

  Testing/Benchmarks/ranks.py [--directory DIRECTORY] [--times N] [--ranks N]      (with the project's Python)

`mpiexec -n N pvbatch`, one thread a rank in both cases (VTK_SMP_MAX_THREADS=1, OMP_NUM_THREADS=1), alternating. Each
process executes a WeightGrid (blocks and flat image, coarse) several times, so that the file comes out of the page cache.
Told are the time until rank 0 has gathered the image and, for machines that are busy, the processor time of rank 0. DIRECTORY keeps the file (0.4 GB) for the next time; it is
the one of large_layer.py.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

import large_layer

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
from json_lines import json_lines  # noqa: E402

EXECUTIONS = 6  # the first one opens the file


def measure(run):
    """In pvbatch."""
    from paraview.simple import OutputPort, TensorRunReader, WeightGrid
    reader = TensorRunReader(FileName=run)
    grid = WeightGrid(Input=reader, Layer=large_layer.LAYER)
    times = []
    for number in range(EXECUTIONS):
        grid.Aggregate = ("Largest Magnitude", "Maximum")[number % 2]
        start = time.perf_counter(), time.process_time()
        OutputPort(grid, 1).UpdatePipeline()
        times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    cells = OutputPort(grid, 1).GetDataInformation().GetNumberOfCells()
    print(json.dumps({"time": statistics.median(row[0] for row in times[1:]),
                      "processor": statistics.median(row[1] for row in times[1:]), "pixels": cells}), flush=True)


def run_ranks(ranks, run):
    build = os.environ.get("TENSORVIEW_BUILD_DIR", os.path.join(large_layer.ROOT, "build"))
    environment = dict(os.environ, PV_PLUGIN_CONFIG_FILE=os.path.join(build, "lib", "tensorview.plugins.xml"),
                       VTK_SMP_MAX_THREADS="1", OMP_NUM_THREADS="1", OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_mpi_yield_when_idle="1",
                       OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    return json_lines(
        [os.path.join(large_layer.ROOT, "scripts", "with-display"), "mpiexec", "-n", ranks, "pvbatch",
         os.path.abspath(__file__), "--measure", run], env=environment, stderr=None)[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--directory")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    if not shutil.which("mpiexec"):
        sys.exit("mpiexec is not installed: run scripts/setup")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.directory or temporary
        os.makedirs(folder, exist_ok=True)
        files = [os.path.join(folder, name) for name in ("large.tvr", "large.raw", "resnet50.tvr")]
        large_layer.make_files(*files)
        results = {1: [], options.ranks: []}
        for _ in range(options.times):
            for ranks, rows in results.items():
                rows.append(run_ranks(ranks, files[0]))
    middle = {ranks: {key: statistics.median(row[key] for row in rows) for key in ("time", "processor", "pixels")}
              for ranks, rows in results.items()}
    for ranks, row in middle.items():
        print(f"{ranks} ranks: {1000 * row['time']:6.1f} ms, of rank 0 {1000 * row['processor']:6.1f} ms of processor time, "
              f"{row['pixels']:.0f} pixels")
    one, several = middle[1], middle[options.ranks]
    print(f"{options.ranks} ranks are {one['time'] / several['time']:.2f} times as fast as one, "
          f"{one['processor'] / several['processor']:.2f} times by processor time")


if __name__ == "__main__":
    main()
