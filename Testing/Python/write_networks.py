#!/usr/bin/env python3
"""Writes one small network in the formats of several libraries into FOLDER: write_networks.py FOLDER

The first layer's weights are the numbers 0, 1, 2, ... in PyTorch's order of axes, [8, 2, 3, 4]; what a library that is not
installed would have written is left out. For file_reader_test.py.
"""
import pathlib
import sys

import numpy

FOLDER = pathlib.Path(sys.argv[1])
FIRST = numpy.arange(8 * 2 * 3 * 4, dtype="float32").reshape(8, 2, 3, 4)


def network():
    random = numpy.random.default_rng(1)
    tensors = {"conv1.weight": FIRST, "conv1.bias": numpy.arange(8, dtype="float32")}
    for layer, shape in (("conv2", (16, 8, 3, 3)), ("conv10", (4, 16, 3, 3)), ("fc", (10, 4 * 9))):
        tensors[f"{layer}.weight"] = random.standard_normal(shape, dtype="float32")
        tensors[f"{layer}.bias"] = random.standard_normal(shape[0], dtype="float32")
    return tensors


def write_torch():
    import torch
    tensors = {name: torch.from_numpy(values) for name, values in network().items()}
    torch.save({"state_dict": tensors, "optimizer": {"state": [torch.zeros(3)]}}, FOLDER / "torch.pt")


def write_safetensors():
    import safetensors.numpy
    safetensors.numpy.save_file(network(), FOLDER / "safe.safetensors")


def write_keras():
    import os
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras
    model = keras.Sequential([
        keras.Input((9, 9, 2)), keras.layers.Conv2D(8, (3, 4), name="conv1"), keras.layers.Flatten(),
        keras.layers.Dense(10, name="fc")])
    model.layers[0].set_weights([FIRST.transpose(2, 3, 1, 0), numpy.arange(8, dtype="float32")])
    model.save(FOLDER / "keras.keras")
    model.save(FOLDER / "keras.h5")


def write_onnx():
    import onnx
    helper = onnx.helper
    values = {"conv1.weight": FIRST, "conv1.bias": numpy.arange(8, dtype="float32"),
              "fc.weight": numpy.ones((8, 5), "float32")}
    nodes = [helper.make_node("Conv", ["x", "conv1.weight", "conv1.bias"], ["a"], name="conv1"),
             helper.make_node("Flatten", ["a"], ["b"]), helper.make_node("MatMul", ["b", "fc.weight"], ["y"], name="fc")]
    graph = helper.make_graph(
        nodes, "net", [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 2, 3, 4])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(array, name) for name, array in values.items()])
    onnx.save(helper.make_model(graph), FOLDER / "onnx.onnx")


for write in (write_torch, write_safetensors, write_keras, write_onnx):
    try:
        write()
    except ImportError as missing:
        print(f"{write.__name__}: {missing}")
