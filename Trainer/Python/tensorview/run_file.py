"""Writes one segment of a run (docs/run-format.md) with h5py, so that it can be read meanwhile."""

from __future__ import annotations

import json
import os
import threading
import weakref
from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np

from .new_run_file import NewRunFile, RunFileError, cannot_create, reason_of, remove_later_segments
from .run_layout import DatasetPlan, RunLayout, plan_datasets, series_path, slots_path, tensor_path

STEPS, FILTER_ROWS, SNAPSHOTS, EVALUATIONS, EDITS, EVENTS = range(6)
VERSION = (1, 1)


class RunFile:
    """One file of a run. Rows are readable once flush() has returned.

    The first write that the system refuses (full disk, ...) ends the recording: `error` tells why,
    later calls do nothing, and what was flushed before can be read.

    @raises RunFileError if the file exists without `overwrite`, is being written or cannot be made
    """

    def __init__(self, path: str, layout: RunLayout, overwrite: bool = False) -> None:
        self.path = path
        self.layout = layout
        self.error: str | None = None
        self._counts = [0] * 6
        self._datasets: dict[str, h5py.Dataset] = {}
        self._closed = False
        self._lock = threading.Lock()  # held while HDF5 writes, so that no fork falls into it
        self._new = NewRunFile(path, overwrite)
        try:
            self._create()
            if overwrite and not layout.parent_segment:
                remove_later_segments(path)
            self._new.publish()
        except RunFileError:
            self._abandon()
            raise
        except (OSError, RuntimeError, ValueError) as error:
            self._abandon()
            raise cannot_create(path, error) from None
        _open_files.add(self)

    def _create(self) -> None:
        self._file = h5py.File(self._new.temporary_path, "w", libver=("v110", "v110"), locking=False)
        # Asked for now: a file that HDF5 could not close must not be asked any more.
        self._descriptor = int(self._file.id.get_vfd_handle())
        self._identity = _identity(self._descriptor)
        self._file.attrs["format"] = np.bytes_("tensorview-run")
        self._file.attrs["version_major"] = np.int32(VERSION[0])
        self._file.attrs["version_minor"] = np.int32(VERSION[1])
        for plan in plan_datasets(self.layout):
            self._datasets[plan.path] = _create_dataset(self._file, plan)
        self._append("layout", np.frombuffer(self.layout.to_json().encode(), np.uint8))
        for layer in self.layout.layers:
            slots = np.full((layer.slots, 4), -1, np.int64)
            slots[:, 0] = np.arange(layer.slots)
            slots[:, 1] = 0
            self._append(slots_path(layer), slots)
        self._append("counters", np.zeros(6, np.int64))
        self._file.flush()
        self._file.swmr_mode = True

    def _abandon(self) -> None:
        if hasattr(self, "_file"):
            self._divert()
            try:
                self._datasets.clear()
                self._file.close()
            except (OSError, RuntimeError):
                pass  # HDF5 complains once more of what was refused
        self._new.close()

    def append_steps(
        self, steps: np.ndarray, epochs: np.ndarray, metrics: np.ndarray, tracked: np.ndarray
    ) -> None:
        """@param metrics [rows, metrics of the layout]; tracked: [rows, coordinates]"""
        self._rows(
            STEPS,
            len(steps),
            {"steps/step": steps, "steps/epoch": epochs, "steps/metrics": metrics, "steps/tracked": tracked},
        )

    def append_filter_row(
        self, step: int, series: Sequence[np.ndarray], bands: np.ndarray | None = None
    ) -> None:
        """@param series an array [slots] for each of the layout's; bands: [layers, 8], None: not known"""
        rows = {"filter_rows/step": np.array([step])}
        if self.layout.change_band_layers:
            shape = (1, len(self.layout.change_band_layers), 8)
            rows["filter_rows/change_bands"] = np.zeros(shape, np.uint32) if bands is None else bands[None]
        for description, values in zip(self.layout.filter_series, series):
            rows[series_path(description)] = values[None]
        self._rows(FILTER_ROWS, 1, rows)

    def append_snapshot(self, step: int, epoch: float, tensors: Sequence[np.ndarray | None]) -> None:
        """@param tensors for each of the layout's float32 of its shape; None: not recorded this time"""
        rows: dict[str, np.ndarray | None] = {
            tensor_path(description): None if values is None else values.reshape((1, *description.shape))
            for description, values in zip(self.layout.tensors, tensors)
        }
        rows["snapshots/step"] = np.array([step])
        rows["snapshots/epoch"] = np.array([epoch])
        if self.layout.tensors:
            rows["snapshots/recorded"] = np.array([[x is not None for x in tensors]], np.uint8)
        self._rows(SNAPSHOTS, 1, rows)

    def append_evaluation(self, step: int, epoch: float, loss: float, accuracy: float) -> None:
        """@param accuracy a fraction; NaN where something is not known"""
        self._rows(
            EVALUATIONS,
            1,
            {
                "evaluations/step": np.array([step]),
                "evaluations/epoch": np.array([epoch]),
                "evaluations/validation_loss": np.array([loss]),
                "evaluations/validation_accuracy": np.array([accuracy]),
            },
        )

    def append_event(self, event: dict[str, Any]) -> None:
        """A line of `text/events`."""
        line = (json.dumps(event) + "\n").encode()
        end = self._datasets["text/events"].shape[0] + len(line)
        self._rows(
            EVENTS, 1, {"text/events": np.frombuffer(line, np.uint8), "text/events_end": np.array([end])}
        )

    def flush(self) -> None:
        """Makes all rows so far readable: the rows first, then the counters that promise them."""
        if not self._writable():
            return
        with self._lock:
            try:
                h5py.h5f.flush(self._file.id)
                counters = self._datasets["counters"]
                counters[:] = self._counts
                counters.flush()
            except (OSError, RuntimeError) as error:
                self._fail(error)

    def close(self) -> None:
        """Flushes and closes; later calls do nothing."""
        if self._closed:
            return
        self.flush()
        self._closed = True
        _open_files.discard(self)
        with self._lock:
            self._datasets.clear()
            try:
                self._file.close()
            except (OSError, RuntimeError) as error:
                self._fail(error)
        self._new.close()

    def _writable(self) -> bool:
        return self.error is None and not self._closed

    def _rows(self, counter: int, count: int, rows: dict[str, np.ndarray | None]) -> None:
        if not self._writable():
            return
        with self._lock:
            try:
                for path, values in rows.items():
                    if path in self._datasets:
                        self._append(path, values)
            except (OSError, RuntimeError) as error:
                self._fail(error)
                return
        self._counts[counter] += count

    def _append(self, path: str, values: np.ndarray | None) -> None:
        """Rows at the end of a data set; None = one row that stays as the fill value."""
        dataset = self._datasets[path]
        first = dataset.shape[0]
        dataset.resize(first + (1 if values is None else len(values)), axis=0)
        if values is not None:
            dataset[first:] = values

    def _fail(self, error: Exception) -> None:
        self._divert()
        self.error = self.error or (
            f"recording to {self.path} stopped: {reason_of(error)}; what was recorded until then can be read. "
            "Free some space or choose another disk, and record to a new file"
        )

    def _divert(self) -> None:
        """Lets nothing reach the file any more, as if the process had been killed: HDF5 writes what it
        still holds to nowhere, and so closes without harm."""
        try:
            if _identity(self._descriptor) != self._identity:
                return  # done before, or closed, and the number is another file's now
        except OSError:
            return  # closed
        with open(os.devnull, "r+b", buffering=0) as nowhere:
            os.dup2(nowhere.fileno(), self._descriptor, inheritable=False)

    def _leave_to_parent(self) -> None:
        """In a process that was forked off: the file belongs to the parent."""
        self._divert()
        self.error = "the recorder belongs to the parent process"
        os.close(self._new.descriptor)


