#!/usr/bin/env python3
"""Writes NetworkReference.h: what PyTorch's autograd and optimizers make of the networks that TorchModelTest trains.

  python tests/trainer/network/make_reference.py > tests/trainer/network/NetworkReference.h

Needs torch. The layers are read from the same JSON files as the engine's; images and labels follow the formula in
SyntheticImages.h.
"""
import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as functional

HERE = os.path.dirname(os.path.abspath(__file__))
LENET = {"layers": [
    {"name": "conv1", "type": "convolution", "filters": 16, "kernel": 3},
    {"name": "relu1", "type": "relu"},
    {"name": "pool1", "type": "max_pool", "kernel": 2},
    {"name": "conv2", "type": "convolution", "filters": 32, "kernel": 3},
    {"name": "relu2", "type": "relu"},
    {"name": "pool2", "type": "max_pool", "kernel": 2},
    {"name": "flatten", "type": "flatten"},
    {"name": "fc1", "type": "dense", "units": 512},
    {"name": "relu3", "type": "relu"},
    {"name": "fc2", "type": "dense", "units": "classes"}]}


def synthetic(count, channels, rows, columns, classes):
    n = torch.arange(count).view(-1, 1, 1, 1)
    c = torch.arange(channels).view(1, -1, 1, 1)
    r = torch.arange(rows).view(1, 1, -1, 1)
    k = torch.arange(columns).view(1, 1, 1, -1)
    pixels = (n * 37 + c * 101 + r * (13 + n % 7) + k * (29 + n % 5) + r * k * (n % 3)) % 256
    return pixels.float() / 255, torch.arange(count) % classes


class Network(nn.Module):
    def __init__(self, description, channels, rows, classes):
        super().__init__()
        self.layers = description["layers"]
        self.parts = nn.ModuleDict()
        shape = {"image": (channels, rows)}
        before = "image"
        for layer in self.layers:
            layer.setdefault("inputs", [before])
            before = layer["name"]
            inputs, size = shape[layer["inputs"][0]]
            kind, kernel = layer["type"], layer.get("kernel", 2)
            if kind == "convolution":
                padding = layer.get("padding", kernel // 2)
                stride = layer.get("stride", 1)
                self.parts[before] = nn.Conv2d(inputs, layer["filters"], kernel, stride, padding, bias=layer.get("bias", True))
                inputs, size = layer["filters"], (size + 2 * padding - kernel) // stride + 1
            elif kind == "batch_norm":
                make = nn.BatchNorm2d if size else nn.BatchNorm1d
                self.parts[before] = make(inputs, layer.get("epsilon", 1e-5), layer.get("momentum", 0.1))
            elif kind in ("max_pool", "average_pool"):
                stride, padding = layer.get("stride", kernel), layer.get("padding", 0)
                make = nn.MaxPool2d if kind == "max_pool" else nn.AvgPool2d
                self.parts[before] = make(kernel, stride, padding)
                size = (size + 2 * padding - kernel) // stride + 1
            elif kind == "dense":
                units = classes if layer["units"] == "classes" else layer["units"]
                self.parts[before] = nn.Linear(inputs, units, bias=layer.get("bias", True))
                inputs = units
            elif kind == "flatten":
                inputs, size = inputs * size * size, 0
            shape[before] = (inputs, size)

    def forward(self, x):
        self.outputs = {"image": x}
        for layer in self.layers:
            inputs = [self.outputs[name] for name in layer["inputs"]]
            kind = layer["type"]
            if kind == "relu":
                y = functional.relu(inputs[0])
            elif kind == "add":
                y = sum(inputs[1:], inputs[0])
            elif kind == "flatten":
                y = inputs[0].flatten(1)
            elif kind == "dropout":
                y = functional.dropout(inputs[0], layer["probability"])
            else:
                y = self.parts[layer["name"]](inputs[0])
            if y.requires_grad:
                y.retain_grad()
            self.outputs[layer["name"]] = y
        return y


def number(value):
    return f"{float(value):.9g}"


def entry(layer, kind, tensor):
    t = tensor.detach().double().flatten()
    picked = [t[i * (len(t) - 1) // 7] for i in range(8)]
    values = ", ".join(number(v) for v in picked)
    return f'  {{ "{layer}", "{kind}", {len(t)}, {number(t.sum())}, {number(t.norm())}, {{ {values} }} }},'


def parameters(network, what):
    kinds = {"weight": "weight", "bias": "bias"}
    for name, parameter in network.parts.named_parameters():
        layer, part = name.rsplit(".", 1)
        suffix = "" if what == "value" else "_gradient"
        yield entry(layer, kinds[part] + suffix, parameter if what == "value" else parameter.grad)


def table(name, comment, lines):
    print(f"/// {comment}\ninline const std::vector<ReferenceTensor> {name} = {{")
    print("\n".join(lines))
    print("};\n")


def gradients():
    with open(os.path.join(HERE, "all-layers.json")) as file:
        description = json.load(file)
    torch.manual_seed(3)
    network = Network(description, 2, 12, 3)
    images, labels = synthetic(30, 2, 12, 12, 3)
    initial = list(parameters(network, "value"))
    loss = functional.cross_entropy(network(images), labels)
    loss.backward()
    lines = list(parameters(network, "gradient"))
    activations = {"conv_a": "relu_a", "conv_b": "bn_b", "conv_c": "relu_c", "conv_d": "conv_d", "fc1": "relu_fc",
                   "fc2": "fc2"}
    for layer, shown in activations.items():
        lines.append(entry(layer, "activation", network.outputs[shown].sum(0)))
        lines.append(entry(layer, "activation_gradient", network.outputs[shown].grad.sum(0)))
    for name, buffer in network.parts.named_buffers():
        layer, part = name.rsplit(".", 1)
        if part in ("running_mean", "running_var"):
            lines.append(entry(layer, part.replace("var", "variance"), buffer))
    table("initialAllLayers", "all-layers.json, seed 3: initial parameters.", initial)
    table("gradientsAllLayers", "The same after one step on 30 images: gradients, batch sums, running statistics.", lines)
    print(f"inline constexpr double lossAllLayers = {number(loss.detach())};\n")


def optimizer(name, make):
    torch.manual_seed(5)
    network = Network(json.loads(json.dumps(LENET)), 1, 28, 10)
    images, labels = synthetic(40, 1, 28, 28, 10)
    optimizer = make(network.parameters())
    for _ in range(3):
        optimizer.zero_grad()
        functional.cross_entropy(network(images), labels).backward()
        optimizer.step()
    table(f"{name}Steps", f"lenet5-simplified, seed 5, 40 images: parameters after three steps of {name}.",
          list(parameters(network, "value")))


def main():
    torch.set_num_threads(1)
    print("""// Made by make_reference.py with PyTorch """ + torch.__version__.split("+")[0] + """; do not edit.
// clang-format off
#ifndef TENSORVIEW_NETWORK_REFERENCE_H
#define TENSORVIEW_NETWORK_REFERENCE_H

#include <cstddef>
#include <vector>

/// Sum, L2 norm and eight values (at i * (count - 1) / 7 in C order) of a tensor.
struct ReferenceTensor
{
  const char* layer;
  const char* kind;
  std::size_t count;
  double sum;
  double norm;
  std::vector<double> values;
};
""")
    gradients()
    optimizer("sgd", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01))
    optimizer("adam", lambda p: torch.optim.Adam(p, lr=0.001, weight_decay=0.01))
    optimizer("adamw", lambda p: torch.optim.AdamW(p, lr=0.001, weight_decay=0.05))
    print("#endif")


if __name__ == "__main__":
    main()
