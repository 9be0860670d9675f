"""A recorded run in scripts: opening, time, drop-downs, selection, charts, following, bad files, state.
The run is recorded by a Trainer first. Runs on the builtin server, on a pvserver and on one of two ranks."""
import os
import shutil
import unittest

from paraview import servermanager, smstate
from paraview.simple import *

from live_trainer import advance, eventually, information, main

RUN = os.path.abspath("recorded.tvr")


def record(path=RUN):
    """Snapshots at 0, 10, ... 50, evaluations at 20 and 40."""
    trainer = Trainer(RecordFile=path, Overwrite=1, SnapshotInterval=10, EvaluationInterval=20)
    advance(trainer, 50)
    trainer.InvokeCommand("Stop")
    assert eventually(lambda: information(trainer, "State") == "finished")
    Delete(trainer)


def steps(reader):
    reader.UpdatePipelineInformation()
    return list(reader.TimestepValues)


def points(reader):
    return reader.GetDataInformation(0).DataInformation.GetNumberOfPoints()


class ReaderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        record()

    def setUp(self):
        self.reader = OpenDataFile(RUN)

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def test_opens_by_its_extension(self):
        self.assertEqual(self.reader.GetXMLName(), "TensorRunReader")
        self.assertEqual(steps(self.reader), [0, 10, 20, 30, 40, 50])

    def test_everything_is_selected(self):
        status = self.reader.TensorStatus
        self.assertIn("conv1/weight", status)
        self.assertIn("fc2/weight", status)

    def test_what_is_not_selected_is_not_there(self):
        self.reader.UpdatePipeline()
        everything = points(self.reader)
        self.reader.TensorStatus = ["conv2/weight"]
        self.reader.UpdatePipeline()
        self.assertGreater(points(self.reader), 0)
        self.assertLess(points(self.reader), everything)

    def test_filters_know_layers_before_the_run_is_read(self):
        grid = WeightGrid(Input=self.reader)
        self.assertEqual(list(grid.GetProperty("Layer").GetAvailable()), ["conv1", "conv2", "fc1", "fc2", "*"])
        self.assertEqual(grid.Layer, "conv1")
        self.assertEqual(grid.Kind, "weight")

    def test_a_filter_behind_the_reader_has_its_layer_only_read(self):
        grid = WeightGrid(Input=self.reader)
        grid.UpdatePipeline()
        self.assertEqual(grid.GetDataInformation(0).DataInformation.GetNumberOfCells(), 16 * 9 * 6)
        self.assertEqual(points(self.reader), 16 * 9)

    def test_filters_of_paraview_get_everything(self):
        WeightGrid(Input=self.reader).UpdatePipeline()
        blocks = ExtractBlock(Input=self.reader, Assembly="Assembly", Selectors=["/model/fc1"])
        blocks.UpdatePipeline()
        self.assertGreater(blocks.GetDataInformation().DataInformation.GetNumberOfPoints(), 0)

    def test_time_chooses_the_snapshot(self):
        grid = WeightGrid(Input=self.reader)
        ranges = []
        for time in (0, 10, 50):
            grid.UpdatePipeline(time)
            ranges.append(grid.GetDataInformation(0).DataInformation.GetCellDataInformation()
                          .GetArrayInformation("weight").GetComponentRange(0))
        self.assertEqual(len(set(ranges)), 3)

    def test_tables(self):
        metrics = servermanager.Fetch(self.reader, idx=1)
        self.assertEqual(metrics.GetNumberOfRows(), 50)
        self.assertEqual(metrics.GetColumnName(0), "Time")
        self.assertIsNotNone(metrics.GetColumnByName("conv1/weight_norm"))
        evaluations = servermanager.Fetch(self.reader, idx=2)
        self.assertEqual(evaluations.GetColumnName(1), "validation_loss")
        self.assertEqual([evaluations.GetColumn(0).GetTuple1(i) for i in (0, 1)], [20, 40])
        self.assertEqual(servermanager.Fetch(self.reader, idx=3).GetNumberOfRows(), 0)

    def test_trajectories_go_through_every_step(self):
        path = Trajectory(Input=self.reader, Coordinates=[0, 1, 2])
        path.UpdatePipeline()
        self.assertEqual(path.GetDataInformation().DataInformation.GetNumberOfPoints(), 50)

    def test_follows_a_training(self):
        path = os.path.abspath("followed.tvr")
        trainer = Trainer(RecordFile=path, Overwrite=1, SnapshotInterval=10)
        advance(trainer, 10)
        self.assertTrue(eventually(lambda: os.path.exists(path)))
        follower = TensorRunReader(FileName=path, Follow=1)
        follower.UpdatePipeline()
        advance(trainer, 10)

        def seen():
            follower.RefreshToken += 1
            return steps(follower)[-1:] == [20]
        self.assertTrue(eventually(seen))
        follower.UpdatePipeline(0)
        self.assertEqual(follower.GetDataInformation(0).DataInformation.GetTime(), 20)

    def test_state_restores_the_reader_and_its_filters(self):
        WeightGrid(registrationName="Blocks", Input=self.reader, Layer="conv2")
        state = smstate.get_state()
        self.tearDown()
        exec(state, {})
        restored = FindSource("Blocks")
        restored.UpdatePipeline()
        self.assertEqual(restored.Layer, "conv2")
        self.assertGreater(restored.GetDataInformation(0).DataInformation.GetNumberOfCells(), 0)

    def test_bad_files_open_and_are_empty(self):
        with open("text.tvr", "w") as file:
            file.write("no run" * 100)
        open("empty.tvr", "w").close()
        for name in ("text.tvr", "empty.tvr"):
            reader = OpenDataFile(os.path.abspath(name))
            reader.UpdatePipeline()
            self.assertEqual(points(reader), 0)
            self.assertEqual(steps(reader), [])

    def test_damaged_files_leave_the_program_alive(self):
        with open(RUN, "rb") as file:
            content = file.read()
        with open("cut.tvr", "wb") as file:
            file.write(content[:len(content) // 3])
        reader = TensorRunReader(FileName=os.path.abspath("cut.tvr"))
        reader.UpdatePipeline()
        self.assertEqual(points(reader), 0)
        shutil.copy(RUN, "whole.tvr")
        reader.FileName = os.path.abspath("whole.tvr")
        reader.UpdatePipeline()
        self.assertGreater(points(reader), 0)


if __name__ == "__main__":
    main()
