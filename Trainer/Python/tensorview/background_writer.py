"""Writes a run file from a thread of its own, so that training never waits for the disk."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .run_file import RunFile


class Numbers(Protocol):
    """Numbers that may still be on their way from a device."""

    def wait(self) -> np.ndarray:
        """float32 [numbers]; blocks until they have come. Called once, from the writer's thread."""


class Tensors(Protocol):
    """The tensors of a snapshot that may still be on their way from a device."""

    bytes: int

    def wait(self) -> Sequence[np.ndarray | None]:
        """float32, one for each of the layout's tensors; None: not recorded."""

    def release(self) -> None:
        """The arrays of wait() are no longer needed."""


@dataclass
class StepRow:
    """What one step tells. `metrics` is float32 [columns given by the user]; `arriving` columns of it
    are the first of `numbers`, then come the norms and the tracked weights."""

    step: int
    epoch: float
    metrics: np.ndarray
    arriving: Sequence[int]
    numbers: Numbers


@dataclass
class FilterRow:
    """Series of all filters: `numbers` holds the layout's series one after the other; `bands` is
    [layers, 8] or None = not counted at this step."""

    step: int
    numbers: Numbers
    bands: Numbers | None = None


@dataclass
class Snapshot:
    step: int
    epoch: float
    tensors: Tensors


@dataclass(frozen=True)
class Limits:
    """What may wait for the disk; more is dropped and counted."""

    snapshots: int = 4
    snapshot_bytes: int = 1 << 30
    small_snapshot_bytes: int = 64 << 20  # together, however many they are
    row_bytes: int = 128 << 20
    events: int = 10000
    flush_seconds: float = 0.5


@dataclass
class Progress:
    """How recording goes. `message` says why it stopped, empty while it goes well."""

    active: bool = True
    message: str = ""
    rows: int = 0
    snapshots: int = 0
    dropped_rows: int = 0
    dropped_snapshots: int = 0


