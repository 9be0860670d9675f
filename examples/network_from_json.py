#!/usr/bin/env python3
"""A network of TensorView in PyTorch: from its JSON description and its weights, also when filters were removed from it.

  network_from_json.py pruned.json pruned.safetensors

tensorview-train --prune ... --save-model pruned.safetensors writes both files. As a module:

  network = load_network("pruned.json", "pruned.safetensors")
  scores = network(images)                   # [images, channels, rows, columns] of pixel / 255
"""
import json
import sys

import safetensors.torch
import torch
from torch import nn


class NetworkFromJson(nn.Module):
    """Layers by the names of docs/network-json.md; dots in names become the nesting of PyTorch's state dicts."""

    def __init__(self, description):
        super().__init__()
        self.layers = description["layers"]
        channels = {"image": description["input"][0]}
        pixels = {"image": description["input"][1:]}
        for layer in self.layers:
            name, kind, source = layer["name"], layer["type"], layer["inputs"][0]
            channels[name], pixels[name] = channels[source], pixels[source]
            if kind == "convolution":
                part = nn.Conv2d(channels[source], layer["filters"], layer["kernel"], layer["stride"],
                                 layer["padding"], bias=layer["bias"])
                channels[name] = layer["filters"]
            elif kind == "dense":
                part = nn.Linear(channels[source], layer["units"], bias=layer["bias"])
                channels[name] = layer["units"]
            elif kind == "batch_norm":
                flat = pixels[source] is None
                part = (nn.BatchNorm1d if flat else nn.BatchNorm2d)(channels[source], layer["epsilon"], layer["momentum"])
            elif kind == "max_pool":
                part = nn.MaxPool2d(layer["kernel"], layer["stride"], layer["padding"], ceil_mode=layer["ceil_mode"])
            elif kind == "average_pool" and "output" in layer:
                part = nn.AdaptiveAvgPool2d(layer["output"])
            elif kind == "average_pool":
                part = nn.AvgPool2d(layer["kernel"], layer["stride"], layer["padding"], ceil_mode=layer["ceil_mode"])
            elif kind == "dropout":
                part = nn.Dropout(layer["probability"])
            elif kind == "flatten":
                part = nn.Flatten()
            else:
                part = {"relu": nn.ReLU, "add": nn.Identity}[kind]()
            self.place(name, part)
            with torch.no_grad():  # how large the maps are by now
                pixels[name] = self.extents(part, kind, channels[source], pixels[source])
            if kind == "flatten":
                channels[name] = channels[source] * pixels[source][0] * pixels[source][1]

    @staticmethod
    def extents(part, kind, channels, pixels):
        if kind == "flatten" or pixels is None:
            return None
        if kind in ("convolution", "max_pool", "average_pool"):
            return list(part(torch.zeros(1, channels, *pixels)).shape[2:])
        return pixels

    def place(self, name, part):
        *folders, last = name.split(".")
        home = self
        for folder in folders:
            if not hasattr(home, folder):
                home.add_module(folder, nn.Module())
            home = getattr(home, folder)
        home.add_module(last, part)

    def forward(self, images):
        outputs = {"image": images}
        for layer in self.layers:
            inputs = [outputs[name] for name in layer["inputs"]]
            total = inputs[0]
            for other in inputs[1:]:
                total = total + other
            outputs[layer["name"]] = self.get_submodule(layer["name"])(total)
        return outputs[self.layers[-1]["name"]]


def load_network(description, weights):
    with open(description) as file:
        network = NetworkFromJson(json.load(file))
    network.load_state_dict(safetensors.torch.load_file(weights), strict=True)
    return network.eval()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    network = load_network(*sys.argv[1:])
    for name, tensor in network.state_dict().items():
        print(name, list(tensor.shape))
    with open(sys.argv[1]) as file:
        images = torch.rand(2, *json.load(file)["input"])
    with torch.no_grad():
        print("classes of two random images:", network(images).argmax(1).tolist())


if __name__ == "__main__":
    main()
