"""The examples, as they stand, one after the other: the second looks at a run that the first kind of scene could make."""
import os
import subprocess
import unittest

from paraview.simple import *

from live_trainer import eventually, information, main

EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "examples")


def run(example, *arguments):
    done = subprocess.run([os.environ["TENSORVIEW_PVPYTHON"], os.path.join(EXAMPLES, example), *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=200, check=False)
    return done.returncode, done.stdout


class ExamplesTest(unittest.TestCase):
    def test_live_training(self):
        status, output = run("live_training.py")
        self.assertEqual(status, 0, output)
        pictures = []
        for number in range(3):
            with open(f"training-{number}.png", "rb") as picture:
                pictures.append(picture.read())
        self.assertEqual(len(set(pictures)), 3)

    def test_recorded_run(self):
        trainer = Trainer(RecordFile=os.path.abspath("run.tvr"), MaximumSteps=20, SnapshotInterval=10)
        trainer.InvokeCommand("Start")
        self.assertTrue(eventually(lambda: information(trainer, "State") == "finished"))
        Delete(trainer)
        status, output = run("recorded_run.py", "run.tvr")
        self.assertEqual(status, 0, output)
        for step in (0, 10, 20):
            self.assertTrue(os.path.isfile(f"run-{step:06}.png"), output)


if __name__ == "__main__":
    main()
