"""Edits that nobody should ask for: each is refused in words, changes nothing, and the training goes on. With the real engine, on
the builtin server and on a pvserver."""
import json
import os
import unittest

from paraview import servermanager
from paraview.simple import *

from live_trainer import advance, eventually, information, main

COUPLED = {  # what fc1 gives is added to the scores of the classes
    "format": "tensorview-network", "version": 1, "name": "coupled", "input": [1, 28, 28],
    "layers": [
        {"name": "conv", "type": "convolution", "filters": 4, "kernel": 3},
        {"name": "flat", "type": "flatten"},
        {"name": "fc1", "type": "dense", "units": 10},
        {"name": "fc2", "type": "dense", "units": 10},
        {"name": "sum", "type": "add", "inputs": ["fc2", "fc1"]},
    ],
}


class RefusedEditsTest(unittest.TestCase):
    def setUp(self):
        self.trainer = Trainer(BatchSize=20, EditLayer="conv1", EditMeasure=0, Epochs=1000000)
        advance(self.trainer, 3)

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def give(self, command, **settings):
        """The state of a command that is waited for, and what was said of it."""
        for name, value in settings.items():
            setattr(self.trainer, name, value)
        try:
            self.trainer.InvokeCommand(command)
        except RuntimeError:
            pass  # a refusal, which the state tells
        return information(self.trainer, "CommandState"), information(self.trainer, "CommandReason")

    def check_refused(self, command, *parts, **settings):
        state, reason = self.give(command, **settings)
        self.assertEqual(state, "failed", reason)
        for part in parts:
            self.assertIn(part, reason)

    def layers(self):
        lines = information(self.trainer, "PrunableLayers")
        return {line.split()[2]: int(line.split()[1]) for line in ([lines] if isinstance(lines, str) else lines)}

    def edits(self):
        lines = information(self.trainer, "EditLines")
        lines = [lines] if isinstance(lines, str) else list(lines or [])
        return [json.loads(line)["edit"] for line in lines]

    def check_untouched(self, filters=16):
        self.assertEqual(self.layers()["conv1"], filters)
        step = information(self.trainer, "Step")
        advance(self.trainer, 2)
        self.assertEqual(information(self.trainer, "Step"), step + 2)

    def test_filters_that_cannot_go(self):
        self.check_refused("ApplyEdit", "all 16 filters of layer 'conv1'", "one at least must stay", EditSlots=list(range(16)))
        self.check_refused("ApplyEdit", "99", "does not exist", "0 to 15", EditSlots=[99])
        self.check_refused("ApplyEdit", "named twice", EditSlots=[3, 3])
        self.check_refused("ApplyEdit", "need as many survivors", EditSlots=[3, 4], EditSurvivors=[5])
        self.check_refused("ApplyEdit", "cannot be removed and be a survivor", EditSlots=[3, 4], EditSurvivors=[5, 3])
        self.check_refused("ApplyEdit", "cannot be pruned to 16", "from 1 to 15", EditSlots=[], EditSurvivors=[], PruneTo=16)
        self.check_refused("Preview", "all 16 filters of layer 'conv1'", EditSlots=list(range(16)))
        self.assertEqual(self.edits(), [])
        self.check_untouched()

    def test_filters_that_have_gone_already(self):
        self.assertEqual(self.give("ApplyEdit", EditSlots=[3])[0], "done")
        self.check_refused("ApplyEdit", "3", "was removed at step 3 already", EditSlots=[3, 4])
        self.check_refused("ApplyEdit", "was removed", EditSlots=[4], EditSurvivors=[3])
        self.check_refused("Freeze", "was removed", EditSlots=[3], EditSurvivors=[])
        self.assertEqual(self.edits(), ["prune"])
        self.check_untouched(15)

    def test_layers_that_cannot_lose_filters(self):
        self.check_refused("ApplyEdit", "no layer 'nowhere'", "conv1, conv2, fc1", EditLayer="nowhere", EditSlots=[1])
        self.check_refused("ApplyEdit", "no layer 'conv1;conv2'", EditLayer="conv1;conv2", EditSlots=[1])
        self.check_refused("ApplyEdit", "fc2", "scores of the classes", EditLayer="fc2", EditSlots=[1])
        self.check_refused("Preview", "no layer", EditLayer="", EditSlots=[1])
        self.check_untouched()

    def test_filters_that_are_coupled_to_what_cannot_lose_any(self):
        path = os.path.abspath("coupled.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(COUPLED, file)
        self.trainer = Trainer(Network=path, BatchSize=20, EditMeasure=0, Epochs=1000000)
        advance(self.trainer, 2)
        self.check_refused("ApplyEdit", "fc1", "coupled to the scores of the classes", "'sum'", EditLayer="fc1", EditSlots=[1])
        self.assertEqual(self.layers()["conv"], 4)

    def test_an_edit_while_another_is_under_way(self):
        self.trainer.InvokeCommand("Start")
        self.assertEqual(self.give("ApplyEdit", EditWait=0, EditMeasure=1, EditSlots=[3])[0], "requested")
        first = information(self.trainer, "CommandId")
        self.give("ApplyEdit", EditSlots=[4])
        for command in ("Undo", "Redo", "LoadCheckpoint"):
            self.give(command, CheckpointFile=os.path.abspath("none.pt"))
            self.assertTrue(eventually(lambda: information(self.trainer, "CommandState") == "failed"), command)
        self.assertGreater(information(self.trainer, "CommandId"), first)
        self.assertTrue(eventually(lambda: self.edits()))
        self.assertTrue(eventually(lambda: self.layers()["conv1"] == 15))
        self.assertEqual(self.edits(), ["prune"])
        self.assertEqual(information(self.trainer, "State"), "running")

    def test_statistics_that_are_no_numbers(self):
        self.trainer.LearningRate = 1e6
        self.trainer.AdvanceSteps = 50
        self.trainer.InvokeCommand("Advance")
        self.assertTrue(eventually(lambda: information(self.trainer, "State") == "paused"))
        step = information(self.trainer, "Step")
        for method in ("reconstruct", "scale", "sum"):
            self.check_refused("ApplyEdit", "conv1", EditSlots=[], PruneTo=12, PruneMethod=method)
        self.assertEqual(self.layers()["conv1"], 16)
        self.assertEqual(self.edits(), [])
        self.assertEqual(information(self.trainer, "Step"), step)

    def test_a_checkpoint_of_another_network(self):
        path = os.path.abspath("other.pt")
        other = Trainer(Network="lenet5", BatchSize=20, CheckpointFile=path)
        advance(other, 1)
        other.InvokeCommand("SaveCheckpoint")
        self.assertTrue(eventually(lambda: information(other, "CommandState") == "done"))
        self.check_refused("LoadCheckpoint", "it belongs to another network", CheckpointFile=path)
        with open("cut.pt", "wb") as cut, open(path, "rb") as whole:
            cut.write(whole.read()[:5000])
        self.check_refused("LoadCheckpoint", CheckpointFile=os.path.abspath("cut.pt"))
        self.check_refused("LoadCheckpoint", "nowhere.pt", CheckpointFile=os.path.abspath("nowhere.pt"))
        self.assertEqual(information(self.trainer, "UndoCount"), 0)
        self.check_untouched()

    def test_after_the_end(self):
        self.trainer.InvokeCommand("Stop")
        self.assertTrue(eventually(lambda: information(self.trainer, "State") == "finished"))
        for command in ("ApplyEdit", "Preview", "Undo", "Freeze"):
            self.check_refused(command, "the training has ended", EditSlots=[3])
        self.trainer.InvokeCommand("Start")  # a fresh one
        self.assertEqual(self.give("ApplyEdit", EditSlots=[3])[0], "done")


if __name__ == "__main__":
    main()
