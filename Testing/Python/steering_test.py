"""The remote control of a training of another program, a Recorder in Python: what is commanded through the reader of its
run, here or on a server, is done there and answered; a killed one takes no commands. Needs $TENSORVIEW_PYTHON (with torch)."""
import json
import os
import stat
import subprocess
import time
import unittest

from paraview.simple import *

from live_trainer import main

PATIENCE = 100.0
TRAINING = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Scripts", "outside_training.py")


def until(holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def ask(run, name):
    run.UpdatePropertyInformation()
    return run.GetPropertyValue(name)


def texts(run, name):
    """Of a list; one of one element is given as such."""
    value = ask(run, name)
    return [value] if isinstance(value, str) else list(value or [])


class SteeringTest(unittest.TestCase):
    def start(self, name):
        """A training that records to that file, and its reader."""
        self.path = os.path.abspath(name)
        self.log = open(self.path + ".log", "w+", encoding="utf-8")
        self.training = subprocess.Popen([os.environ["TENSORVIEW_PYTHON"], TRAINING, self.path], stdout=self.log)
        self.addCleanup(self.end)
        until(lambda: os.path.exists(self.path + ".state") or self.training.poll() is not None)
        run = TensorRunReader(FileName=self.path)
        run.UpdatePipeline()
        self.addCleanup(Delete, run)
        until(lambda: ask(run, "State") == "running")
        return run

    def end(self):
        self.training.kill()
        self.training.wait()
        self.log.close()

    def answer(self, run):
        until(lambda: ask(run, "CommandState") in ("done", "failed"))
        return ask(run, "CommandState")

    def test_commands(self):
        run = self.start("steered.tvr")
        self.assertEqual(sorted(texts(run, "Offers")), ["LearningRate", "Pause", "Start", "Stop"])
        self.assertEqual(ask(run, "LearningRateInUse"), 0.1)
        self.assertEqual(ask(run, "CommandId"), 0)
        for name in (".commands", ".state"):
            self.assertEqual(stat.S_IMODE(os.stat(self.path + name).st_mode), 0o600)

        run.InvokeCommand("Pause")
        self.assertEqual(self.answer(run), "done")
        until(lambda: ask(run, "State") == "paused")
        step = ask(run, "Step")
        self.assertEqual(ask(run, "CommandReason"), f"paused after step {step}")
        until(lambda: 0 < ask(run, "Loss") < 100 and 0 <= ask(run, "Accuracy") <= 1)

        # A paused training takes a learning rate, and does no step.
        run.LearningRate = 0.025
        self.assertEqual(ask(run, "CommandId"), 1)  # setting it alone does nothing
        run.InvokeCommand("ChangeLearningRate")
        self.assertEqual(self.answer(run), "done")
        until(lambda: ask(run, "LearningRateInUse") == 0.025)
        self.assertEqual((ask(run, "Step"), ask(run, "State"), ask(run, "CommandId")), (step, "paused", 2))

        # What is no command is left alone, and nothing of it is evaluated.
        with open(self.path + ".state", encoding="utf-8") as file:
            session = json.load(file)["session"]
        with open(self.path + ".commands", "a", encoding="utf-8") as file:
            for line in ("not json", "[]", "__import__('os').abort()", '{"command": "stop", "id": "1", "session": "other"}',
                         json.dumps({"command": "__import__('os').abort()", "id": "2", "session": session}),
                         json.dumps({"command": "learning_rate", "value": "1", "id": "3", "session": session}),
                         json.dumps({"command": "learning_rate", "value": -1, "id": "4", "session": session}),
                         "[" * 4000, "x" * 1000000):
                file.write(line + "\n")
        answers = {}

        def answered():
            with open(self.path + ".state", encoding="utf-8") as file:
                answers.update({entry["id"]: (entry["state"], entry["reason"]) for entry in json.load(file)["commands"]})
            return "4" in answers
        until(answered)
        self.assertEqual({answers[number][0] for number in "234"}, {"failed"})
        self.assertEqual(answers["2"][1], "this training does not offer that")
        self.assertNotIn("1", answers)

        run.InvokeCommand("Start")
        self.assertEqual(self.answer(run), "done")
        until(lambda: ask(run, "Step") > step)
        run.InvokeCommand("Stop")
        until(lambda: ask(run, "State") == "none")
        self.assertEqual((ask(run, "CommandState"), ask(run, "Message")), ("done", "the training has ended"))
        self.assertEqual(self.training.wait(PATIENCE), 0)
        self.log.seek(0)
        self.assertEqual(self.log.read(), "learning rate 0.025\n")
        self.assertEqual([name for name in os.listdir(".") if name.startswith("steered.tvr.")], ["steered.tvr.log"])
        self.assertEqual(texts(run, "Offers"), [])
        run.RefreshToken = 1
        run.UpdatePipeline()
        self.assertGreater(run.GetDataInformation(1).GetNumberOfRows(), step)

    def test_a_killed_training_takes_no_commands(self):
        run = self.start("killed.tvr")
        run.InvokeCommand("Pause")
        self.assertEqual(self.answer(run), "done")
        self.training.kill()
        self.training.wait()
        until(lambda: ask(run, "State") == "lost")
        self.assertTrue(os.path.exists(self.path + ".commands"))
        self.assertEqual(texts(run, "Offers"), [])
        # What it left misleads nobody.
        before = os.path.getsize(self.path + ".commands")
        run.InvokeCommand("Start")
        self.assertEqual((ask(run, "CommandState"), ask(run, "CommandId")), ("failed", 2))
        self.assertEqual(os.path.getsize(self.path + ".commands"), before)


if __name__ == "__main__":
    main()
