#!/usr/bin/env python3
"""What recording everything costs: steps per second of tensorview-train with and without a record file.

Runs alternate, so that a change of the machine's load meets both; the median of the paired ratios counts.

  Testing/Benchmarks/recording_cost.py --train build/bin/tensorview-train
"""
import argparse
import os
import pathlib
import statistics
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
from json_lines import json_lines  # noqa: E402


def seconds_per_step(program, options):
    speeds = [line["steps_per_second"] for line in json_lines([program, "--json"] + options) if "steps_per_second" in line]
    return 1.0 / speeds[-1]


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
            print(f"round {number + 1}: {1000 * bare[-1]:.3f} ms bare, {1000 * recorded[-1]:.3f} ms recorded, "
                  f"{recorded[-1] / bare[-1]:.3f}x, {os.path.getsize(path) / 1e6:.0f} MB", flush=True)
    ratio = statistics.median(r / b for r, b in zip(recorded, bare))
    print(f"median {1000 * statistics.median(bare):.3f} ms bare, {1000 * statistics.median(recorded):.3f} ms recorded, "
          f"median of paired ratios {ratio:.3f}")


if __name__ == "__main__":
    main()
