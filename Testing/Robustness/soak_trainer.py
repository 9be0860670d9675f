"""soak_trainer.py RUN.tvr END-FILE EDIT-SECONDS: a Trainer in pvpython that soak.py starts. Trains and
records without end; every EDIT-SECONDS removes filters, trains on, and takes that back. Prints a JSON
object a second: step, dropped rows and snapshots, edits. Stops cleanly when END-FILE is there."""
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


def main():
    path, end, between = sys.argv[1], sys.argv[2], float(sys.argv[3])
    trainer = Trainer(Network="lenet5-simplified", Dataset="digits", BatchSize=20, Epochs=1000000, Threads=1,
                      SnapshotInterval=100, EvaluationInterval=2000, CheckpointInterval=1000, SnapshotMemory=64,
                      UndoMemory=64, RecordFile=path, EditLayer="conv1", PruneTo=15)
    command(trainer, "Start")
    grid = WeightGrid(Input=OutputPort(trainer, 0), Layer="conv1", Kind="weight")
    edits, edited, next_edit = 0, False, time.monotonic() + between
    while not os.path.exists(end):
        time.sleep(1.0)
        trainer.UpdatePipeline()
        grid.UpdatePipeline()
        if time.monotonic() > next_edit:
            command(trainer, "Undo" if edited else "ApplyEdit")
            edits, edited, next_edit = edits + 1, not edited, time.monotonic() + between
            if information(trainer, "State") == "paused":
                command(trainer, "Start")
        print(json.dumps({
            "step": information(trainer, "Step"), "state": information(trainer, "State"), "edits": edits,
            "dropped_rows": information(trainer, "DroppedRows"),
            "dropped_snapshots": information(trainer, "DroppedSnapshots"),
            "warning": information(trainer, "Warning")}), flush=True)
    command(trainer, "Stop")
    print(json.dumps({"step": information(trainer, "Step"), "state": "ended", "edits": edits,
                      "dropped_rows": information(trainer, "DroppedRows"),
                      "dropped_snapshots": information(trainer, "DroppedSnapshots"), "warning": ""}), flush=True)
    Delete(grid)
    Delete(trainer)
    sys.stdout.flush()
    os._exit(0)


main()
