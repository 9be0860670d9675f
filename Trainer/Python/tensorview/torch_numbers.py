"""Numbers and tensors on their way from a PyTorch device to the writer's thread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch


class TorchNumbers:
    """A vector of numbers. On CUDA it is copied to pinned memory without waiting for the device."""

    def __init__(self, values: torch.Tensor) -> None:
        self._event: torch.cuda.Event | None = None
        if values.is_cuda:
            host = torch.empty(values.shape, dtype=values.dtype, pin_memory=True)
            host.copy_(values, non_blocking=True)
            self._event = torch.cuda.Event()
            self._event.record()
            values = host
        self._values = values

    def wait(self) -> np.ndarray:
        if self._event is not None:
            self._event.synchronize()
        return self._values.cpu().numpy()


class TorchTensors:
    """Copies of tensors, one after the other in one piece of memory, each as float32.

    @param sources for each tensor of the layout what holds it now, None: not recorded
    """

    def __init__(self, sources: Sequence[torch.Tensor | None], memory: TensorMemory) -> None:
        self.bytes = 4 * sum(x.numel() for x in sources if x is not None)
        self._memory = memory
        self._flat = memory.take(self.bytes // 4, any(x is not None and x.is_cuda for x in sources))
        self._parts: list[torch.Tensor | None] = []
        present = [x for x in sources if x is not None]
        targets = []
        begin = 0
        for source in present:
            targets.append(self._flat[begin : begin + source.numel()].view(source.shape))
            begin += source.numel()
        if present:
            torch._foreach_copy_(targets, present, non_blocking=True)
        self._event: torch.cuda.Event | None = None
        if any(x.is_cuda for x in present):
            self._event = torch.cuda.Event()
            self._event.record()
        filled = iter(targets)
        self._parts = [None if x is None else next(filled) for x in sources]

    def wait(self) -> list[np.ndarray | None]:
        if self._event is not None:
            self._event.synchronize()
        return [None if x is None else x.numpy() for x in self._parts]

    def release(self) -> None:
        """The arrays of wait() are no longer needed."""
        self._parts = []
        self._memory.give_back(self._flat)


class TensorMemory:
    """Keeps a piece of memory for the next snapshot: fresh memory costs page faults."""

    def __init__(self) -> None:
        self._free: list[torch.Tensor] = []

    def take(self, count: int, pinned: bool) -> torch.Tensor:
        for i, memory in enumerate(self._free):
            if memory.numel() == count and memory.is_pinned() == pinned:
                return self._free.pop(i)
        return torch.empty(count, dtype=torch.float32, pin_memory=pinned)

    def give_back(self, memory: torch.Tensor) -> None:
        if not self._free:
            self._free.append(memory)
