#!/usr/bin/env python3
"""What removing filters of a trained lenet5-simplified costs on MNIST, without training again: the tables of docs/science.md.

Each seed is trained once; then every way of pruning begins with the same weights. Printed is the change of the test accuracy in
points (mean over the seeds, and the worst) and that of the scores (root mean square, relative). `Torch-Pruning` removes
the filters of smallest L1 norm of whole dependency groups; it is left out where the package is not installed
(requirements.txt).

  Testing/Science/prune_lenet.py --train build/bin/tensorview-train --data-directory DIRECTORY [--seeds 1 2 3 4 5] [--epochs 10]
"""
import argparse
import json
import pathlib
import tempfile

import torch_side

CASES = (("conv1", 8), ("conv2", 16), ("fc1", 128))
WAYS = (("least-damage", "reconstruct"), ("least-damage", "scale"), ("least-damage", "drop"), ("correlated", "reconstruct"),
        ("correlated", "sum"), ("smallest-norm", "drop"))
NAMES = {("correlated", "sum"): "correlated, sum (the paper)", ("smallest-norm", "drop"): "smallest L1 norm, drop"}


class Table:
    def __init__(self):
        self.rows = {}

    def add(self, case, way, points, change):
        self.rows.setdefault((case, way), []).append((points, change))

    def print(self):
        print("| layer | way | accuracy, points: mean | worst | change of the scores |\n|---|---|---|---|---|")
        for ((layer, kept), way), values in self.rows.items():
            points = [value[0] for value in values]
            changes = [value[1] for value in values]
            print(f"| {layer} to {kept} | {way} | {sum(points) / len(points):+.3f} | {min(points):+.2f} | "
                  f"{sum(changes) / len(changes):.4f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", default="build/bin/tensorview-train")
    parser.add_argument("--data-directory", required=True, help="folder with the four MNIST files")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=0, help="end each training after so many steps instead")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--layers", nargs="+", default=[layer for layer, _ in CASES], help="only these")
    arguments = parser.parse_args()
    data = ("--dataset", "mnist", "--data-directory", arguments.data_directory)
    length = ("--steps", arguments.steps) if arguments.steps else ("--epochs", arguments.epochs)
    images, labels = torch_side.mnist(arguments.data_directory, "t10k")
    try:
        import torch_pruning  # noqa: F401
        has_torch_pruning = True
    except ImportError:
        has_torch_pruning = False
        print("Torch-Pruning is not installed: left out (pip install -r Testing/Science/requirements.txt)")
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for seed in arguments.seeds:
            whole = folder / "whole.safetensors"
            lines = torch_side.train(arguments.train, *data, *length, "--seed", seed, "--save-model", whole)
            print(f"seed {seed}: {100 * lines[-1]['test_accuracy']:.2f} %", flush=True)
            before = None
            for case in (case for case in CASES if case[0] in arguments.layers):
                for way in WAYS:
                    pruned = folder / "pruned.safetensors"
                    result = torch_side.train(arguments.train, *data, "--predict", "--steps", 1, "--load-model", whole, "--save-model",
                                              pruned, "--prune", f"{case[0]}={case[1]}", "--prune-choice", way[0], "--prune-method", way[1])[-1]
                    after = torch_side.scores(torch_side.load_network(pruned.with_suffix(".json"), pruned), images)
                    if before is None:
                        description = whole_description(pruned.with_suffix(".json"), case[0], result["filters_before"])
                        before = torch_side.scores(load(description, whole), images)
                        accuracy = torch_side.accuracy(before, labels)
                    table.add(case, NAMES.get(way, ", ".join(way)),
                              100 * (result["accuracy_after"] - result["accuracy_before"]), torch_side.change(before, after))
                if has_torch_pruning:
                    network = torch_side.prune_with_torch_pruning(load(description, whole), images[:2], {case[0]: case[1]})
                    after = torch_side.scores(network, images)
                    table.add(case, "Torch-Pruning, L1", 100 * (torch_side.accuracy(after, labels) - accuracy),
                              torch_side.change(before, after))
    table.print()


def whole_description(path, layer, filters):
    """The description of the network before one layer was pruned."""
    with open(path) as file:
        description = json.load(file)
    entry = next(entry for entry in description["layers"] if entry["name"] == layer)
    entry["filters" if entry["type"] == "convolution" else "units"] = filters
    return description


def load(description, weights):
    import safetensors.torch
    network = torch_side.NetworkFromJson(description)
    network.load_state_dict(safetensors.torch.load_file(weights))
    return network.eval()


if __name__ == "__main__":
    main()
