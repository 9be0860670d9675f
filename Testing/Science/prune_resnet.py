#!/usr/bin/env python3
"""What removing 30 % of the filters of each group of resnet18 costs on CIFAR-10, without training again and after one epoch.

The network is trained once for each seed. TensorView prunes every layer that has filters of its own, and of those that residual
sums couple one, which takes the others with it; Torch-Pruning removes as many filters of smallest L1 norm of the same groups
from the same weights. For the epoch both go on in PyTorch, alike (SGD, momentum 0.9). CIFAR-10 may be a part: the batches
that are there.

  Testing/Science/prune_resnet.py --train build/bin/tensorview-train --data-directory DIRECTORY [--epochs 10] [--seeds 1]

Needs Torch-Pruning (requirements.txt).
"""
import argparse
import json
import pathlib
import tempfile

import torch

import torch_side

# One layer of every group, in network order, and how many filters it has.
GROUPS = [("conv1", 64)]
for stage, filters in enumerate((64, 128, 256, 512), 1):
    GROUPS += [(f"layer{stage}.0.conv1", filters)]
    GROUPS += [(f"layer{stage}.0.conv2", filters)] if stage > 1 else []  # stage 1: coupled with conv1
    GROUPS += [(f"layer{stage}.1.conv1", filters)]
KEPT = {layer: filters - round(0.3 * filters) for layer, filters in GROUPS}


def train_one_epoch(network, images, labels, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    network.train()
    for batch in torch.randperm(len(images), generator=generator).split(100):
        if len(batch) < 100:
            continue
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(images[batch]), labels[batch]).backward()
        optimizer.step()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", default="build/bin/tensorview-train")
    parser.add_argument("--data-directory", required=True, help="folder with the binary batches")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--steps", type=int, default=0, help="end each training after so many steps instead")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    arguments = parser.parse_args()
    data = ("--network", "resnet18", "--dataset", "cifar10", "--data-directory", arguments.data_directory)
    length = ("--steps", arguments.steps) if arguments.steps else ("--epochs", arguments.epochs)
    images, labels = torch_side.cifar10(arguments.data_directory, "t10k")
    train_images, train_labels = torch_side.cifar10(arguments.data_directory, "train")
    train_images, train_labels = (part[:len(part) * 9 // 10] for part in (train_images, train_labels))  # the rest: validation
    print("| seed | network | accuracy | after an epoch | change of the scores |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        whole = pathlib.Path(folder) / "whole.safetensors"
        pruned = pathlib.Path(folder) / "pruned.safetensors"
        for seed in arguments.seeds:
            torch_side.train(arguments.train, *data, *length, "--seed", seed, "--save-model", whole)
            prunes = [word for layer, kept in KEPT.items() for word in ("--prune", f"{layer}={kept}")]
            torch_side.train(arguments.train, *data, "--predict", "--steps", 1, "--load-model", whole, "--save-model", pruned,
                             *prunes)
            ours = torch_side.load_network(pruned.with_suffix(".json"), pruned)
            # The whole network's description: that of the pruned one with the filters that the weights have.
            import safetensors.torch
            weights = safetensors.torch.load_file(whole)
            description = {**json.loads(pruned.with_suffix(".json").read_text())}
            for layer in description["layers"]:
                if layer["type"] == "convolution":
                    layer["filters"] = weights[layer["name"] + ".weight"].shape[0]
            networks = []
            for _ in range(2):
                network = torch_side.NetworkFromJson(description)
                network.load_state_dict(weights)
                networks.append(network.eval())
            full, theirs = networks
            torch_side.prune_with_torch_pruning(theirs, images[:2], KEPT)
            before = torch_side.scores(full, images)
            for name, network in (("whole", full), ("TensorView", ours), ("Torch-Pruning", theirs)):
                after = torch_side.scores(network, images)
                row = [torch_side.accuracy(after, labels), torch_side.change(before, after)]
                train_one_epoch(network, train_images, train_labels, seed)
                later = torch_side.accuracy(torch_side.scores(network, images), labels)
                print(f"| {seed} | {name} | {100 * row[0]:.2f} % | {100 * later:.2f} % | {row[1]:.3f} |", flush=True)


if __name__ == "__main__":
    main()
