"""Watches a PyTorch module and its optimizer: what a step and a snapshot tell, taken where it lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch

from .recorder_options import RecorderOptions
from .run_layout import FilterSeries, Layer, TensorDescription
from .torch_model import TorchLayer, TorchTensor, grid_of
from .torch_numbers import TensorMemory, TorchNumbers, TorchTensors
from .tracked import choose_tracked

SERIES = ("weight_norm", "weight_gradient_norm", "weight_change_norm")


class Followed(Protocol):
    """The forward passes of a step: layers as they were first used, activations summed over the batch."""

    order: list[TorchLayer]
    sums: dict[str, torch.Tensor]

    def stop(self) -> None: ...


class ModelView(Protocol):
    """A model whose tensors are PyTorch's."""

    name: str
    framework: str
    layers: list[TorchLayer]

    def follow(self) -> Followed:
        """Follows forward passes from now on."""


class OptimizerView(Protocol):
    def learning_rate(self) -> float | None:
        """None: not known."""

    def momentum(self, tensor: TorchTensor) -> torch.Tensor | None:
        """First moments of a tensor, in its shape; None: there are none."""


class TorchWatcher:
    """What all models have whose tensors are PyTorch's: a Watcher, see watcher.py.

    @raises ValueError if `options.tracked` names what is not there
    """

    def __init__(self, model: ModelView, optimizer: OptimizerView, options: RecorderOptions) -> None:
        self._model = model
        self._optimizer = optimizer
        self._options = options
        self._layers = model.layers
        self.name = model.name
        self.framework = model.framework
        self._weighted: list[TorchLayer] = []
        self._tracked = choose_tracked(
            {x.name: x.weight.value().numel() for x in self._layers if x.weight is not None},
            options.tracked,
        )
        self._memory = TensorMemory()
        self._previous: list[torch.Tensor] | None = None
        self._followed: Followed | None = None
        self._following = False
        self._activations: list[tuple[TorchLayer, tuple[int, ...]]] = []
        self._plan: list[tuple[TensorDescription, TorchTensor | None, str]] = []
        self._start = self._copy_start()

    # --- the description, once the first step was seen -------------------------------------------

    def describe(self, known: Mapping[str, int]) -> None:
        """Fixes layers, tensors and series.

        @param known permanent ids by layer name, of the run that is gone on from
        """
        self._order_layers()
        taken = set(known.values())
        free = (i for i in range(1, 1 << 30) if i not in taken)
        ids = {x.name: known[x.name] if x.name in known else next(free) for x in self._layers}
        self.layers = [Layer(ids[x.name], x.name, x.type, x.slots) for x in self._layers]
        self._weighted = [x for x in self._layers if x.weight is not None]
        self.norms = [f"{x.name}/{kind}" for x in self._weighted for kind in SERIES[:2]]
        self.tracked = [(ids[x.name], i) for x in self._weighted for i in self._tracked[x.name]]
        self.series = [
            FilterSeries(f"{x.name}/{kind}", ids[x.name], x.slots) for x in self._weighted for kind in SERIES
        ]
        self.change_band_layers = [x.name for x in self._weighted]
        self._indices = [_places(x.weight, self._tracked[x.name]) for x in self._weighted]
        self._plan_tensors(ids)
        self.tensors = [description for description, _, _ in self._plan]

    def _order_layers(self) -> None:
        """Network order: as the layers were first used; those that were not come last."""
        if self._followed is not None:
            place = {layer.name: i for i, layer in enumerate(self._followed.order)}
            self._layers.sort(key=lambda x: place.get(x.name, len(place)))

    def _plan_tensors(self, ids: Mapping[str, int]) -> None:
        sums = self._followed.sums if self._followed is not None else {}
        momentum = self._options.momentum
        for layer in self._layers:

            def add(kind: str, grid: tuple[int, ...], tensor: TorchTensor | None, source: str) -> None:
                description = TensorDescription(ids[layer.name], layer.name, kind, grid)  # noqa: B023
                self._plan.append((description, tensor, source))

            for tensor in layer.tensors:
                add(tensor.kind, tensor.grid, tensor, "value")
                if tensor.learns and self._options.gradients:
                    add(f"{tensor.kind}_gradient", tensor.grid, tensor, "gradient")
                if momentum and tensor.kind == "weight" and self._optimizer.momentum(tensor) is not None:
                    add("momentum", tensor.grid, tensor, "momentum")
            if layer.name in sums:
                shape = tuple(sums[layer.name].shape)
                self._activations.append((layer, shape))
                add("activation", grid_of((shape[0], 1, *shape[1:])), None, layer.name)

    # --- steps ------------------------------------------------------------------------------------

    def read_metrics(self, values: Sequence[Any]) -> tuple[np.ndarray, list[int], list[torch.Tensor]]:
        """Numbers as float32, and which of them are still on a device (their tensors are passed to
        read_numbers()).

        @raises TypeError, ValueError if one is no single number
        """
        numbers = np.full(len(values), np.nan, np.float32)
        places, arriving = [], []
        for i, value in enumerate(values):
            if isinstance(value, torch.Tensor):
                value = value.detach()
                if value.is_cuda and value.numel() == 1:
                    places.append(i)
                    arriving.append(value.reshape(1).float())
                    continue
            numbers[i] = float(value)
        return numbers, places, arriving

    @torch.no_grad()
    def read_numbers(self, arriving: list[torch.Tensor]) -> TorchNumbers:
        """The arriving metrics, norms of weights and gradients of each layer, tracked weights."""
        weights = [x.weight.value() for x in self._weighted]  # type: ignore[union-attr]
        pairs = []
        for layer, weight in zip(self._weighted, weights):
            gradient = layer.weight.gradient()  # type: ignore[union-attr]
            pairs += [weight, _missing(weight) if gradient is None else gradient]
        norms = torch._foreach_norm(pairs, 2, dtype=torch.float32) if pairs else []
        parts = [*arriving]
        if norms:
            parts.append(torch.stack(self._together(norms)))
        parts += self._together([torch.take(w, i.to(w.device)) for w, i in zip(weights, self._indices)])
        if not parts:
            return TorchNumbers(torch.empty(0))
        device = parts[-1].device
        return TorchNumbers(torch.cat([x.to(device) for x in parts]).float())

    @staticmethod
    def _together(values: Sequence[torch.Tensor]) -> Sequence[torch.Tensor]:
        """On one device, where a model lies on several."""
        device = values[0].device
        return values if all(x.device == device for x in values) else [x.to(device) for x in values]

    def learning_rate(self) -> float | None:
        return self._optimizer.learning_rate()

    # --- rows of all filters ----------------------------------------------------------------------

    @torch.no_grad()
    def remember_weights(self) -> None:
        """Keeps the weights before a step of which read_filters() is to tell the change."""
        weights = [x.weight.value() for x in self._weighted]  # type: ignore[union-attr]
        fits = self._previous is not None and all(
            a.shape == b.shape and a.device == b.device for a, b in zip(self._previous, weights)
        )
        if self._previous is None or not fits:
            self._previous = [torch.empty_like(x) for x in weights]
        torch._foreach_copy_(self._previous, weights)

    @torch.no_grad()
    def read_filters(self, with_bands: bool) -> tuple[TorchNumbers, TorchNumbers | None]:
        """Norms of each filter's weights, gradient and change; counts [layers, 8] of |change / weight|."""
        norms, bands = [], []
        for i, layer in enumerate(self._weighted):
            tensor = layer.weight
            assert tensor is not None
            weight, gradient = tensor.value(), tensor.gradient()
            before = None if self._previous is None else self._previous[i]
            change = None if before is None or before.shape != weight.shape else weight - before
            for values in (weight, gradient, change):
                norms.append(_filter_norms(tensor, values, layer.slots, weight.device))
            if with_bands and before is not None and change is not None:
                bands.append(_change_bands(before, change))
        numbers = TorchNumbers(torch.cat(list(self._together(norms)))) if norms else TorchNumbers(torch.empty(0))
        counted = with_bands and len(bands) == len(self._weighted) and bands
        return numbers, TorchNumbers(torch.stack(list(self._together(bands)))) if counted else None

    # --- snapshots --------------------------------------------------------------------------------

    def expect_snapshot(self) -> None:
        """The next step will be a snapshot: its forward passes are followed."""
        if not self._options.activations:
            return
        self._followed = self._model.follow()
        self._following = True

    def end_snapshot(self) -> None:
        """The step that was expected is over."""
        if self._following and self._followed is not None:
            self._followed.stop()
            self._following = False

    def forget_activations(self) -> None:
        """The step that was followed has no snapshot."""
        self._followed = None

    def snapshot_bytes(self) -> int:
        return 4 * sum(int(np.prod(x.shape)) for x in self.tensors)

    @torch.no_grad()
    def read_snapshot(self, of_step: bool) -> TorchTensors:
        """@param of_step with what belongs to a step: gradients, momentum, activations"""
        sums = self._followed.sums if of_step and self._followed is not None else {}
        shapes = {layer.name: shape for layer, shape in self._activations}
        sources: list[torch.Tensor | None] = []
        for _, tensor, source in self._plan:
            value: torch.Tensor | None
            if tensor is None:
                value = sums.get(source)
                if value is not None and tuple(value.shape) != shapes[source]:
                    value = None
            elif source == "value":
                value = tensor.value()
            elif not of_step:
                value = None
            elif source == "gradient":
                value = tensor.gradient()
            else:
                value = self._optimizer.momentum(tensor)
            sources.append(value if value is None or tensor is None else tensor.arrange(value.detach()))
        return TorchTensors(sources, self._memory)

    def _copy_start(self) -> dict[tuple[str, str], torch.Tensor]:
        """The initial state, copied before the first step."""
        with torch.no_grad():
            return {
                (x.layer, x.kind): x.value().detach().to("cpu", torch.float32, copy=True)
                for layer in self._layers
                for x in layer.tensors
            }

    @torch.no_grad()
    def start_snapshot(self) -> TorchTensors:
        """The state that the model had when it was first seen."""
        sources = [
            tensor.arrange(self._start[tensor.layer, tensor.kind])
            if tensor is not None and source == "value"
            else None
            for _, tensor, source in self._plan
        ]
        self._start = {}
        return TorchTensors(sources, self._memory)

    def threads(self) -> int:
        return torch.get_num_threads()

    def problems(self) -> list[str]:
        """What of the first step could not be taken, in the user's words."""
        told = []
        if self._options.activations and not self._activations:
            told.append(
                "no activations are recorded: the first step did not call the model that the Recorder got "
                "(in training mode, with gradients). Pass what your loop calls, such as the compiled model, "
                "or Recorder(..., activations=False)"
            )
        if self._weighted and all(x.weight.gradient() is None for x in self._weighted):  # type: ignore[union-attr]
            told.append(
                "no gradients are recorded: there were none at step(). Call it before the next zero_grad()"
            )
        return told

    def close(self) -> None:
        self.end_snapshot()
        self._previous = None
        self._start = {}


