"""Edits of a network in training from scripts: preview, apply, undo, redo, freeze, checkpoints, and what is refused. Runs on the
builtin server and on a pvserver, with the engine of the tests and, small, with the real one."""
import json
import math
import os
import tempfile
import unittest

from paraview import servermanager
from paraview.simple import *

from live_trainer import advance, eventually, information, main


class EditsTest(unittest.TestCase):
    def setUp(self):
        self.trainer = Trainer(BatchSize=20, EditLayer="conv1")
        advance(self.trainer, 4)
        self.grid = WeightGrid(Input=OutputPort(self.trainer, 0), Layer="conv1", Kind="weight")

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def command(self, name, outcome="done"):
        try:
            self.trainer.InvokeCommand(name)
        except RuntimeError:
            pass  # a refusal, which the state below tells
        self.assertEqual(information(self.trainer, "CommandState"), outcome,
                         information(self.trainer, "CommandReason"))

    def filters(self):
        self.trainer.UpdatePipeline()
        slots = servermanager.Fetch(self.grid).GetCellData().GetArray("Slot")
        return sorted({int(slots.GetTuple1(i)) for i in range(slots.GetNumberOfTuples())})

    def losses(self):
        self.trainer.UpdatePipeline()
        metrics = servermanager.Fetch(self.trainer, idx=1)
        loss = metrics.GetColumnByName("loss")
        return [loss.GetTuple1(i) for i in range(metrics.GetNumberOfRows())]

    def edits(self):
        self.trainer.UpdatePipeline()
        return servermanager.Fetch(self.trainer, idx=3)

    def test_undone_is_as_if_never_edited(self):
        plain = Trainer(BatchSize=20)
        advance(plain, 12)
        metrics = servermanager.Fetch(plain, idx=1)
        expected = [metrics.GetColumnByName("loss").GetTuple1(i) for i in range(12)]

        before = self.filters()
        self.trainer.EditSlots = [before[1], before[2]]
        self.trainer.EditReason = "a test"
        self.command("ApplyEdit")
        self.assertEqual(self.filters(), [s for s in before if s not in (before[1], before[2])])
        advance(self.trainer, 5)
        edited = self.losses()
        self.assertEqual(edited[:4], expected[:4])
        self.assertNotEqual(edited[4:9], expected[4:9])

        self.assertEqual(information(self.trainer, "UndoStep"), 4)
        self.command("Undo")
        self.assertEqual(information(self.trainer, "Step"), 4)
        self.assertEqual(self.filters(), before)
        advance(self.trainer, 8)
        self.assertEqual(self.losses(), expected)

        self.command("Redo")
        self.assertEqual(information(self.trainer, "Step"), 9)
        self.assertEqual(self.losses(), edited)
        layers = information(self.trainer, "PrunableLayers")
        self.assertRegex(layers if isinstance(layers, str) else layers[0], rf"^\d+ {len(before) - 2} conv1$")
        lines = [json.loads(line) for line in information(self.trainer, "EditLines")]
        self.assertEqual([line["edit"] for line in lines], ["prune", "undo", "redo"])
        table = self.edits()
        rows = range(table.GetNumberOfRows())
        self.assertEqual([table.GetValueByName(i, "edit").ToString() for i in rows],
                         ["prune", "undo", "redo"])
        self.assertEqual(table.GetValueByName(0, "why").ToString(), "a test")
        self.assertEqual(table.GetValueByName(2, "left_step").ToDouble(), 12)

    def test_a_preview_tells_what_an_edit_would_cost(self):
        before = self.filters()
        self.trainer.PruneTo = len(before) - 1
        self.command("Preview")
        preview = json.loads(information(self.trainer, "PreviewResult"))
        self.assertEqual(preview["layer"], "conv1")
        self.assertEqual(preview["layers"][0]["filters_after"], len(before) - 1)
        ranking = [entry["slot"] for entry in preview["ranking"]]
        self.assertEqual(ranking[0], preview["layers"][0]["slots"][0])
        self.assertGreaterEqual(len(set(ranking)), len(before) - 1)
        self.assertLessEqual(set(ranking), set(before))
        self.assertGreaterEqual(preview["accuracy_before"], 0)
        self.assertEqual(self.filters(), before)
        self.assertEqual(self.edits().GetNumberOfRows(), 0)

    def test_refusals_change_nothing(self):
        before = self.filters()
        self.command("Undo", "failed")
        self.assertIn("no edit to undo", information(self.trainer, "CommandReason"))
        self.trainer.EditSlots = before
        self.command("ApplyEdit", "failed")
        self.trainer.EditSlots = [4711]
        self.command("ApplyEdit", "failed")
        self.trainer.EditLayer = "conv99"
        self.command("ApplyEdit", "failed")
        self.assertIn("conv99", information(self.trainer, "CommandReason"))
        self.trainer.CheckpointFile = os.path.join(tempfile.gettempdir(), "no-such-checkpoint.pt")
        self.command("LoadCheckpoint", "failed")
        self.assertEqual(self.filters(), before)
        self.assertEqual(information(self.trainer, "UndoCount"), 0)

    def test_checkpoints_come_and_go(self):
        with tempfile.TemporaryDirectory() as folder:
            self.trainer.CheckpointFile = os.path.join(folder, "four.pt")
            self.command("SaveCheckpoint")
            advance(self.trainer, 3)
            expected = self.losses()
            self.command("LoadCheckpoint")
            self.assertEqual(information(self.trainer, "Step"), 4)
            advance(self.trainer, 3)
            self.assertEqual(self.losses(), expected)

    def test_frozen_layers_stay_as_they_are(self):
        def norm():
            self.trainer.UpdatePipeline()
            metrics = servermanager.Fetch(self.trainer, idx=1)
            column = metrics.GetColumnByName("conv1/weight_norm")
            return column.GetTuple1(metrics.GetNumberOfRows() - 1)

        self.command("Freeze")
        frozen = norm()
        advance(self.trainer, 3)
        self.assertEqual(norm(), frozen)
        self.command("Unfreeze")
        advance(self.trainer, 3)
        self.assertNotEqual(norm(), frozen)

    def test_another_batch_size_is_in_force_with_the_next_epoch(self):
        def train():
            trainer = Trainer(BatchSize=500)
            advance(trainer, 1)
            before = information(trainer, "StepsPerEpoch")
            trainer.BatchSize = 250
            self.assertTrue(eventually(
                lambda: information(trainer, "Message") == "paused at step 1; batch size 250 from epoch 1 on"),
                information(trainer, "Message"))
            advance(trainer, before)
            after = information(trainer, "StepsPerEpoch")
            self.assertIn(after, (2 * before, 2 * before + 1))
            self.assertEqual(information(trainer, "Message"), f"paused at step {before + 1}")
            self.assertAlmostEqual(information(trainer, "Epoch"), 1 + 1 / after)
            advance(trainer, 2)
            self.assertAlmostEqual(information(trainer, "Epoch"), 1 + 3 / after)
            self.assertEqual(information(trainer, "TotalSteps"), before + 9 * after)
            trainer.BatchSize = 100000000
            self.assertTrue(eventually(lambda: "number of training images" in information(trainer, "Warning")))
            metrics = servermanager.Fetch(trainer, idx=1)
            return [metrics.GetColumnByName("loss").GetTuple1(i) for i in range(metrics.GetNumberOfRows())]

        losses = train()
        self.assertTrue(all(math.isfinite(loss) for loss in losses))
        self.assertEqual(train(), losses)

    def test_pauses_at_a_step(self):
        self.trainer.PauseStep = 7
        self.trainer.InvokeCommand("PauseAt")
        self.trainer.InvokeCommand("Start")
        self.assertTrue(eventually(lambda: information(self.trainer, "State") == "paused"))
        self.assertEqual(information(self.trainer, "Step"), 7)


main()
