#!/usr/bin/env python3
"""Test accuracy of lenet5-simplified on MNIST after 10 epochs of 550 steps, three seeds.

The paper reports 99.2 % after 16 epochs (In situ TensorView, 2018).

  Testing/Benchmarks/mnist_accuracy.py --train build/bin/tensorview-train --data-directory DIRECTORY
"""
import argparse
import json
import subprocess


def train(program, directory, seed, epochs, options):
    command = [program, "--network", "lenet5-simplified", "--dataset", "mnist", "--data-directory", directory,
               "--epochs", str(epochs), "--seed", str(seed), "--json"] + options
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return lines[-1]["test_accuracy"], lines[-2]["steps_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", default="build/bin/tensorview-train")
    parser.add_argument("--data-directory", required=True, help="folder with the four MNIST files")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("options", nargs="*", help="further options for tensorview-train, after --")
    arguments = parser.parse_args()
    accuracies = []
    for seed in arguments.seeds:
        accuracy, speed = train(arguments.train, arguments.data_directory, seed, arguments.epochs, arguments.options)
        accuracies.append(accuracy)
        print(f"seed {seed}: test accuracy {100 * accuracy:.2f} %, {speed:.0f} steps/s", flush=True)
    print(f"mean {100 * sum(accuracies) / len(accuracies):.2f} %, lowest {100 * min(accuracies):.2f} %")


if __name__ == "__main__":
    main()
