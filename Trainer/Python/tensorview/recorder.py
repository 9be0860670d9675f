"""Records a training that runs elsewhere, so that TensorView shows it in ParaView."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from .background_writer import BackgroundWriter, FilterRow, Limits, Progress, Snapshot, StepRow
from .commands import Commands, learning_rate_of
from .live import LivePush, Mirror
from .new_run_file import RunFileError, check_new_name
from .recorder_options import RecorderOptions
from .resume import ResumePoint, find_resume_point
from .run_file import RunFile
from .run_layout import RunLayout
from .watcher import Watcher

log = logging.getLogger("tensorview")

_FIRST_METRICS = ("loss", "accuracy")


class Recorder:
    """Records the training of a PyTorch module or a Keras model as a run file.

        recorder = tensorview.Recorder(model, "run.tvr", optimizer=optimizer)
        ...
            recorder.step(loss=loss, accuracy=accuracy)   # after optimizer.step()
        recorder.close()                                  # or `with tensorview.Recorder(...) as recorder:`

    A thread of its own writes the file. Training never waits for the disk: what the disk is too slow
    for is left out and counted (`progress`, said at close() and in the file). A full disk ends the
    recording with one message and not the training; what was written stays readable.

    @param model what the training loop calls: a torch.nn.Module, also compiled or wrapped, or a
        keras.Model
    @param path of the run file; its folder must exist
    @param optimizer tells the learning rate and, with `momentum`, its first moments; None: not recorded.
        Of a compiled Keras model it is found
    @param overwrite replace the run if it exists
    @param resume go on with the run if it exists, in a new segment
    @param start_step with `resume`: the step of the state that `model` has; None: the last recorded one
    @param snapshot_interval steps between snapshots of all tensors. The initial state, and the state at
        close(), are recorded besides
    @param filter_interval steps between rows of numbers of each filter
    @param activations record activations summed over the batch with each snapshot
    @param gradients record gradients with each snapshot
    @param momentum record the optimizer's first moments of the weights with each snapshot
    @param tracked weights to follow at every step, {"conv1": [0, 9]}: flat indices in C order over
        [filter, channel, row, column], besides the usual 16 a layer
    @param steps_per_epoch makes the epoch of a step; 0: step() is told it, or it is not known
    @param classes names of the classes
    @param live "host:port" of a ParaView that waits for live data (Catalyst > Connect), or will: snapshots
        and metrics are pushed to it, too
    @raises RunFileError if the file cannot be made, or exists without `overwrite` or `resume`
    @raises TypeError if `model` is neither of the two; ValueError if it has no parameters or an option
        is out of range
    """

    def __init__(
        self,
        model: Any,
        path: str | os.PathLike[str],
        optimizer: Any = None,
        *,
        overwrite: bool = False,
        resume: bool = False,
        start_step: int | None = None,
        snapshot_interval: int = 100,
        filter_interval: int = 10,
        activations: bool = True,
        gradients: bool = True,
        momentum: bool = False,
        tracked: Mapping[str, Sequence[int]] | None = None,
        steps_per_epoch: int = 0,
        classes: Sequence[str] = (),
        live: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.options = RecorderOptions(
            snapshot_interval, filter_interval, activations, gradients, momentum, tracked, steps_per_epoch
        )
        self.path = os.fspath(path)
        self.commands: Commands | None = None  # what ParaView asks for, once the file is there
        self.live: LivePush | None = None  # the push to a waiting ParaView, likewise
        self._live_address = live
        self._optimizer = model.optimizer if optimizer is None and hasattr(model, "optimizer") else optimizer
        self._limits = limits or Limits()
        self._classes = list(classes)
        self._resumed: ResumePoint | None = None
        if resume and os.path.lexists(self.path):
            self._resumed = find_resume_point(self.path, start_step)
        else:
            check_new_name(self.path, overwrite)
        self._overwrite = overwrite
        self._step = self._resumed.parent_step if self._resumed else 0
        self._first_step = self._step
        self._snapshot_step = -1
        self._epoch = self._epoch_of(None)
        self._columns: list[str] = []
        self._unknown: set[str] = set()
        self._writer: BackgroundWriter | None = None
        self._message = ""
        self._closed = False
        self._process = os.getpid()
        self._watcher = _make_watcher(model, optimizer, self.options)
        self._watcher.expect_snapshot()
        atexit.register(self.close)

    def step(self, *, epoch: float | None = None, **metrics: Any) -> bool:
        """Records a step; call it after the optimizer's update and before gradients are zeroed.

        @param epoch steps / steps per epoch, where `steps_per_epoch` does not tell
        @param metrics `loss`, `accuracy` (of the batch, a fraction) and others: numbers or tensors of one
            value; those on a GPU are not waited for. The first call fixes which there are
        @returns False once the training is asked to stop, else True
        @raises TypeError, ValueError if a metric is no number
        """
        if self._closed or os.getpid() != self._process:
            return True
        self._step += 1
        self._epoch = self._epoch_of(epoch)
        self._watcher.end_snapshot()
        try:
            if self._step == self._first_step + 1 and self._writer is None:
                self._begin(list(metrics))
            if self._writer is not None and self._writer.progress.active:
                self._record(self._writer, metrics)
        except _BadMetric as error:
            raise error.cause from None
        except Exception as error:  # noqa: BLE001 - training goes on, whatever happens here
            self._give_up(error)
        if self.commands is not None:
            return self.commands.at_step(self._step)
        return True

    def evaluation(self, *, loss: float = float("nan"), accuracy: float = float("nan")) -> None:
        """Records an evaluation on the validation part, of the state after the last step.

        @param loss mean cross entropy; accuracy: a fraction; what is left out is not known
        """
        if self._closed or os.getpid() != self._process:
            return
        if self._writer is None:
            self._begin(list(_FIRST_METRICS))
        if self._writer is not None:
            self._writer.put_evaluation(self._step, self._epoch, float(loss), float(accuracy))

    @property
    def progress(self) -> Progress:
        """Rows and snapshots so far, what was dropped, and why recording stopped if it did."""
        if self._writer is not None:
            progress = self._writer.progress
            progress.message = progress.message or self._message
            return progress
        return Progress(active=not self._closed and not self._message, message=self._message)

    def close(self) -> None:
        """Records the last state, writes what waits and closes the file. Later calls do nothing."""
        if self._closed or os.getpid() != self._process:
            return
        self._closed = True
        atexit.unregister(self.close)
        self._watcher.end_snapshot()
        try:
            if self._writer is None and not self._message:
                self._begin(list(_FIRST_METRICS))
            if self._writer is not None and self._snapshot_step < self._step:
                self._watcher.forget_activations()
                self._put_snapshot(self._writer, self._watcher.read_snapshot(False))
        except Exception as error:  # noqa: BLE001 - as in step()
            self._give_up(error)
        if self._writer is not None:
            self._writer.close()
            self._tell_dropped(self._writer.progress)
        for companion in (self.commands, self.live):
            if companion is not None:
                companion.close()
        self._watcher.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _epoch_of(self, given: float | None) -> float:
        if given is not None:
            return float(given)
        per_epoch = self.options.steps_per_epoch
        return self._step / per_epoch if per_epoch else float("nan")

    def _begin(self, metrics: list[str]) -> None:
        """Makes the file, now that the model has been seen at work."""
        watcher = self._watcher
        names = [x for x in _FIRST_METRICS if x in metrics] + [x for x in metrics if x not in _FIRST_METRICS]
        if watcher.learning_rate() is not None and "learning_rate" not in names:
            names.append("learning_rate")
        self._columns = names
        resumed = self._resumed
        watcher.describe(resumed.layer_ids if resumed else {})
        layout = RunLayout(
            model=watcher.name,
            layers=watcher.layers,
            tensors=watcher.tensors,
            metrics=names + watcher.norms,
            tracked=watcher.tracked,
            filter_series=watcher.series,
            change_band_layers=watcher.change_band_layers,
            classes=self._classes,
            options={"recorder": "tensorview for Python", "framework": watcher.framework},
            steps_per_epoch=self.options.steps_per_epoch,
            snapshot_interval=self.options.snapshot_interval,
            filter_interval=self.options.filter_interval,
            threads=watcher.threads(),
            parent_segment=resumed.parent_segment if resumed else "",
            parent_step=resumed.parent_step if resumed else -1,
        )
        try:
            file = RunFile(resumed.path if resumed else self.path, layout, self._overwrite and not resumed)
        except RunFileError as error:
            self._failed(str(error))
            return
        self.commands = Commands(self.path, learning_rate_of(self._optimizer))
        if self._live_address is not None:
            self.live = LivePush(self._live_address, layout.layers, self.commands.hold)
        for companion in (self.commands, self.live):
            if companion is not None and companion.problem:
                log.warning("%s", companion.problem)
        mirror = Mirror(file, self.commands, self.live)
        self._writer = BackgroundWriter(mirror, self._limits, self._failed)
        self._snapshot_step = self._first_step
        epoch = 0.0 if self._first_step == 0 else float("nan")
        self._writer.put_snapshot(Snapshot(self._first_step, epoch, watcher.start_snapshot()))
        for problem in watcher.problems() if self._step > self._first_step else []:
            log.warning("%s: %s", self.path, problem)

    def _record(self, writer: BackgroundWriter, metrics: Mapping[str, Any]) -> None:
        watcher, options = self._watcher, self.options
        values = [metrics.get(name) for name in self._columns]
        if "learning_rate" in self._columns and "learning_rate" not in metrics:
            values[self._columns.index("learning_rate")] = watcher.learning_rate()
        try:
            given, places, arriving = watcher.read_metrics([np.nan if x is None else x for x in values])
        except (TypeError, ValueError) as error:
            raise _BadMetric(error) from None
        numbers = watcher.read_numbers(arriving)
        writer.put_row(StepRow(self._step, self._epoch, given, places, numbers))
        self._tell_unknown(metrics)

        due = self._step % options.snapshot_interval == 0
        if self._step % options.filter_interval == 0:
            writer.put_filters(FilterRow(self._step, *watcher.read_filters(with_bands=due)))
        if due and writer.has_room(watcher.snapshot_bytes()):
            self._put_snapshot(writer, watcher.read_snapshot(True))
        elif due:
            writer.leave_snapshot_out()
        watcher.forget_activations()

        if (self._step + 1) % options.filter_interval == 0:
            watcher.remember_weights()
        if (self._step + 1) % options.snapshot_interval == 0:
            watcher.expect_snapshot()

    def _put_snapshot(self, writer: BackgroundWriter, tensors: Any) -> None:
        self._snapshot_step = self._step
        writer.put_snapshot(Snapshot(self._step, self._epoch, tensors))

    def _tell_unknown(self, metrics: Mapping[str, Any]) -> None:
        if len(metrics) > len(self._columns) or not metrics.keys() <= set(self._columns):
            for name in metrics.keys() - set(self._columns) - self._unknown:
                self._unknown.add(name)
                log.warning(
                    "%s: '%s' is not recorded, as the first step() did not name it; give it there, too",
                    self.path,
                    name,
                )

    def _give_up(self, error: Exception) -> None:
        """What cannot be recorded any more: a model that changed its layers, memory that is full, ..."""
        self._watcher.end_snapshot()
        reason = f"recording to {self.path} stopped at step {self._step}: {type(error).__name__}: {error}"
        if self._writer is not None:
            self._writer.progress.active = False
        self._failed(reason)

    def _failed(self, reason: str) -> None:
        """Recording has stopped; training goes on."""
        self._message = reason
        log.warning("%s", reason)

    def _tell_dropped(self, progress: Progress) -> None:
        if progress.dropped_rows or progress.dropped_snapshots:
            log.warning(
                "%s: the disk was too slow; %d rows and %d snapshots were left out",
                self.path,
                progress.dropped_rows,
                progress.dropped_snapshots,
            )


class _BadMetric(Exception):
    """The user's mistake, which is theirs to see."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _make_watcher(model: Any, optimizer: Any, options: RecorderOptions) -> Watcher:
    """@raises TypeError if the model is of no framework that is known"""
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Model):
        from .keras_model import KerasModel, KerasOptimizer
        from .torch_watcher import TorchWatcher

        return TorchWatcher(KerasModel(model), KerasOptimizer(optimizer or model.optimizer), options)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        from .torch_module import TorchModule, TorchOptimizer
        from .torch_watcher import TorchWatcher

        return TorchWatcher(TorchModule(model), TorchOptimizer(optimizer), options)
    raise TypeError(
        f"a Recorder takes a torch.nn.Module or a keras.Model, not {type(model).__name__}; "
        "pass the model, not its name or its parameters"
    )
