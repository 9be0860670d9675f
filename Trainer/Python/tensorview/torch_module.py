"""A PyTorch module and its optimizer, as TorchWatcher sees them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from .torch_activations import TracedForward
from .torch_model import TorchTensor, find_layers, unwrap


class TorchModule:
    """@raises ValueError if the module has no parameters"""

    framework = "torch"

    def __init__(self, model: nn.Module) -> None:
        self._called = model
        module = unwrap(model)
        self.name = type(module).__name__
        self.layers = find_layers(module)
        if not self.layers:
            raise ValueError("the model has no parameters to record; create its layers before the Recorder")

    def follow(self) -> TracedForward:
        # Of a compiled model the wrapper, whose hooks are not compiled.
        return TracedForward(self._called, self.layers)


class TorchOptimizer:
    """A torch.optim.Optimizer, or None."""

    def __init__(self, optimizer: Any) -> None:
        self._optimizer = optimizer

    def learning_rate(self) -> float | None:
        groups = getattr(self._optimizer, "param_groups", None)
        return float(groups[0]["lr"]) if groups else None

    def momentum(self, tensor: TorchTensor) -> torch.Tensor | None:
        state = getattr(self._optimizer, "state", {}).get(tensor.value(), {})
        return next((state[x] for x in ("momentum_buffer", "exp_avg") if state.get(x) is not None), None)
