#!/usr/bin/env python3
"""Test accuracy of lenet5-simplified on MNIST after 10 epochs of 550 steps, three seeds.

The paper reports 99.2 % after 16 epochs (In situ TensorView, 2018).

  Testing/Benchmarks/mnist_accuracy.py --train build/bin/tensorview-train --data-directory DIRECTORY
"""
import argparse
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
from json_lines import json_lines  # noqa: E402


def train(program, directory, seed, epochs, options):
    lines = json_lines([program, "--network", "lenet5-simplified", "--dataset", "mnist", "--data-directory", directory,
                        "--epochs", epochs, "--seed", seed, "--json"] + options)
    return tuple([line[name] for line in lines if name in line][-1] for name in ("test_accuracy", "steps_per_second"))


def main(description=__doc__, epochs=10, fixed=()):
    """description, epochs: of the command line; fixed: options of tensorview-train in any case."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", default="build/bin/tensorview-train")
    parser.add_argument("--data-directory", required=True, help="folder with the four MNIST files")
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("options", nargs="*", help="further options for tensorview-train, after --")
    arguments = parser.parse_args()
    options = [*fixed, *arguments.options]
    accuracies = []
    for seed in arguments.seeds:
        accuracy, speed = train(arguments.train, arguments.data_directory, seed, arguments.epochs, options)
        accuracies.append(accuracy)
        print(f"seed {seed}: test accuracy {100 * accuracy:.2f} %, {speed:.0f} steps/s", flush=True)
    print(f"mean {100 * sum(accuracies) / len(accuracies):.2f} %, lowest {100 * min(accuracies):.2f} %")


if __name__ == "__main__":
    main()
