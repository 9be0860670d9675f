"""A Keras 3 model on PyTorch and its optimizer, as TorchWatcher sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import keras
import torch

from .torch_model import TorchLayer, TorchTensor, as_it_is, grid_of

_KINDS = {
    "kernel": "weight",
    "embeddings": "weight",
    "depthwise_kernel": "weight",
    "gamma": "weight",
    "bias": "bias",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_variance",
}
_NORMS = (keras.layers.BatchNormalization, keras.layers.LayerNormalization, keras.layers.GroupNormalization)
_NONLINEAR = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
)
_DENSE = (keras.layers.Dense, keras.layers.EinsumDense)
_CONVOLUTIONS = tuple(
    getattr(keras.layers, name)
    for name in (
        "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose",
        "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D",
    )
)  # fmt: skip
_MARK = "_tensorview_mark"
_MAP = "_tensorview_map"


class KerasModel:
    """@raises ValueError if the model has no weights yet; TypeError if Keras does not run on PyTorch"""

    framework = "keras"

    def __init__(self, model: Any) -> None:
        if keras.backend.backend() != "torch":
            raise TypeError(
                f"Keras runs on {keras.backend.backend()}, and a Recorder needs it on PyTorch: set the "
                "environment variable KERAS_BACKEND=torch before keras is imported"
            )
        self.name = model.name
        self._model = model
        self._modules: list[tuple[Any, TorchLayer | None]] = []
        self.layers: list[TorchLayer] = []
        names: set[str] = set()
        for module in model._flatten_layers(include_self=False, recursive=True):
            layer = _describe(module, names)
            self._modules.append((module, layer))
            if layer is not None:
                self.layers.append(layer)
        if not self.layers:
            raise ValueError(
                "the model has no weights to record; build it first (an Input layer, or model.build())"
            )

    def follow(self) -> KerasForward:
        return KerasForward(self._modules)


class KerasOptimizer:
    """A keras.Optimizer, or None."""

    def __init__(self, optimizer: Any) -> None:
        self._optimizer = optimizer

    def learning_rate(self) -> float | None:
        if self._optimizer is None:
            return None
        return float(keras.ops.convert_to_numpy(self._optimizer.learning_rate))

    def momentum(self, tensor: TorchTensor) -> torch.Tensor | None:
        moments = getattr(self._optimizer, "momentums", None) or getattr(self._optimizer, "_momentums", None)
        value = tensor.value()
        for variable, moment in zip(getattr(self._optimizer, "_trainable_variables", ()), moments or ()):
            if variable.value is value:
                return moment.value
        return None


class KerasForward:
    """Follows forward passes in training, until stop(): the activation of a layer is what comes out of it,
    of the batch norm behind it and of the non-linearity behind that."""

    def __init__(self, modules: list[tuple[Any, TorchLayer | None]]) -> None:
        self.order: list[TorchLayer] = []
        self.sums: dict[str, torch.Tensor] = {}
        self._wrapped = []
        for module, layer in modules:
            module.__dict__["call"] = self._wrap(module, layer, module.call)
            self._wrapped.append(module)

    def stop(self) -> None:
        for module in self._wrapped:
            module.__dict__.pop("call", None)
        self._wrapped = []

    def _wrap(self, module: Any, layer: TorchLayer | None, call: Callable[..., Any]) -> Callable[..., Any]:
        def followed(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            if torch.is_grad_enabled() and args and isinstance(args[0], torch.Tensor):
                if layer is not None and layer not in self.order:
                    self.order.append(layer)
                if isinstance(output, torch.Tensor):
                    self._follow(module, layer, args[0], output)
            return output

        return followed

    def _follow(self, module: Any, layer: TorchLayer | None, source: torch.Tensor, output: torch.Tensor) -> None:
        last = getattr(module, "data_format", "channels_last") == "channels_last"
        before = source.__dict__.get(_MARK)
        if layer is not None and isinstance(module, (*_DENSE, *_CONVOLUTIONS)):
            shape = source.__dict__.get(_MAP)
            if shape is not None:
                layer.follow_map(shape)
            activation = getattr(module, "activation", None)
            linear = activation is None or activation is keras.activations.linear
            self._put(layer, output, last, isinstance(module, _CONVOLUTIONS))
            if linear:
                output.__dict__[_MARK] = (layer, last, isinstance(module, _CONVOLUTIONS), False)
        elif before is not None and not before[3] and isinstance(module, (*_NORMS, *_NONLINEAR)):
            self._put(*before[:1], output, *before[1:3])
            if isinstance(module, _NORMS):
                output.__dict__[_MARK] = before
        if isinstance(module, keras.layers.Flatten) and source.dim() == 4 and last:
            rows, columns, channels = source.shape[1:]
            output.__dict__[_MAP] = (channels, rows, columns)
        elif _MAP in source.__dict__ and source.shape == output.shape:
            output.__dict__[_MAP] = source.__dict__[_MAP]

    def _put(self, layer: TorchLayer, output: torch.Tensor, last: bool, windows: bool) -> None:
        with torch.no_grad():
            value = output.detach()
            if not windows:
                total = value.reshape(-1, value.shape[-1]).sum(0, dtype=torch.float32)
            else:
                total = value.sum(0, dtype=torch.float32)
                total = total.movedim(-1, 0) if last else total
            self.sums[layer.name] = total


def _describe(module: Any, names: set[str]) -> TorchLayer | None:
    """None: a layer without weights of its own."""
    variables = list(_variables_of(module))
    if not variables:
        return None
    name, number = module.name, 2
    while name in names:
        name, number = f"{module.name}_{number}", number + 1
    names.add(name)
    layer = TorchLayer(name, _type_of(module))
    for variable in variables:
        kind = _KINDS.get(variable.name, variable.name)
        arrange = _arrangement(module, layer, kind)
        grid = grid_of(tuple(arrange(variable.value.detach()).shape))
        learns = bool(variable.trainable)
        layer.tensors.append(TorchTensor(name, kind, _look_up(variable), learns, grid, arrange))
    layer.tensors.sort(key=lambda x: x.kind != "weight")
    return layer


def _look_up(variable: Any) -> Callable[[], torch.Tensor]:
    return lambda: variable.value


def _variables_of(module: Any) -> Iterator[Any]:
    seen = set()
    for variable in [*module._trainable_variables, *module._non_trainable_variables]:
        if variable.name not in seen and prod(variable.shape) > 0 and "float" in str(variable.dtype):
            seen.add(variable.name)
            yield variable


def _type_of(module: Any) -> str:
    if isinstance(module, _CONVOLUTIONS):
        return "convolution"
    if isinstance(module, _DENSE):
        return "dense"
    if isinstance(module, keras.layers.BatchNormalization):
        return "batch_norm"
    return type(module).__name__.lower()


def _arrangement(module: Any, layer: TorchLayer, kind: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """Keras keeps [rows, columns, channels, filters] of a convolution and [inputs, units] of a dense layer."""
    if kind != "weight":
        return as_it_is
    if isinstance(module, keras.layers.Dense):

        def units_first(kernel: torch.Tensor) -> torch.Tensor:
            if layer.map is None or kernel.dim() != 2:
                return kernel.mT
            channels, rows, columns = layer.map
            return kernel.mT.reshape(-1, rows, columns, channels).permute(0, 3, 1, 2)

        return units_first
    if "Depthwise" in type(module).__name__:
        return lambda kernel: kernel.movedim((-2, -1), (0, 1)).flatten(0, 1).unsqueeze(1)
    if "Transpose" in type(module).__name__:
        return lambda kernel: kernel.movedim((-2, -1), (0, 1))
    if isinstance(module, _CONVOLUTIONS) and "Separable" not in type(module).__name__:
        return lambda kernel: kernel.movedim((-1, -2), (0, 1))
    return as_it_is
