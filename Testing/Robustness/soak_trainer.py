"""soak_trainer.py FOLDER EDIT-SECONDS RUN-SECONDS: a Trainer in pvpython that soak.py starts. Trains and records to
FOLDER/run1.tvr; every EDIT-SECONDS removes filters, trains on, and takes that back; after RUN-SECONDS stops and begins
anew with run2.tvr, and so on, as what is kept of one run grows with its steps and edits. FOLDER/current names the run
that is being written. Prints a JSON object a second, and one with "ended" for each run. Ends when FOLDER/end is there."""
import json
import os
import sys
import time

from paraview.simple import *  # noqa: F401,F403


def information(trainer, name):
    trainer.SMProxy.UpdatePropertyInformation(trainer.SMProxy.GetProperty(name))
    return trainer.GetPropertyValue(name)


def command(trainer, name):
    trainer.InvokeCommand(name)
    if information(trainer, "CommandState") == "failed":
        raise SystemExit(f"{name}: {information(trainer, 'CommandReason')}")


def state_of(trainer, edits):
    names = {"step": "Step", "state": "State", "dropped_rows": "DroppedRows",
             "dropped_snapshots": "DroppedSnapshots", "warning": "Warning"}
    return dict({key: information(trainer, name) for key, name in names.items()}, edits=edits)


def publish(folder, path):
    """Names the run that is being written, once its file is there."""
    while not os.path.exists(path):
        time.sleep(0.1)
    with open(os.path.join(folder, "current.new"), "w", encoding="utf-8") as file:
        file.write(path)
    os.rename(os.path.join(folder, "current.new"), os.path.join(folder, "current"))


def train(trainer, grid, folder, path, between, seconds):
    """One run."""
    trainer.RecordFile = path
    command(trainer, "Start")
    publish(folder, path)
    end = os.path.join(folder, "end")
    edits, next_edit, until = 0, time.monotonic() + between, time.monotonic() + seconds
    while not os.path.exists(end) and time.monotonic() < until:
        time.sleep(1.0)
        trainer.UpdatePipeline()
        grid.UpdatePipeline()
        if time.monotonic() > next_edit:
            command(trainer, "Undo" if edits % 2 else "ApplyEdit")
            edits, next_edit = edits + 1, time.monotonic() + between
            if information(trainer, "State") == "paused":
                command(trainer, "Start")
        print(json.dumps(state_of(trainer, edits)), flush=True)
    command(trainer, "Stop")
    print(json.dumps(dict(state_of(trainer, edits), ended=path)), flush=True)


def main():
    folder, between, seconds = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    trainer = Trainer(Network="lenet5-simplified", Dataset="digits", BatchSize=20, Epochs=1000000, Threads=1,
                      SnapshotInterval=100, EvaluationInterval=2000, CheckpointInterval=1000, SnapshotMemory=64,
                      UndoMemory=64, EditLayer="conv1", PruneTo=15)
    grid = WeightGrid(Input=OutputPort(trainer, 0), Layer="conv1", Kind="weight")
    number = 0
    while not os.path.exists(os.path.join(folder, "end")):
        number += 1
        train(trainer, grid, folder, os.path.join(folder, f"run{number}.tvr"), between, seconds)
    Delete(grid)
    Delete(trainer)
    os._exit(0)


main()
