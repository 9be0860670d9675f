"""What a Recorder records and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RecorderOptions:
    """See Recorder for the meaning and the defaults."""

    snapshot_interval: int = 100
    filter_interval: int = 10
    activations: bool = True
    gradients: bool = True
    momentum: bool = False
    tracked: Mapping[str, Sequence[int]] | None = None
    steps_per_epoch: int = 0

    def __post_init__(self) -> None:
        for name in ("snapshot_interval", "filter_interval"):
            if int(getattr(self, name)) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it counts steps, at least 1")
        if self.steps_per_epoch < 0:
            raise ValueError(f"steps_per_epoch is {self.steps_per_epoch}; 0 means that it is not known")
