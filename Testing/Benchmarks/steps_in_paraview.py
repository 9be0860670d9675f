"""A Trainer in ParaView's process that step_benchmark.py drives: reads a number of steps a line from the standard input, trains
them, and prints the milliseconds that a step took and the BLAS that the process holds.

  scripts/pvpython Testing/Benchmarks/steps_in_paraview.py THREADS MNIST-FOLDER
"""
import os
import sys
import time

from paraview.simple import *  # noqa: F401,F403


def global_blas():
    """File that the name libblas.so.3 belongs to in this process."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        files = {line.split()[-1] for line in maps if "libblas.so" in line}
    return ",".join(sorted(files)) or "none"


def main():
    trainer = Trainer(Network="lenet5-simplified", Dataset="mnist", DataDirectory=sys.argv[2], Threads=int(sys.argv[1]),
                      Epochs=1000, EvaluationInterval=1000000000)
    for line in open(0, encoding="utf-8"):  # pvpython puts a file of its own in the place of sys.stdin
        steps = int(line)
        trainer.AdvanceSteps = steps
        begin = time.perf_counter()
        trainer.InvokeCommand("Advance")
        elapsed = time.perf_counter() - begin
        print(1000 * elapsed / steps, global_blas(), flush=True)
    os._exit(0)


main()
