#!/usr/bin/env python3
"""What recording everything costs: steps per second of tensorview-train with and without a record file.

Runs alternate, so that a change of the machine's load meets both; the median of the paired ratios counts. Beside it stands the
ratio of what the processors did in all rounds, which other work on the machine changes less.

  Testing/Benchmarks/recording_cost.py --train build/bin/tensorview-train
"""
import argparse
import os
import pathlib
import resource
import statistics
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
from json_lines import json_lines  # noqa: E402


def seconds_per_step(program, options):
    """By the clock, and the processors' seconds of the whole program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    speeds = [line["steps_per_second"] for line in json_lines([program, "--json"] + options) if "steps_per_second" in line]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1.0 / speeds[-1], after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", default="build/bin/tensorview-train")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--snapshot-interval", type=int, default=100)
    arguments = parser.parse_args()
    common = ["--network", "lenet5-simplified", "--dataset", "digits", "--epochs", "2",
              "--snapshot-interval", str(arguments.snapshot_interval)]
    bare, recorded = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds):
            bare.append(seconds_per_step(arguments.train, common))
            path = os.path.join(folder, f"run{number}.tvr")
            recorded.append(seconds_per_step(arguments.train, common + ["--record-file", path]))
            (before, _), (after, _) = bare[-1], recorded[-1]
            print(f"round {number + 1}: {1000 * before:.3f} ms bare, {1000 * after:.3f} ms recorded, {after / before:.3f}x, "
                  f"{os.path.getsize(path) / 1e6:.0f} MB", flush=True)
    (before, work_before), (after, work_after) = zip(*bare), zip(*recorded)
    ratio = statistics.median(r / b for r, b in zip(after, before))
    print(f"median {1000 * statistics.median(before):.3f} ms bare, {1000 * statistics.median(after):.3f} ms recorded, "
          f"median of paired ratios {ratio:.3f}; {sum(work_after) / sum(work_before):.3f} of the processor time")


if __name__ == "__main__":
    main()
