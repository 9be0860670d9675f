"""Extracts of a recorded run in pvbatch, by the example as it stands: a picture and a table for every step."""
import csv
import os
import subprocess
import unittest

from paraview.simple import *

from live_trainer import eventually, information, main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STEPS = ("000000", "000010", "000020")


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class ExtractsTest(unittest.TestCase):
    def test_pictures_and_tables_of_every_step(self):
        trainer = Trainer(RecordFile=os.path.abspath("run.tvr"), MaximumSteps=20, SnapshotInterval=10)
        trainer.InvokeCommand("Start")
        self.assertTrue(eventually(lambda: information(trainer, "State") == "finished"))
        Delete(trainer)
        done = subprocess.run([os.path.join(ROOT, "scripts", "pvbatch"), os.path.join(ROOT, "examples", "extracts.py"),
                               "run.tvr", "out"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=200,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(sorted(os.listdir("out")), sorted(
            ["metrics.csv"] + [f"groups_{step}.csv" for step in STEPS] + [f"weights_{step}.png" for step in STEPS]))
        pictures = set()
        for step in STEPS:
            with open(f"out/weights_{step}.png", "rb") as picture:
                pictures.add(picture.read())
        self.assertEqual(len(pictures), 3, "the pictures do not move")
        groups = rows_of("out/groups_000020.csv")
        self.assertIn("3 4 9", [row["Members"] for row in groups])
        self.assertEqual([row["Time"] for row in rows_of("out/metrics.csv")], [str(step) for step in range(1, 21)])


if __name__ == "__main__":
    main()
