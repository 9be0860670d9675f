"""Training by tensorview-train, and what PyTorch makes of networks that it saved: scores, and pruning by Torch-Pruning."""
import gzip
import os
import pathlib
import sys

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples"))
from network_from_json import NetworkFromJson, load_network  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "Scripts"))
from json_lines import json_lines  # noqa: E402


def train(program, *options):
    """What tensorview-train tells, as dictionaries."""
    return json_lines([program, "--json", *options])


def read_idx(folder, name):
    for path, opener in ((f"{name}", open), (f"{name}.gz", gzip.open)):
        for spelling in (path, path.replace("-idx", ".idx")):
            if os.path.exists(os.path.join(folder, spelling)):
                with opener(os.path.join(folder, spelling), "rb") as file:
                    data = file.read()
                dimensions = data[3]
                shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(dimensions)]
                return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape)
    raise SystemExit(f"{folder}: there is no {name}, plain or .gz")


def mnist(folder, part):
    """Images [n, 1, 28, 28] of pixel / 255 and labels; `part` is train or t10k."""
    images = torch.from_numpy(read_idx(folder, f"{part}-images-idx3-ubyte").copy()).float().unsqueeze(1) / 255
    return images, torch.from_numpy(read_idx(folder, f"{part}-labels-idx1-ubyte").astype(numpy.int64))


def cifar10(folder, part):
    """Images [n, 3, 32, 32] and labels of the batches that are there; `part` is train or t10k."""
    names = ["test_batch.bin"] if part == "t10k" else [f"data_batch_{i}.bin" for i in range(1, 6)]
    rows = [numpy.fromfile(os.path.join(folder, name), numpy.uint8).reshape(-1, 3073)
            for name in names if os.path.exists(os.path.join(folder, name))]
    rows = torch.from_numpy(numpy.concatenate(rows))
    return rows[:, 1:].reshape(-1, 3, 32, 32).float() / 255, rows[:, 0].long()


@torch.no_grad()
def scores(network, images):
    network.eval()
    return torch.cat([network(part) for part in images.split(500)])


def accuracy(values, labels):
    return (values.argmax(1) == labels).float().mean().item()


def change(before, after):
    """Root mean square change of the scores, relative to theirs."""
    return ((after - before).norm() / before.norm()).item()


def prune_with_torch_pruning(network, example, kept):
    """Removes filters by L1 norm with everything that depends on them, in place; `kept`: layer -> number that remains."""
    import torch_pruning
    graph = torch_pruning.DependencyGraph().build_dependency(network, example_inputs=example)
    importance = torch_pruning.importance.MagnitudeImportance(p=1)
    for name, remain in kept.items():
        layer = network.get_submodule(name)
        linear = isinstance(layer, torch.nn.Linear)
        function = torch_pruning.prune_linear_out_channels if linear else torch_pruning.prune_conv_out_channels
        count = layer.out_features if linear else layer.out_channels
        group = graph.get_pruning_group(layer, function, list(range(count)))
        order = importance(group).argsort()[:count - remain].tolist()
        graph.get_pruning_group(layer, function, order).prune()
    return network


__all__ = ["NetworkFromJson", "accuracy", "change", "cifar10", "load_network", "mnist", "prune_with_torch_pruning", "scores", "train"]
