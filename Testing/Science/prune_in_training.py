#!/usr/bin/env python3
"""The paper's experiment: lenet5-simplified on MNIST, 40 epochs of batches of 50, with its first layer pruned from 16 to 12 filters
while it trains, in three events at steps 1080, 1680 and 2220 that remove 2, 1 and 1 filters of the highest correlation.

The paper reports 99.17 %, the poster 99.12 %.

  Testing/Science/prune_in_training.py --train build/bin/tensorview-train --data-directory DIRECTORY [--seeds 1 2 3]
"""
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Benchmarks"))
import mnist_accuracy  # noqa: E402

EVENTS = ("1080:conv1=14", "1680:conv1=13", "2220:conv1=12")

if __name__ == "__main__":
    mnist_accuracy.main(__doc__, epochs=40, fixed=[
        "--batch-size", "50", "--prune-choice", "correlated", *(word for event in EVENTS for word in ("--prune-at", event))])