def _identity(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def _create_dataset(file: h5py.File, plan: DatasetPlan) -> h5py.Dataset:
    dtype = np.dtype(plan.dtype)
    extents = (0, *plan.row)
    maximum = tuple(h5py.h5s.UNLIMITED if i < plan.unlimited else n for i, n in enumerate(extents))
    chunk = (plan.chunk[0], *(min(a, b) for a, b in zip(plan.chunk[1:], plan.row)))
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk(tuple(max(1, n) for n in chunk))
    creation.set_fill_value(np.array(np.nan if dtype.kind == "f" else 0, dtype))
    creation.set_obj_track_times(False)
    links = h5py.h5p.create(h5py.h5p.LINK_CREATE)
    links.set_char_encoding(h5py.h5t.CSET_UTF8)
    _make_groups_above(file, plan.path.encode(), links)
    access = h5py.h5p.create(h5py.h5p.DATASET_ACCESS)
    if not plan.cached:
        access.set_chunk_cache(0, 0, 0.0)
    identifier = h5py.h5d.create(
        file.id,
        plan.path.encode(),
        h5py.h5t.py_create(dtype),
        h5py.h5s.create_simple(extents, maximum),
        creation,
        links,
        access,
    )
    return h5py.Dataset(identifier)


def _make_groups_above(file: h5py.File, path: bytes, links: h5py.h5p.PropLCID) -> None:
    """HDF5 would make them by itself, but with the time of day in them."""
    creation = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    creation.set_obj_track_times(False)
    end = path.find(b"/", 1)
    while end >= 0:
        if not file.id.links.exists(path[:end]):
            h5py.h5g.create(file.id, path[:end], links, creation)
        end = path.find(b"/", end + 1)


_open_files: weakref.WeakSet[RunFile] = weakref.WeakSet()
_held: list[RunFile] = []


def _before_fork() -> None:
    for file in list(_open_files):
        file._lock.acquire()
        _held.append(file)


def _after_fork_in_parent() -> None:
    while _held:
        _held.pop()._lock.release()


def _after_fork_in_child() -> None:
    for file in _held:
        file._leave_to_parent()
    _after_fork_in_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_after_fork_in_parent,
        after_in_child=_after_fork_in_child,
    )
