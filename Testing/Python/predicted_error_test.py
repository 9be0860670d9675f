"""What merging would cost, of a training that runs or stands still: the same numbers as the run file has of that step. Runs on the
builtin server and on a pvserver of two ranks."""
import math
import os
import sys
import unittest

from paraview import servermanager
from paraview.simple import *

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(ROOT, "Testing", "Scripts"))
import bad_files
from live_trainer import advance, eventually, information, main


def errors(source, layer):
    """PredictedError of every group, what PCCGrouping notes, and whether it found groups."""
    grouping = PCCGrouping(Input=source, Layer=layer, Threshold=0.2)
    table = servermanager.Fetch(grouping, idx=3)
    column = table.GetColumnByName("PredictedError")
    found = [column.GetTuple1(i) for i in range(table.GetNumberOfRows())]
    grouping.UpdatePropertyInformation()
    note = grouping.GetProperty("Note").GetElement(0)
    Delete(grouping)
    return found, note


class PredictedErrorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        bad_files.write()

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def trainer(self, **settings):
        good = {name: os.path.abspath(value) if name == "DataDirectory" and value else value
                for name, value in bad_files.GOOD.items()}
        return Trainer(**{**good, **settings})

    def test_of_a_network_that_stands_still_are_those_of_the_run_file(self):
        path = os.path.abspath("run.tvr")
        trainer = self.trainer(RecordFile=path, Overwrite=1, SnapshotInterval=5)
        advance(trainer, 5)
        live = {layer: errors(trainer, layer) for layer in ("conv1", "conv2")}
        trainer.InvokeCommand("Stop")
        self.assertTrue(eventually(lambda: information(trainer, "State") == "finished"))
        Delete(trainer)
        reader = TensorRunReader(FileName=path)
        reader.UpdatePipeline(5)
        for layer, (found, note) in live.items():
            self.assertGreater(len(found), 0, layer)
            self.assertTrue(all(0 <= error < 2 for error in found), (layer, found, note))
            self.assertEqual(found, errors(reader, layer)[0], layer)

    def test_at_step_zero(self):
        found, note = errors(self.trainer(), "conv1")
        self.assertTrue(found and all(math.isfinite(error) for error in found), note)

    def test_come_with_the_refreshes_of_a_running_training(self):
        trainer = self.trainer(MaximumSteps=100000, Epochs=100000)
        grouping = PCCGrouping(Input=trainer, Layer="conv1", Threshold=0.2)
        trainer.InvokeCommand("Start")
        seen = []

        def has_errors():
            trainer.RefreshToken += 1
            table = servermanager.Fetch(grouping, idx=3)
            column = table.GetColumnByName("PredictedError")
            seen[:] = [column.GetTuple1(i) for i in range(table.GetNumberOfRows())]
            return seen and all(math.isfinite(error) for error in seen)

        self.assertTrue(eventually(has_errors, 60), seen)
        trainer.InvokeCommand("Stop")

    def test_of_a_layer_that_feeds_nothing_are_not_told(self):
        found, note = errors(self.trainer(), "fc2")
        self.assertTrue(all(math.isnan(error) for error in found))
        self.assertTrue(not found or "not predicted" in note, note)


if __name__ == "__main__":
    main()
