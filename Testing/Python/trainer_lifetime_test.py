"""When the engine comes and goes: not before the first Trainer, and cleanly in the middle of a training."""
import os
import subprocess
import sys
import unittest

from paraview.simple import *

from live_trainer import information, main

QUIT_IN_TRAINING = """
from paraview.simple import *
trainer = Trainer()
trainer.InvokeCommand('Start')
trainer.UpdatePipeline()
{ending}
"""


def engine_is_loaded():
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        text = maps.read()
    return os.path.basename(os.environ["TENSORVIEW_ENGINE_LIBRARY"]) in text


class LifetimeTest(unittest.TestCase):
    def test_1_nothing_of_the_engine_before_the_first_trainer(self):
        with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
            self.assertNotIn("torch", maps.read())
        self.assertFalse(engine_is_loaded())
        Trainer().UpdatePipeline()
        self.assertTrue(engine_is_loaded())

    def test_2_create_start_refresh_delete_again_and_again(self):
        for _ in range(20):
            trainer = Trainer()
            trainer.InvokeCommand("Start")
            for token in (1, 2):
                trainer.RefreshToken = token
                trainer.UpdatePipeline()
            Delete(trainer)
            del trainer

    def test_3_deleting_a_trainer_leaves_its_filters_harmless(self):
        trainer = Trainer()
        lines = Trajectory(Input=OutputPort(trainer, 0))
        trainer.InvokeCommand("Start")
        lines.UpdatePipeline()
        Delete(trainer)
        del trainer
        Delete(lines)

    def test_4_leaving_in_the_middle_of_a_training_is_clean(self):
        for ending in ("", "import sys; sys.exit(0)", "Delete(trainer); del trainer", "Disconnect()"):
            script = QUIT_IN_TRAINING.format(ending=ending)
            done = subprocess.run([os.environ["TENSORVIEW_PVPYTHON"], "-c", script], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
            self.assertEqual(done.returncode, 0, f"{ending}\n{done.stdout}")


if __name__ == "__main__":
    main()
