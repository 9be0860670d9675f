"""Small versions of the pictures of docs/gallery.md, of a recorded run, against Testing/Baseline. What is drawn is left in the
current folder."""
import os
import sys
import unittest

from paraview.simple import *

from filters_images_test import differs
from live_trainer import advance, eventually, information, main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(ROOT, "examples", "gallery"))

import accumulated  # noqa: E402
import all_layers  # noqa: E402
import groups  # noqa: E402
import large_layer  # noqa: E402
import one_layer  # noqa: E402
import pruned  # noqa: E402

SMALL = (480, 360)
THRESHOLD = 60.0  # these pictures are larger than others and full of text
LAYERS = ("conv1", "conv2", "fc1", "fc2")


class GalleryTest(unittest.TestCase):
    """The engine without torch draws the same weights everywhere; filters 3, 4 and 9 of its conv1 answer alike."""

    @classmethod
    def setUpClass(cls):
        cls.run_file = os.path.abspath("run.tvr")
        trainer = Trainer(RecordFile=cls.run_file, MaximumSteps=40, SnapshotInterval=10)
        trainer.InvokeCommand("Start")
        if not eventually(lambda: information(trainer, "State") == "finished"):
            raise RuntimeError("the training did not end")
        Delete(trainer)

        cls.pruned_file = os.path.abspath("pruned.tvr")
        trainer = Trainer(RecordFile=cls.pruned_file, SnapshotInterval=10, EditLayer="conv1")
        for slot in (9, 4):
            advance(trainer, 20)
            trainer.EditSlots = [slot]
            trainer.InvokeCommand("ApplyEdit")
        advance(trainer, 20)
        trainer.InvokeCommand("Stop")
        Delete(trainer)

    def tearDown(self):
        ResetSession()

    def assert_as_before(self, page, name):
        page.save(f"{name}.png")
        problem = differs(name, os.path.join(ROOT, "Testing", "Baseline"), os.getcwd(), THRESHOLD)
        self.assertIsNone(problem, problem)

    def test_a_layer_in_four_views(self):
        self.assert_as_before(one_layer.draw(self.run_file, self.run_file, "conv1", SMALL), "gallery-one-layer")

    def test_a_layer_of_several_runs(self):
        self.assert_as_before(accumulated.draw("conv2", [self.run_file] * 2, (480, 220)), "gallery-accumulated")

    def test_groups(self):
        self.assert_as_before(groups.draw(self.run_file, "conv1", (720, 400)), "gallery-groups")

    def test_a_layer_that_loses_filters(self):
        self.assert_as_before(pruned.draw(self.pruned_file, "conv1", 0.9, (720, 600)), "gallery-pruned")

    def test_a_large_layer_from_afar_and_from_near(self):
        self.assert_as_before(large_layer.draw(self.run_file, "fc1", 200, SMALL), "gallery-large-layer")

    def test_all_layers(self):
        self.assert_as_before(all_layers.draw_all(self.run_file, SMALL), "gallery-all-layers")

    def test_some_layers(self):
        self.assert_as_before(all_layers.draw_some(self.run_file, LAYERS, SMALL), "gallery-some-layers")


if __name__ == "__main__":
    main()
