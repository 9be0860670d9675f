"""A Trainer from scripts: live loop, commands, settings while running, bad settings, several side by side. Runs on the builtin
server, on a pvserver and on a pvserver of two ranks."""
import unittest

from paraview import servermanager
from paraview.simple import *

from live_trainer import advance, eventually, information, main, step_shown


class TrainerTest(unittest.TestCase):
    def setUp(self):
        self.trainer = Trainer()

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def points(self, trainer=None):
        return (trainer or self.trainer).GetDataInformation(0).DataInformation.GetNumberOfPoints()

    def test_shows_step_zero_and_does_not_train(self):
        self.trainer.UpdatePipeline()
        self.assertEqual(information(self.trainer, "State"), "ready")
        self.assertEqual(information(self.trainer, "Step"), 0)
        self.assertEqual(step_shown(self.trainer), 0)
        self.assertGreater(self.points(), 0)
        self.assertEqual(information(self.trainer, "CommandId"), 0)

    def test_advance_returns_when_its_steps_are_done(self):
        advance(self.trainer, 12)
        self.assertEqual(information(self.trainer, "State"), "paused")
        self.assertEqual(information(self.trainer, "Step"), 12)
        self.assertEqual(information(self.trainer, "CommandState"), "done")
        self.assertEqual(step_shown(self.trainer), 12)
        metrics = servermanager.Fetch(self.trainer, idx=1)
        self.assertEqual(metrics.GetNumberOfRows(), 12)
        self.assertEqual(metrics.GetColumnName(0), "Time")
        self.assertEqual([metrics.GetColumn(0).GetTuple1(i) for i in (0, 11)], [1.0, 12.0])

    def test_advance_without_waiting(self):
        self.trainer.AdvanceWait = 0
        self.trainer.AdvanceSteps = 20
        self.trainer.InvokeCommand("Advance")
        self.assertTrue(eventually(lambda: information(self.trainer, "CommandState") == "done"))
        self.assertEqual(information(self.trainer, "Step"), 20)

    def test_live_loop_shows_ever_newer_steps(self):
        grid = WeightGrid(Input=OutputPort(self.trainer, 0))
        grid.UpdatePipeline()
        cells = grid.GetDataInformation(0).DataInformation.GetNumberOfCells()
        self.trainer.InvokeCommand("Start")
        last = 0
        for token in range(1, 9):
            self.trainer.RefreshToken = token
            grid.UpdatePipeline()
            self.assertGreater(step_shown(self.trainer), last)
            last = step_shown(self.trainer)
            self.assertEqual(grid.GetDataInformation(0).DataInformation.GetNumberOfCells(), cells)
        self.trainer.InvokeCommand("Pause")
        self.assertEqual(information(self.trainer, "State"), "paused")

    def test_live_refresh_as_the_window_does_it(self):
        self.trainer.UpdatePipeline()
        self.assertEqual(information(self.trainer, "NeedsUpdate"), 0)
        self.trainer.InvokeCommand("Start")
        shown = []
        for _ in range(5):
            self.assertTrue(eventually(lambda: information(self.trainer, "NeedsUpdate")))
            self.trainer.SMProxy.MarkModified(self.trainer.SMProxy)
            self.trainer.UpdatePipeline()
            shown.append(step_shown(self.trainer))
        self.assertEqual(shown, sorted(shown))
        self.assertGreater(shown[-1], shown[0])

    def test_all_ranks_show_the_same_step(self):
        """Blocks are drawn by each rank, the image by rank 0 of all ranks' filters: they must agree."""
        grid = WeightGrid(Input=OutputPort(self.trainer, 0), Layer="conv1", Kind="weight")
        for steps in (3, 4):
            advance(self.trainer, steps)
            grid.UpdatePipeline()
            blocks, image = (grid.GetDataInformation(port).DataInformation for port in (0, 1))
            self.assertEqual(blocks.GetNumberOfCells(), 16 * 9 * 6)
            ranges = [i.GetCellDataInformation().GetArrayInformation("weight").GetComponentFiniteRange(0) for i in (blocks, image)]
            self.assertEqual(ranges[0], ranges[1])

    def test_hyperparameters_act_while_running(self):
        self.trainer.InvokeCommand("Start")
        self.trainer.LearningRate = 0.125
        self.assertTrue(eventually(lambda: information(self.trainer, "LearningRateInUse") == 0.125))
        self.assertEqual(information(self.trainer, "State"), "running")

    def test_stop_ends_and_start_begins_afresh(self):
        advance(self.trainer, 30)
        self.trainer.InvokeCommand("Stop")
        self.assertTrue(eventually(lambda: information(self.trainer, "State") == "finished"))
        self.trainer.UpdatePipeline()
        self.assertEqual(step_shown(self.trainer), 30)
        self.trainer.MaximumSteps = 4
        self.trainer.InvokeCommand("Start")
        self.assertTrue(eventually(lambda: information(self.trainer, "Step") == 4))
        self.assertTrue(eventually(lambda: information(self.trainer, "State") == "finished"))

    def test_trainers_side_by_side(self):
        other = Trainer(Seed=2)
        advance(self.trainer, 5)
        advance(other, 9)
        self.assertEqual(step_shown(self.trainer), 5)
        self.assertEqual(step_shown(other), 9)
        self.trainer.InvokeCommand("Start")
        other.InvokeCommand("Start")
        for token in range(1, 5):
            for trainer in (self.trainer, other):
                if information(trainer, "NeedsUpdate"):
                    trainer.SMProxy.MarkModified(trainer.SMProxy)
                trainer.UpdatePipeline()
        Delete(other)
        self.assertEqual(information(self.trainer, "State"), "running")

    def test_refused_settings_are_messages_and_can_be_mended(self):
        trainer = Trainer(BatchSize=1000000)
        trainer.UpdatePipeline()
        self.assertEqual(information(trainer, "State"), "failed")
        self.assertIn("BatchSize is 1000000", information(trainer, "Message"))
        self.assertEqual(self.points(trainer), 0)
        grid = WeightGrid(Input=OutputPort(trainer, 0))
        grid.UpdatePipeline()
        self.assertEqual(grid.GetDataInformation(0).DataInformation.GetNumberOfCells(), 0)
        trainer.BatchSize = 100
        trainer.UpdatePipeline()
        self.assertEqual(information(trainer, "State"), "ready")
        self.assertGreater(self.points(trainer), 0)

    def test_refused_commands_say_why(self):
        for rate in (0.0, -1.0, float("nan")):
            self.trainer.LearningRate = rate
            self.trainer.InvokeCommand("Start")
            self.assertTrue(eventually(lambda: information(self.trainer, "CommandState") == "failed"), rate)
            self.assertIn("LearningRate", information(self.trainer, "CommandReason"))
        self.trainer.LearningRate = 0.01
        advance(self.trainer, 2)
        self.assertEqual(information(self.trainer, "Step"), 2)

    def test_a_training_that_diverges_pauses_and_says_so(self):
        self.trainer.LearningRate = 1000.0
        self.trainer.InvokeCommand("Start")
        self.assertTrue(eventually(lambda: information(self.trainer, "State") == "paused"))
        self.assertIn("diverged", information(self.trainer, "Message"))

    def test_choices_of_the_drop_downs(self):
        self.assertEqual(list(self.trainer.GetProperty("Dataset").GetAvailable()), ["digits", "mnist", "cifar10", "folder"])
        self.assertEqual(list(self.trainer.GetProperty("Network").GetAvailable()),
                         ["lenet5-simplified", "lenet5", "vgg16", "resnet18", "resnet50"])
        self.trainer.Network = "some/network.json"
        self.trainer.UpdatePipelineInformation()
        self.assertIn("some/network.json", self.trainer.GetProperty("Network").GetAvailable())


if __name__ == "__main__":
    main()
