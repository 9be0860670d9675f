"""Follows one forward pass of a PyTorch module and sums the activations of its layers over the batch.

The activation of a layer is its output after its batch norm and its non-linearity, before pooling and
before any residual sum, whether these are modules or functions: what happens to a tensor is followed,
not how the model is written.
"""

from __future__ import annotations

import re
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from .torch_model import TorchLayer

_LAYERS = {f"conv{n}d": n for n in (1, 2, 3)} | {f"conv_transpose{n}d": n for n in (1, 2, 3)} | {"linear": 0}
_NORMS = {"batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm"}
_NONLINEAR = {
    "relu", "relu6", "leaky_relu", "prelu", "rrelu", "elu", "selu", "celu", "gelu", "silu", "mish", "tanh",
    "sigmoid", "softplus", "softsign", "hardtanh", "hardswish", "hardsigmoid", "hardshrink", "softshrink",
    "logsigmoid", "threshold", "clamp", "clamp_min",
}  # fmt: skip
_BETWEEN = re.compile(r".*pool\d?d.*|(alpha_|feature_)?dropout.*")
_IN_PLACE = re.compile(r"__i\w+__|\w*[a-z0-9]_")
_FLATTEN = {"flatten", "view", "reshape"}
_MARK = "_tensorview_mark"
_MAP = "_tensorview_map"


class _Mark:
    """A layer's output on its way: `value` is summed when the way ends."""

    def __init__(self, layer: TorchLayer, value: torch.Tensor, window: int) -> None:
        self.layer = layer
        self.value: torch.Tensor | None = value
        self.window = window  # extents of a window; 0: features come last


