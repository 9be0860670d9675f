"""Times from a recorded run to what a view needs, inside ParaView.

  Testing/Benchmarks/make_runs.py DIRECTORY      (once, with the project's Python)
  scripts/pvpython Testing/Benchmarks/run_reading.py DIRECTORY

Medians of 7, files in the page cache. "Opening" makes the reader proxy anew; "ready" means that the filter's output is there.
"""
import os
import statistics
import sys
import time

from paraview.simple import *  # noqa: F401,F403


def median_ms(work, times=7):
    spent = []
    for number in range(times):
        begin = time.perf_counter()
        made = work(number)
        spent.append(1000 * (time.perf_counter() - begin))
        for proxy in made:
            Delete(proxy)
    return statistics.median(spent)


def main(folder):
    def path(name):
        return os.path.join(folder, name + ".tvr")

    def opened(name, step):
        def work(_):
            run = TensorRunReader(FileName=path(name))
            run.UpdatePipeline(step)
            return [run]
        return work

    print(f"opening a run of 550 steps to its tensors of one step    {median_ms(opened('short', 300)):7.1f} ms")
    print(f"opening a run of 5,500 steps to its tensors of one step  {median_ms(opened('long', 3000)):7.1f} ms")

    steps = TensorRunReader(FileName=path("path"))
    steps.UpdatePipelineInformation()

    def trajectory(number):
        line = Trajectory(Input=steps, Layer="conv1")
        line.Coordinates = [number % 3, number % 3 + 1, number % 3 + 2]
        line.UpdatePipeline(44000)
        assert line.GetDataInformation().GetNumberOfPoints() >= 44000
        return [line]

    print(f"44,000 steps x 3 coordinates to a Trajectory             {median_ms(trajectory):7.1f} ms")

    def maps(number):
        run = TensorRunReader(FileName=path("maps"))
        grid = ImageGrid(Input=run, Layer="conv1_1", Kind="activation")
        grid.UpdatePipeline(float(number % 3))
        assert grid.GetDataInformation().GetNumberOfCells() >= 64 * 224 * 224
        return [grid, run]

    print(f"64 x 224 x 224 activations from a run to an ImageGrid    {median_ms(maps):7.1f} ms, opening included")

    run = TensorRunReader(FileName=path("maps"))
    grid = ImageGrid(Input=run, Layer="conv1_1", Kind="activation")
    grid.UpdatePipeline(0.0)

    def next_map(number):
        grid.UpdatePipeline(float((number + 1) % 3))
        return []

    print(f"the same when the run is open (another step)             {median_ms(next_map):7.1f} ms")


main(sys.argv[1])
