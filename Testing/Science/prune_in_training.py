#!/usr/bin/env python3
"""The paper's experiment: lenet5-simplified on MNIST, 40 epochs of batches of 50, with its first layer pruned from 16 to 12 filters
while it trains, in three events at steps 1080, 1680 and 2220 that remove 2, 1 and 1 filters of the highest correlation.

The paper reports 99.17 %, the poster 99.12 %.

  Testing/Science/prune_in_training.py --train build/bin/tensorview-train --data-directory DIRECTORY [--seeds 1 2 3]
"""
import argparse
import json
import subprocess

EVENTS = ("1080:conv1=14", "1680:conv1=13", "2220:conv1=12")


def train(program, directory, seed, epochs, options):
    command = [program, "--network", "lenet5-simplified", "--dataset", "mnist", "--data-directory", directory, "--json",
               "--batch-size", "50", "--epochs", str(epochs), "--seed", str(seed), "--prune-choice", "correlated"]
    for event in EVENTS:
        command += ["--prune-at", event]
    output = subprocess.run(command + options, check=True, capture_output=True, text=True).stdout
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return next(line["test_accuracy"] for line in lines if "test_accuracy" in line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", default="build/bin/tensorview-train")
    parser.add_argument("--data-directory", required=True, help="folder with the four MNIST files")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("options", nargs="*", help="further options for tensorview-train, after --")
    arguments = parser.parse_args()
    accuracies = []
    for seed in arguments.seeds:
        accuracies.append(train(arguments.train, arguments.data_directory, seed, arguments.epochs, arguments.options))
        print(f"seed {seed}: test accuracy {100 * accuracies[-1]:.2f} %", flush=True)
    print(f"mean {100 * sum(accuracies) / len(accuracies):.2f} %, lowest {100 * min(accuracies):.2f} %")


if __name__ == "__main__":
    main()
