#!/usr/bin/env python3
"""Runs in PyTorch what TorchEditTest saved of a pruned network, and compares the scores.

  check_pruned.py FOLDER     with pruned.safetensors, pruned.json and pruned-scores.bin
"""
import pathlib
import sys

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "examples"))
from make_reference import synthetic
from network_from_json import load_network


def main():
    folder = pathlib.Path(sys.argv[1])
    network = load_network(folder / "pruned.json", folder / "pruned.safetensors")
    expected = torch.from_numpy(numpy.fromfile(folder / "pruned-scores.bin", numpy.float32).reshape(10, -1).T.copy())
    images, _ = synthetic(200, 1, 28, 28, 10)
    with torch.no_grad():
        scores = network(images[:expected.shape[0]])
    difference = (scores - expected).abs().max().item()
    assert difference <= 1e-5 * max(1.0, expected.abs().max().item()), difference
    print(f"scores of {expected.shape[0]} images: as the engine has them, to {difference:.1e}")


if __name__ == "__main__":
    main()
