#!/usr/bin/env python3
"""Reads a checkpoint that TorchModelTest wrote the way docs/checkpoint-format.md shows, and computes the loss again.

  check_checkpoint.py FOLDER     with checkpoint.pt and checkpoint.json
"""
import json
import os
import sys

import torch
import torch.nn.functional as functional

from make_reference import LENET, Network, synthetic


def main():
    folder = sys.argv[1]
    checkpoint = torch.load(os.path.join(folder, "checkpoint.pt"), weights_only=True)
    with open(os.path.join(folder, "checkpoint.json")) as file:
        expected = json.load(file)
    assert checkpoint["format"] == "tensorview-checkpoint" and checkpoint["version"] == 1
    assert checkpoint["step"] == expected["step"], checkpoint["step"]
    graph = json.loads(checkpoint["graph"])
    assert [layer["name"] for layer in graph["layers"]] == [layer["name"] for layer in LENET["layers"]]
    assert json.loads(checkpoint["options"])["batch_size"] == 10
    assert set(checkpoint["optimizer"]["momentum_buffer"]) == set(checkpoint["model"])
    network = Network(LENET, 1, 28, 10)
    network.parts.load_state_dict(checkpoint["model"], strict=True)
    images, labels = synthetic(40, 1, 28, 28, 10)
    loss = functional.cross_entropy(network(images), labels).item()
    assert abs(loss - expected["loss"]) < 1e-5, (loss, expected["loss"])
    print(f"step {checkpoint['step']}, loss {loss:.6f}: as the engine says")


if __name__ == "__main__":
    main()
