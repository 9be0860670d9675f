"""What scripts/run --headless starts: a recorded run and pictures, a second run into the same folder, and refusals."""
import os
import subprocess
import sys
import unittest

from live_trainer import main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(ROOT, "Plugin", "python", "tensorview_headless.py")
SHORT = ["--steps", "12", "--snapshot-interval", "5"]


def run(*arguments):
    done = subprocess.run([os.environ["TENSORVIEW_PVPYTHON"], SCRIPT, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=200, check=False)
    return done.returncode, done.stdout


class HeadlessTest(unittest.TestCase):
    def test_writes_a_run_and_pictures_and_a_second_run_beside_it(self):
        status, output = run("out", *SHORT)
        self.assertEqual(status, 0, output)
        for text in ("first picture after", "12 steps in", "validation accuracy", "run.tvr"):
            self.assertIn(text, output)
        written = os.listdir("out")
        for name in ("scene", "weights", "images", "trajectories", "metrics"):
            for when in ("start", "end"):
                self.assertIn(f"{name}-{when}.png", written)
        before = os.path.getmtime("out/run.tvr")

        status, output = run("out", *SHORT)
        self.assertEqual(status, 0, output)
        self.assertIn("out holds a run already", output)
        self.assertEqual(os.path.getmtime("out/run.tvr"), before)
        self.assertTrue(os.path.isfile("out/2/run.tvr"))
        self.assertTrue(os.path.isfile("out/2/scene-end.png"))

    def test_refusals_name_the_reason(self):
        for arguments, reason in ((["refused", "--batch-size", "1000000"], "BatchSize"),
                                  (["refused", "--learning-rate", "0"], "LearningRate"),
                                  (["/dev/null/out"], "cannot make the folder /dev/null/out")):
            status, output = run(*arguments)
            self.assertEqual(status, 1, output)
            self.assertIn(reason, output)


if __name__ == "__main__":
    main()
