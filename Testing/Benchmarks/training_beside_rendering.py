"""Training speed inside ParaView, alone and while a view renders all the time on the same cores.

  xvfb-run scripts/pvpython Testing/Benchmarks/training_beside_rendering.py [--threads N] [--seconds S]
"""
import argparse
import os
import sys
import time

from paraview.simple import *  # noqa: F401,F403


def information(trainer, name):
    proxy = trainer.SMProxy
    proxy.UpdatePropertyInformation(proxy.GetProperty(name))
    return trainer.GetPropertyValue(name)


def speed(trainer, seconds, work):
    """Steps per second over `seconds` of calling `work`, and calls of `work` per second."""
    first, calls, begin = information(trainer, "Step"), 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        work()
        calls += 1
    elapsed = time.perf_counter() - begin
    return (information(trainer, "Step") - first) / elapsed, calls / elapsed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=10.0)
    arguments = parser.parse_args(sys.argv[1:])

    trainer = Trainer(Network="lenet5-simplified", Dataset="digits", Threads=arguments.threads, Epochs=1000)
    grid = WeightGrid(Input=trainer, Layer="conv1", Kind="weight")
    view = CreateRenderView(ViewSize=[1200, 900])
    view.UseFXAA = 0
    Show(grid, view)
    ResetCamera(view)
    Render(view)
    trainer.InvokeCommand("Start")
    time.sleep(3.0)

    alone, _ = speed(trainer, arguments.seconds, lambda: time.sleep(0.1))

    def orbit():
        view.GetActiveCamera().Azimuth(1.0)
        Render(view)

    beside, frames = speed(trainer, arguments.seconds, orbit)
    token = [0]

    def orbit_and_refresh():
        token[0] += 1
        trainer.RefreshToken = token[0]
        orbit()

    live, live_frames = speed(trainer, arguments.seconds, orbit_and_refresh)
    trainer.InvokeCommand("Stop")
    print(f"OMP_WAIT_POLICY={os.environ.get('OMP_WAIT_POLICY', '')} LP_NUM_THREADS={os.environ.get('LP_NUM_THREADS', '')} "
          f"threads {arguments.threads or 'all'}")
    print(f"training alone            {1000 / alone:.2f} ms/step")
    print(f"beside rendering          {1000 / beside:.2f} ms/step, {alone / beside:.2f}x, {frames:.1f} frames/s")
    print(f"beside rendering, live    {1000 / live:.2f} ms/step, {alone / live:.2f}x, {live_frames:.1f} frames/s")


main()