@dataclass
class _Work:
    rows: list[StepRow] = field(default_factory=list)
    filters: list[FilterRow] = field(default_factory=list)
    evaluations: list[tuple[int, float, float, float]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    snapshots: deque[Snapshot] = field(default_factory=deque)


class BackgroundWriter:
    """Owns a RunFile. put*() return at once; what there is no room for is dropped and counted.

    @param failed called once, from the writer's thread, with the reason when recording stops early
    """

    def __init__(self, file: RunFile, limits: Limits, failed: Callable[[str], None]) -> None:
        self._file = file
        self._limits = limits
        self._failed = failed
        layout = file.layout
        self._row_bytes = 16 + 4 * (len(layout.metrics) + len(layout.tracked))
        self._wake = threading.Condition()
        self._waiting = _Work()
        self._snapshots_held = 0
        self._bytes_held = 0
        self._closing = False
        self.progress = Progress()
        self._thread = threading.Thread(target=self._run, name="tensorview-recorder", daemon=True)
        self._thread.start()

    def put_row(self, row: StepRow) -> None:
        with self._wake:
            if not self.progress.active:
                return
            if (len(self._waiting.rows) + 1) * self._row_bytes > self._limits.row_bytes:
                self.progress.dropped_rows += 1
                return
            self._waiting.rows.append(row)
            self.progress.rows += 1

    def put_filters(self, row: FilterRow) -> None:
        with self._wake:
            if self.progress.active and len(self._waiting.filters) < self._limits.events:
                self._waiting.filters.append(row)

    def has_room(self, snapshot_bytes: int) -> bool:
        """Whether a snapshot of that size would be taken now."""
        with self._wake:
            together = self._bytes_held + snapshot_bytes
            limits = self._limits
            return self.progress.active and (
                together <= limits.small_snapshot_bytes
                or self._snapshots_held == 0
                or (self._snapshots_held < limits.snapshots and together <= limits.snapshot_bytes)
            )

    def put_snapshot(self, snapshot: Snapshot) -> None:
        """Always takes it: ask has_room() before it is made, and leave_snapshot_out() if there is none."""
        with self._wake:
            if not self.progress.active:
                return
            self._snapshots_held += 1
            self._bytes_held += snapshot.tensors.bytes
            self._waiting.snapshots.append(snapshot)
            self.progress.snapshots += 1
            self._wake.notify()

    def leave_snapshot_out(self) -> None:
        with self._wake:
            self.progress.dropped_snapshots += 1

    def put_evaluation(self, step: int, epoch: float, loss: float, accuracy: float) -> None:
        with self._wake:
            if self.progress.active and len(self._waiting.evaluations) < self._limits.events:
                self._waiting.evaluations.append((step, epoch, loss, accuracy))

    def put_event(self, event: dict[str, Any]) -> None:
        with self._wake:
            if self.progress.active and len(self._waiting.events) < self._limits.events:
                self._waiting.events.append(event)

    def close(self) -> None:
        """Writes what waits and closes the file; blocks. Later calls do nothing."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._write_all()
        except Exception as error:  # noqa: BLE001 - a thread has nobody to raise to
            self._stop(f"recording to {self._file.path} stopped: {error}")
        try:
            self._file.close()
        except Exception as error:  # noqa: BLE001
            self._stop(f"the run file {self._file.path} could not be closed: {error}")
        if self._file.error:
            self._stop(self._file.error)
        self.progress.active = False

    def _stop(self, reason: str) -> None:
        with self._wake:
            told = bool(self.progress.message)
            self.progress.active = False
            self.progress.message = self.progress.message or reason
            self._waiting = _Work()
        if not told:
            self._failed(reason)

    def _write_all(self) -> None:
        flushed = 0.0
        first = True  # a run can be opened at once, with its first snapshot
        while True:
            work, last = self._take()
            self._write(work)
            now = time.monotonic()
            if first or last or now - flushed >= self._limits.flush_seconds:
                first = first and self._file_has_no_snapshot()
                self._file.flush()
                flushed = now
            if self._file.error:
                self._stop(self._file.error)
            if last or self._file.error:
                return

    def _file_has_no_snapshot(self) -> bool:
        return self.progress.snapshots == 0

    def _take(self) -> tuple[_Work, bool]:
        with self._wake:
            if not self._closing and not self._waiting.snapshots:
                self._wake.wait(self._limits.flush_seconds)
            work, self._waiting = self._waiting, _Work()
            # One snapshot at a time: the disk may be slower than they come.
            while len(work.snapshots) > 1:
                self._waiting.snapshots.appendleft(work.snapshots.pop())
            last = self._closing and not self._waiting.snapshots
            progress = self.progress
            if last and (progress.dropped_rows or progress.dropped_snapshots):
                work.events.append(
                    {
                        "event": "dropped",
                        "rows": progress.dropped_rows,
                        "snapshots": progress.dropped_snapshots,
                    }
                )
        return work, last

    def _write(self, work: _Work) -> None:
        if work.rows:
            self._write_rows(work.rows)
        for filters in work.filters:
            self._write_filters(filters)
        for snapshot in work.snapshots:
            self._file.append_snapshot(snapshot.step, snapshot.epoch, snapshot.tensors.wait())
            snapshot.tensors.release()
            with self._wake:
                self._snapshots_held -= 1
                self._bytes_held -= snapshot.tensors.bytes
        for evaluation in work.evaluations:
            self._file.append_evaluation(*evaluation)
        for event in work.events:
            self._file.append_event(event)

    def _write_rows(self, rows: list[StepRow]) -> None:
        layout = self._file.layout
        tracked = len(layout.tracked)
        metrics = np.empty((len(rows), len(layout.metrics)), np.float32)
        followed = np.empty((len(rows), tracked), np.float32)
        for i, row in enumerate(rows):
            numbers = row.numbers.wait()
            given, came = len(row.metrics), len(row.arriving)
            metrics[i, :given] = row.metrics
            if came:
                metrics[i, row.arriving] = numbers[:came]
            norms = metrics.shape[1] - given
            metrics[i, given:] = numbers[came : came + norms]
            followed[i] = numbers[came + norms : came + norms + tracked]
        steps = np.array([row.step for row in rows], np.int64)
        epochs = np.array([row.epoch for row in rows])
        self._file.append_steps(steps, epochs, metrics, followed)

    def _write_filters(self, row: FilterRow) -> None:
        numbers = row.numbers.wait()
        series, begin = [], 0
        for description in self._file.layout.filter_series:
            series.append(numbers[begin : begin + description.slots])
            begin += description.slots
        self._file.append_filter_row(row.step, series, None if row.bands is None else row.bands.wait())
