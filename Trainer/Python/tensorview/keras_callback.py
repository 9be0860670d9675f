"""Records what keras.Model.fit() does."""

from __future__ import annotations

import os
from typing import Any

import keras

from .recorder import Recorder

_ACCURACIES = ("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy")


class KerasRecorder(keras.callbacks.Callback):
    """A callback for fit(): `model.fit(..., callbacks=[tensorview.KerasRecorder("run.tvr")])`.

    Metrics are those that Keras tells of a batch: means since the epoch's begin. Evaluations come from
    fit()'s validation data. fit() ends when the training is asked to stop.

    @param path, options as of Recorder
    @raises as Recorder, when the training begins
    """

    def __init__(self, path: str | os.PathLike[str], **options: Any) -> None:
        super().__init__()
        self.recorder: Recorder | None = None
        self._path = path
        self._options = options

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        options = {"steps_per_epoch": int((self.params or {}).get("steps") or 0), **self._options}
        self.recorder = Recorder(self.model, self._path, optimizer=self.model.optimizer, **options)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self.recorder is not None and not self.recorder.step(**_named(logs or {})):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        found = _named({x[4:]: value for x, value in (logs or {}).items() if x.startswith("val_")})
        if self.recorder is not None and found:
            wanted = {x: found[x] for x in ("loss", "accuracy") if x in found}
            self.recorder.evaluation(**wanted)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self.recorder is not None:
            self.recorder.close()


def _named(logs: dict[str, Any]) -> dict[str, Any]:
    """Metrics under TensorView's names."""
    accuracy = next((x for x in _ACCURACIES if x in logs), None)
    return {("accuracy" if name == accuracy else name): value for name, value in logs.items()}
