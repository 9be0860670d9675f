"""A viewer that is killed in the middle of an edit: its pvserver ends in order, the edit was made as a whole or not at all, and
the record goes on. With the real engine."""
import os
import re
import signal
import socket
import subprocess
import sys
import time
import unittest

from paraview import servermanager
from paraview.simple import *

from live_trainer import advance, information, main

PATIENCE = 120
CLIENT = """
import os, signal, time
from paraview.simple import *
Connect("localhost", {port})
trainer = Trainer(BatchSize=20, Epochs=1000000, RecordFile={run!r}, EditLayer="conv1", EditSlots=[3, 4], EditMeasure={measure},
                  EditWait=0, AdvanceSteps=20)
trainer.InvokeCommand("Advance")
trainer.InvokeCommand("Start")
trainer.InvokeCommand("ApplyEdit")

def edits():
    trainer.UpdatePropertyInformation()
    return trainer.GetPropertyValue("EditCount")

while {until}:
    time.sleep(0.01)
os.kill(os.getpid(), signal.SIGKILL)
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return listener.getsockname()[1]


class Server:
    """A pvserver of its own."""

    def __init__(self, log):
        self.port = free_port()
        command = [os.path.join(os.path.dirname(os.environ["TENSORVIEW_PVPYTHON"]), "pvserver"),
                   f"--server-port={self.port}", "--force-offscreen-rendering"]
        self.log = log
        with open(log, "w", encoding="utf-8") as output:
            self.process = subprocess.Popen(["timeout", "-k", "5", str(2 * PATIENCE)] + command, stdout=output,
                                            stderr=subprocess.STDOUT)
        end = time.monotonic() + PATIENCE
        while "Accepting connection" not in self.output() and time.monotonic() < end:
            time.sleep(0.05)

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()


class ViewerLostTest(unittest.TestCase):
    def lose_viewer(self, name, until, measure):
        """Records with a viewer that is killed once `until` no longer holds; returns the run's path."""
        run = os.path.abspath(f"{name}.tvr")
        server = Server(f"{name}.log")
        client = CLIENT.format(port=server.port, run=run, until=until, measure=measure)
        done = subprocess.run([os.environ["TENSORVIEW_PVPYTHON"], "-c", client], timeout=PATIENCE, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertIn(done.returncode, (-signal.SIGKILL, 128 + signal.SIGKILL), done.stdout)
        server.process.wait(PATIENCE)
        self.assertNotRegex(server.output(), re.compile(r"SIGSEGV|SIGABRT|terminate called|Segmentation"))
        return run

    def check_whole(self, run):
        """The newest state is that before the edit or that after it, in the tables and in the tensors; training goes on."""
        reader = TensorRunReader(FileName=run)
        reader.UpdatePipelineInformation()
        last = reader.TimestepValues[-1]
        reader.UpdatePipeline(last)
        edits = servermanager.Fetch(reader, idx=3)
        made = edits.GetNumberOfRows()
        self.assertIn(made, (0, 1))
        gone = {3, 4} if made else set()
        grid = WeightGrid(Input=reader, Layer="conv1")
        grid.UpdatePipeline(last)
        slots = servermanager.Fetch(grid).GetCellData().GetArray("Slot")
        self.assertEqual({int(slots.GetTuple1(i)) for i in range(slots.GetNumberOfTuples())}, set(range(16)) - gone)
        next_layer = WeightGrid(Input=reader, Layer="conv2", MaximumBlocks=0)
        next_layer.UpdatePipeline(last)
        trainer = Trainer(Resume=run)
        advance(trainer, 3)
        self.assertGreaterEqual(information(trainer, "Step"), last)
        layers = information(trainer, "PrunableLayers")
        self.assertEqual(int(layers[0].split()[1]), 16 - len(gone))
        return made

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def test_at_once(self):
        self.check_whole(self.lose_viewer("at-once", "False", 1))

    def test_while_it_is_planned(self):
        self.check_whole(self.lose_viewer("planned", "edits() == 0 and trainer.GetPropertyValue('CommandState') == 'requested'", 1))

    def test_when_it_has_just_been_made(self):
        self.assertEqual(self.check_whole(self.lose_viewer("made", "edits() == 0", 0)), 1)


if __name__ == "__main__":
    if not os.environ.get("TENSORVIEW_PVPYTHON"):
        sys.exit("TENSORVIEW_PVPYTHON names no pvpython")
    main()