def _places(tensor: TorchTensor | None, indices: Iterable[int]) -> torch.Tensor:
    """Where coordinates of the arranged tensor lie in the tensor itself."""
    assert tensor is not None
    chosen = torch.tensor(list(indices), dtype=torch.int64)
    if tensor.lies_as_it_is():
        return chosen
    value = tensor.value()
    return tensor.arrange(torch.arange(value.numel()).reshape(value.shape)).reshape(-1)[chosen]


def _missing(like: torch.Tensor) -> torch.Tensor:
    return torch.full((), float("nan"), device=like.device)


def _filter_norms(
    tensor: TorchTensor, values: torch.Tensor | None, slots: int, device: torch.device
) -> torch.Tensor:
    if values is None:
        return torch.full((slots,), float("nan"), device=device)
    return torch.linalg.vector_norm(tensor.arrange(values).reshape(slots, -1), dim=1, dtype=torch.float32)


def _change_bands(before: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
    """Counts of |change| / |before| above 1, in (0.1, 1], ... (1e-6, 1e-5], at most 1e-6."""
    reference, size = before.abs(), change.abs()
    above = torch.stack([torch.count_nonzero(size > reference * 10.0**-i) for i in range(7)])
    total = torch.tensor([change.numel()], device=change.device)
    return torch.diff(torch.cat([torch.zeros_like(total), above, total]))
