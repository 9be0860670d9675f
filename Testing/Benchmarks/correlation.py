#!/usr/bin/env python3
"""Correlation of a layer's filters against numpy.corrcoef, alternately in one go with the same threads; and the memory that
an incremental correlation of more and more samples takes.

  $PYTHON Testing/Benchmarks/correlation.py --program build/bin/tensorview-correlation-benchmark

Needs the project's Python environment (numpy from PyPI, with its OpenBLAS).
"""
import argparse
import os
import statistics
import subprocess
import sys
import time


def random_values(numpy, filters, samples):
    """The numbers of the program's generator."""
    count = filters * samples
    factors = numpy.full(count, 1664525, numpy.uint32)
    powers = numpy.multiply.accumulate(factors, dtype=numpy.uint32)
    sums = numpy.empty(count, numpy.uint32)
    sums[0] = 1
    sums[1:] = numpy.add.accumulate(powers[:-1], dtype=numpy.uint32) + numpy.uint32(1)
    states = powers + sums * numpy.uint32(1013904223)
    return ((states >> 8).astype(numpy.float32) / numpy.float32(1 << 24)).reshape(filters, samples)


def compare(numpy, program, threads, rounds, filters, samples):
    values = random_values(numpy, filters, samples)
    ours, theirs = [], []
    with subprocess.Popen([program, "times", str(filters), str(samples), str(threads)], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for number in range(rounds + 1):  # the first round only warms up
            process.stdin.write("\n")
            process.stdin.flush()
            seconds, coefficient = map(float, process.stdout.readline().split())
            begin = time.perf_counter()
            matrix = numpy.corrcoef(values)
            if number > 0:
                ours.append(seconds)
                theirs.append(time.perf_counter() - begin)
        process.stdin.close()
    difference = abs(coefficient - matrix[-1, 0])
    if not difference < 1e-5:
        sys.exit(f"the coefficients differ by {difference}")
    ratio = statistics.median(a / b for a, b in zip(ours, theirs))
    print(f"{filters} x {samples}, {threads} threads: {1000 * statistics.median(ours):.1f} ms, numpy.corrcoef "
          f"{1000 * statistics.median(theirs):.1f} ms; ratio {ratio:.2f} (median of {rounds} pairs), best of each "
          f"{1000 * min(ours):.1f} and {1000 * min(theirs):.1f} ms; coefficients differ by {difference:.1e}", flush=True)


def memory(program, threads, filters, samples):
    output = subprocess.run([program, "memory", str(filters), str(samples), str(threads)], check=True,
                            capture_output=True, text=True).stdout
    megabytes, seconds = output.split()
    print(f"{filters} filters, {samples} samples in batches of 4096: {megabytes} MB, {float(seconds):.1f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/bin/tensorview-correlation-benchmark")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--filters", type=int, default=2048, help="of the memory figure")
    parser.add_argument("--samples", type=int, nargs="*", default=[8192, 131072, 1000000], help="of the memory figure")
    arguments = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = str(arguments.threads)
    import numpy  # after its number of threads is set

    for filters, samples in ((64, 50176), (512, 784)):
        compare(numpy, arguments.program, arguments.threads, arguments.rounds, filters, samples)
    for samples in arguments.samples:
        memory(arguments.program, arguments.threads, arguments.filters, samples)


if __name__ == "__main__":
    main()
