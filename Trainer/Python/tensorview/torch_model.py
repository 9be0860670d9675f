"""What a PyTorch module holds: its layers, and how their tensors lie as [slot, channel, row, column]."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod

import torch
from torch import nn

KINDS = {"weight": "weight", "bias": "bias", "running_mean": "running_mean", "running_var": "running_variance"}
_TYPES = {
    "Linear": "dense",
    "Bilinear": "dense",
    "Embedding": "embedding",
    "MultiheadAttention": "attention",
    "LayerNorm": "layer_norm",
    "GroupNorm": "group_norm",
}


def unwrap(model: nn.Module) -> nn.Module:
    """The user's module inside what torch.compile, DataParallel and DistributedDataParallel put around it."""
    while True:
        if hasattr(model, "_orig_mod"):
            model = model._orig_mod
        elif isinstance(model, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
            model = model.module
        else:
            return model


@dataclass
class TorchTensor:
    """A tensor of a layer. `value` looks it up anew each time, as models replace their tensors; `grid` is
    (filters, channels, rows, columns), `arrange` brings the values into that order."""

    layer: str
    kind: str
    value: Callable[[], torch.Tensor]
    learns: bool
    grid: tuple[int, int, int, int]
    arrange: Callable[[torch.Tensor], torch.Tensor]

    def gradient(self) -> torch.Tensor | None:
        gradient = self.value().grad if self.learns else None
        if gradient is not None and gradient.is_sparse:
            return gradient.to_dense()
        return gradient

    def lies_as_it_is(self) -> bool:
        """Whether arrange() keeps the order of values."""
        return self.arrange is as_it_is


@dataclass
class TorchLayer:
    """A layer with tensors of its own. `map` is (channels, rows, columns) of what was flattened before
    it, if it was."""

    name: str
    type: str
    tensors: list[TorchTensor] = field(default_factory=list)
    map: tuple[int, int, int] | None = None

    @property
    def slots(self) -> int:
        return self.tensors[0].grid[0]

    @property
    def weight(self) -> TorchTensor | None:
        """The weights that norms and tracked coordinates are of: those of norm layers are none."""
        return next((x for x in self.tensors if x.kind == "weight" and x.value().dim() > 1), None)

    def follow_map(self, shape: tuple[int, int, int]) -> None:
        """The layer reads a flattened map [channels, rows, columns]: its windows become rows x columns."""
        weight = self.weight
        if self.map is None and weight is not None and weight.grid[1] == prod(shape) and shape[1] * shape[2] > 1:
            self.map = shape
            weight.grid = (weight.grid[0], *shape)


def find_layers(model: nn.Module) -> list[TorchLayer]:
    """The layers of a module in the order of registration; a shared module or tensor is there once,
    under its first name."""
    seen: set[int] = set()
    layers = []
    for name, module in model.named_modules():
        layer = TorchLayer(name or "model", _type_of(module))
        for attribute, value in _tensors_of(module):
            if id(value) in seen:
                continue
            seen.add(id(value))
            kind = KINDS.get(attribute, attribute)
            layer.tensors.append(_describe(layer.name, kind, module, attribute, value))
        layer.tensors.sort(key=lambda x: x.kind != "weight")
        if layer.tensors:
            layers.append(layer)
    return layers


def _tensors_of(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    for attribute, value in module._parameters.items():
        if value is not None and not isinstance(value, nn.parameter.UninitializedParameter) and value.numel() > 0:
            yield attribute, value
    for attribute in ("running_mean", "running_var"):
        value = module._buffers.get(attribute)
        if value is not None:
            yield attribute, value


def _type_of(module: nn.Module) -> str:
    if isinstance(module, nn.modules.conv._ConvNd):
        return "convolution"
    if isinstance(module, nn.modules.batchnorm._BatchNorm):
        return "batch_norm"
    return _TYPES.get(type(module).__name__, type(module).__name__.lower())


def _describe(
    layer: str, kind: str, module: nn.Module, attribute: str, value: torch.Tensor
) -> TorchTensor:
    arrange = as_it_is
    shape = tuple(value.shape)
    if kind == "weight" and isinstance(module, nn.modules.conv._ConvTransposeNd):
        groups = module.groups

        def arrange(tensor: torch.Tensor) -> torch.Tensor:
            # [in, out / groups, ...] to [out, in / groups, ...]
            parts = tensor.reshape(groups, tensor.shape[0] // groups, *tensor.shape[1:])
            return parts.transpose(1, 2).reshape(-1, tensor.shape[0] // groups, *tensor.shape[2:])

        shape = (shape[1] * groups, shape[0] // groups, *shape[2:])

    def look_up() -> torch.Tensor:
        value = module._parameters.get(attribute)
        return module._buffers[attribute] if value is None else value  # type: ignore[return-value]

    learns = attribute in module._parameters
    return TorchTensor(layer, kind, look_up, learns, grid_of(shape), arrange)


def as_it_is(tensor: torch.Tensor) -> torch.Tensor:
    return tensor


def grid_of(shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Extents of [filters, channels, windows...] as (filters, channels, rows, columns): a window of one
    extent is a row, of more than two the first ones lie below each other."""
    if len(shape) < 3:
        filters, channels = (*shape, 1, 1)[:2]
        return filters, channels, 1, 1
    *outer, columns = shape[2:]
    return shape[0], shape[1], prod(outer), columns