class ActivationTrace(TorchFunctionMode):
    """While it is entered, `sums` collects [slots, ...] of each layer over the batch and over all
    forward passes; `order` lists layers as they are first used."""

    def __init__(self, layers: list[TorchLayer]) -> None:
        super().__init__()
        self.order: list[TorchLayer] = []
        self.sums: dict[str, torch.Tensor] = {}
        self._owners = {id(x.value()): layer for layer in layers for x in layer.tensors}
        self._used: set[str] = set()
        self._marks: list[_Mark] = []

    def finish(self) -> None:
        """Ends all ways; after each forward pass."""
        for mark in self._marks:
            self._sum(mark)
        self._marks.clear()

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(function, "__name__", "")
        inputs = [*_tensors_in(args), *_tensors_in(kwargs.values())]
        layer = self._owner(inputs)
        marks = {id(x.__dict__[_MARK]): x.__dict__[_MARK] for x in inputs if _MARK in x.__dict__}
        plain = name.rstrip("_") if not name.startswith("__") else name
        follows = plain in _NORMS or plain in _NONLINEAR
        if not follows and (_IN_PLACE.fullmatch(name) or kwargs.get("inplace") is True):
            self._end(marks)
        result = function(*args, **kwargs)
        if not isinstance(result, torch.Tensor):
            if isinstance(result, (tuple, list)) and any(isinstance(x, torch.Tensor) for x in result):
                self._end(marks)
            return result
        if layer is not None and plain in _LAYERS:
            self._end(marks)
            self._pass_map(layer, inputs)
            self._begin(layer, result, _LAYERS[plain])
        elif len(marks) == 1:
            self._follow(next(iter(marks.values())), plain, function, inputs, result, args, kwargs)
        else:
            self._end(marks)
        self._remember_map(plain, inputs, result)
        return result

    def _owner(self, inputs: list[torch.Tensor]) -> TorchLayer | None:
        found = None
        for tensor in inputs:
            layer = self._owners.get(id(tensor))
            if layer is not None:
                found = found or layer
                if layer.name not in self._used:
                    self._used.add(layer.name)
                    self.order.append(layer)
        return found

    def _begin(self, layer: TorchLayer, output: torch.Tensor, window: int) -> None:
        mark = _Mark(layer, output, window)
        output.__dict__[_MARK] = mark
        self._marks.append(mark)

    def _follow(
        self,
        mark: _Mark,
        name: str,
        function: Any,
        inputs: list[torch.Tensor],
        result: torch.Tensor,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        if mark.value is None:
            return
        direct = inputs[0] is mark.value
        if name in _NORMS and direct:
            mark.value = result
            result.__dict__[_MARK] = mark
        elif name in _NONLINEAR and direct:
            mark.value = result
            self._sum(mark)
        elif name in _NONLINEAR and _MARK in inputs[0].__dict__:
            # Pooled or dropped first: the same function of what was there before.
            with torch.no_grad():
                mark.value = function(mark.value.detach().clone(), *args[1:], **kwargs)
            self._sum(mark)
        elif _BETWEEN.fullmatch(name):
            result.__dict__[_MARK] = mark
        else:
            self._sum(mark)

    def _end(self, marks: dict[int, _Mark]) -> None:
        for mark in marks.values():
            self._sum(mark)

    def _sum(self, mark: _Mark) -> None:
        value, mark.value = mark.value, None
        if value is None:
            return
        with torch.no_grad():
            value = value.detach()
            if mark.window == 0:
                total = value.reshape(-1, value.shape[-1]).sum(0, dtype=torch.float32)
            elif value.dim() == mark.window + 2:
                total = value.sum(0, dtype=torch.float32)
            else:
                total = value.to(torch.float32, copy=True)  # one image without a batch
            before = self.sums.get(mark.layer.name)
            if before is None:
                self.sums[mark.layer.name] = total
            elif before.shape == total.shape:
                before += total.to(before.device)

    @staticmethod
    def _remember_map(name: str, inputs: list[torch.Tensor], result: torch.Tensor) -> None:
        if not inputs or result.dim() != 2:
            return
        source = inputs[0]
        if name in _FLATTEN and source.dim() == 4 and source.shape[0] == result.shape[0]:
            result.__dict__[_MAP] = tuple(source.shape[1:])
        elif _MAP in source.__dict__ and source.shape == result.shape:
            result.__dict__[_MAP] = source.__dict__[_MAP]

    @staticmethod
    def _pass_map(layer: TorchLayer, inputs: list[torch.Tensor]) -> None:
        shape = inputs[0].__dict__.get(_MAP)
        if shape is not None:
            layer.follow_map(shape)


class TracedForward:
    """Follows the forward passes of a module, until stop(); `order` and `sums` are those of the trace.

    Only passes in training count: `model.training`, with gradients. Compiled code does not say what
    happens in it: a compiled model runs without meanwhile.
    """

    def __init__(self, module: nn.Module, layers: list[TorchLayer]) -> None:
        self.trace = ActivationTrace(layers)
        self.order, self.sums = self.trace.order, self.trace.sums
        self._compiled = hasattr(module, "_orig_mod") or getattr(module, "_compiled_call_impl", None) is not None
        self._run_eagerly("force_eager")
        self._depth = 0
        self._entered = False
        self._handles = [
            module.register_forward_pre_hook(self._enter),
            module.register_forward_hook(self._leave, always_call=True),
        ]

    def stop(self) -> None:
        self._run_eagerly("default")
        for handle in self._handles:
            handle.remove()

    def _run_eagerly(self, stance: str) -> None:
        if self._compiled and hasattr(torch.compiler, "set_stance"):
            torch.compiler.set_stance(stance)

    def _enter(self, module: nn.Module, _: Any) -> None:
        if torch.compiler.is_compiling():
            return
        self._depth += 1
        if self._depth == 1 and module.training and torch.is_grad_enabled():
            self.trace.__enter__()
            self._entered = True

    def _leave(self, *_: Any) -> None:
        if torch.compiler.is_compiling():
            return
        self._depth -= 1
        if self._depth == 0 and self._entered:
            self._entered = False
            self.trace.__exit__(None, None, None)
            self.trace.finish()


def _tensors_in(values: Any) -> list[torch.Tensor]:
    found = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += [x for x in value if isinstance(x, torch.Tensor)]
    return found
