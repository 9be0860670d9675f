"""Writes a small run file from docs/run-format.md alone, with h5py.

Usage: write_run.py FILE live|closed
  live    by SWMR, and ends without closing the file, as if killed
  closed  without SWMR
"""
import json
import os
import sys

import h5py
import numpy as np

STEPS, SNAPSHOTS = 3, 2


def layout_text():
    return json.dumps({
        "model": "by hand",
        "layers": [{"id": 1, "name": "a/b", "type": "dense"}],
        "tensors": [{"layer_id": 1, "layer": "a/b", "kind": "weight", "shape": [3, 2, 1, 1]}],
        "metrics": ["loss", "accuracy"],
        "tracked": [[1, 5]],
        "filter_series": [{"name": "a/b/weight_norm", "layer_id": 1, "slots": 3}],
        "steps_per_epoch": 2,
    }).encode("utf-8")


def create(file, path, dtype, row=(), unlimited=1, fill=None):
    shape = (0,) + row
    maximum = tuple(None if i < unlimited else n for i, n in enumerate(shape))
    return file.create_dataset(path, shape, dtype, maxshape=maximum, fillvalue=fill,
                               chunks=(1 if unlimited > 1 else 64,) + row)


def append(dataset, rows):
    rows = np.asarray(rows, dataset.dtype)
    first = dataset.shape[0]
    dataset.resize(first + len(rows), axis=0)
    dataset[first:] = rows


def write(path, live):
    temporary = path + ".new"
    file = h5py.File(temporary, "w", libver=("v110", "v110"))
    file.attrs["format"] = np.bytes_("tensorview-run")
    file.attrs["version_major"] = np.int32(1)
    file.attrs["version_minor"] = np.int32(0)
    nan = float("nan")
    append(create(file, "layout", "u1"), np.frombuffer(layout_text(), np.uint8))
    # Slot 1 is removed at step 2.
    append(create(file, "slots/a%2Fb", "<i8", (4,)),
           [[0, 0, -1, -1], [1, 0, 2, -1], [2, 0, -1, -1]])
    counters = create(file, "counters", "<i8")
    append(counters, [0] * 6)
    series = {
        "steps/step": create(file, "steps/step", "<i8"),
        "steps/epoch": create(file, "steps/epoch", "<f8", fill=nan),
        "steps/metrics": create(file, "steps/metrics", "<f4", (2,), fill=nan),
        "steps/tracked": create(file, "steps/tracked", "<f4", (1,), fill=nan),
        "filter_rows/step": create(file, "filter_rows/step", "<i8"),
        "filter_series": create(file, "filter_series/a%2Fb%2Fweight_norm", "<f4", (3,), fill=nan),
        "snapshots/step": create(file, "snapshots/step", "<i8"),
        "snapshots/epoch": create(file, "snapshots/epoch", "<f8", fill=nan),
        "tensor": create(file, "tensors/a%2Fb/weight", "<f4", (3, 2, 1, 1), 3, nan),
        "text/events": create(file, "text/events", "u1"),
        "text/events_end": create(file, "text/events_end", "<i8"),
    }
    file.flush()
    if live:
        file.swmr_mode = True
        os.rename(temporary, path)

    for step in range(1, STEPS + 1):
        append(series["steps/step"], [step])
        append(series["steps/epoch"], [step / 2])
        append(series["steps/metrics"], [[1 / step, step / 4]])
        append(series["steps/tracked"], [[10 * step]])
    append(series["filter_rows/step"], [3])
    append(series["filter_series"], [[1, 2, 3]])
    for step in range(SNAPSHOTS):
        append(series["snapshots/step"], [2 * step])
        append(series["snapshots/epoch"], [step])
        append(series["tensor"], np.arange(6).reshape(1, 3, 2, 1, 1) + 100 * step)
    line = b'{"step": 3, "event": "end"}\n'
    append(series["text/events"], np.frombuffer(line, np.uint8))
    append(series["text/events_end"], [len(line)])
    for dataset in series.values():
        dataset.flush()
    counters[:] = [STEPS, 1, SNAPSHOTS, 0, 0, 1]
    counters.flush()
    if live:
        os._exit(0)
    file.close()
    os.rename(temporary, path)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2] == "live")
