"""Where a run can be gone on from."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import h5py

from .new_run_file import RunFileError, is_being_written, later_segments, segment_name
from .run_file import SNAPSHOTS, STEPS


@dataclass(frozen=True)
class ResumePoint:
    """The segment to be written: its `path`, what it goes on from, and the ids of the run's layers."""

    path: str
    parent_segment: str
    parent_step: int
    layer_ids: dict[str, int]


@dataclass(frozen=True)
class _Segment:
    path: str
    layout: dict
    last_step: int


def find_resume_point(path: str, step: int | None) -> ResumePoint:
    """@param path of the run's root; step: of the state that is gone on from, None: the last recorded
    @raises RunFileError if the run cannot be read, is being written, or does not reach that step
    """
    segments = [path, *later_segments(path)]
    for segment in segments:
        if is_being_written(segment):
            raise RunFileError(f"another training is recording to {segment}; stop it first")
    by_name = {os.path.basename(x): x for x in segments}
    parent = _read(segments[-1])
    ids = {str(x["name"]): int(x["id"]) for x in parent.layout.get("layers", [])}
    if step is None:
        step = parent.last_step
    if not 0 <= step <= parent.last_step:
        raise RunFileError(f"the run {path} has no step {step}; its last one is {parent.last_step}")
    while step < parent.layout.get("parent_step", -1) and parent.layout.get("parent_segment") in by_name:
        parent = _read(by_name[parent.layout["parent_segment"]])
    number = 1
    if len(segments) > 1:
        number = int(Path(segments[-1]).stem.rsplit(".", 1)[1]) + 1
    return ResumePoint(segment_name(path, number), os.path.basename(parent.path), step, ids)


def _read(path: str) -> _Segment:
    """@raises RunFileError if it is no run file that can be read"""
    try:
        # A writer that was killed leaves a file that opens for SWMR reading only.
        try:
            file = h5py.File(path, "r", locking=False)
        except OSError:
            file = h5py.File(path, "r", libver="latest", swmr=True, locking=False)
        with file:
            if file.attrs["version_major"] != 1:
                raise RunFileError(f"{path} has version {file.attrs['version_major']}; this program knows 1")
            layout = json.loads(bytes(file["layout"][:]).decode())
            counters = file["counters"][:]
            last = 0
            for name, count in (("steps/step", counters[STEPS]), ("snapshots/step", counters[SNAPSHOTS])):
                if count:
                    last = max(last, int(file[name][int(count) - 1]))
            return _Segment(path, layout, last)
    except (OSError, KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise RunFileError(f"{path} cannot be gone on from: {error}; name a run file") from error
