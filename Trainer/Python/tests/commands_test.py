"""Commands from outside, and what keeps a training from being pushed: files, refusals, ends."""

import fcntl
import json
import os
import stat
import struct
import tempfile
import threading
import time
import unittest
from unittest import mock

from recorded import nn, torch

import tensorview
from tensorview.commands import Commands, learning_rate_of
from tensorview.live import LivePush, paraview_python, parse_address


class Rate:
    value = 0.1

    def get(self):
        return self.value

    def set(self, value):
        if value > 1:
            raise ValueError("too large for this model")
        self.value = value


def until(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


class CommandsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "run.tvr")

    def start(self, rate=None):
        commands = Commands(self.path, rate)
        self.addCleanup(commands.close)
        return commands

    def state(self):
        with open(self.path + ".state", encoding="utf-8") as file:
            return json.load(file)

    def give(self, *commands, **more):
        """Appends lines as a viewer does; returns what becomes of the last one."""
        for number, command in enumerate(commands):
            line = {"session": self.state()["session"], "id": f"{time.monotonic()}-{number}", "command": command}
            with open(self.path + ".commands", "a", encoding="utf-8") as file:
                file.write(json.dumps({**line, **more}) + "\n")
        return lambda: next((x for x in self.state()["commands"] if x["id"] == line["id"]), {"state": "requested"})

    def test_files_are_the_users_alone_and_go_at_the_end(self):
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        commands = self.start()
        self.assertIsNone(commands.problem)
        for name in (".commands", ".state"):
            self.assertEqual(stat.S_IMODE(os.stat(self.path + name).st_mode), 0o600)
        self.assertEqual(self.state()["offers"], ["pause", "resume", "stop"])
        commands.close()
        commands.close()
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_living_training_holds_the_lock(self):
        commands = self.start()

        def lock():
            with open(self.path + ".commands", "rb+") as file:
                request = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 1 << 62, 1, 0)
                return struct.unpack_from("h", fcntl.fcntl(file, fcntl.F_OFD_GETLK, request))[0]

        self.assertEqual(lock(), fcntl.F_WRLCK)
        other = Commands(self.path)
        self.assertIn("another training", other.problem)
        self.assertTrue(other.at_step(1))
        other.close()
        self.assertTrue(os.path.exists(self.path + ".commands"))
        commands.close()

        # What a killed one has left is replaced.
        for name in (".commands", ".state"):
            with open(self.path + name, "w", encoding="utf-8") as file:
                file.write('{"command": "stop"}\n')
        self.assertIsNone(self.start().problem)
        self.assertEqual(os.path.getsize(self.path + ".commands"), 0)

    def test_a_pause_waits_in_step_and_ends_with_it(self):
        commands = self.start(Rate())
        reached = []

        def train():
            for step in range(1, 1000000):
                reached.append(step)
                if not commands.at_step(step):
                    return
                time.sleep(0.001)

        thread = threading.Thread(target=train)
        thread.start()
        paused = self.give("pause")
        until(lambda: paused()["state"] == "done")
        until(lambda: self.state()["state"] == "paused")
        here = reached[-1]
        rate = self.give("learning_rate", value=0.5)
        until(lambda: rate()["state"] == "done")
        self.assertEqual(reached[-1], here)
        until(lambda: self.state()["learning_rate"] == 0.5)
        resumed = self.give("resume")
        until(lambda: resumed()["state"] == "done" and reached[-1] > here)
        self.give("pause", "stop")  # a stop ends a pause
        thread.join(30)
        self.assertFalse(thread.is_alive())
        self.assertTrue(commands.stopped)
        self.assertFalse(commands.at_step(reached[-1] + 1))

    def test_a_training_does_not_stay_paused_without_a_way_to_resume_it(self):
        commands = self.start()
        self.give("pause")
        until(lambda: commands._waiting)
        threading.Timer(0.3, os.unlink, [self.path + ".commands"]).start()
        self.assertTrue(commands.at_step(1))
        self.assertIn("was removed", commands.problem)

    def test_refusals(self):
        commands = self.start(Rate())
        for command, value, reason in (
            ("reboot", None, "not offer"), (["pause"], None, "not offer"), ({}, None, "not offer"),
            ("learning_rate", None, "a number"), ("learning_rate", True, "a number"),
            ("learning_rate", "0.1", "a number"), ("learning_rate", -0.1, "not negative"),
            ("learning_rate", float("inf"), "not negative"), ("learning_rate", float("nan"), "not negative"),
            ("learning_rate", 10**400, "not negative"), ("learning_rate", 2.0, "too large for this model"),
        ):
            answer = self.give(command, value=value)
            until(lambda: commands.at_step(1) and answer()["state"] == "failed")  # noqa: B023
            self.assertIn(reason, answer()["reason"], command)
        self.assertEqual(commands._learning_rate.value, 0.1)

    def test_what_is_no_command_is_passed_over(self):
        commands = self.start()
        with open(self.path + ".commands", "ab") as file:
            for noise in (b"\xff\xfe\n", b"stop\n", b"[1]\n", b"[" * 4000 + b"\n", b"\n", b'{"command": "stop"}\n',
                          b"x" * 300000 + b"\n", b'"stop"\n'):
                file.write(noise)
        answer = self.give("pause")
        until(lambda: answer()["state"] == "running")  # it came through
        self.assertFalse(commands.stopped)
        self.assertEqual(len(self.state()["commands"]), 1)

    def test_a_folder_that_takes_no_files(self):
        commands = Commands(os.path.join(self.folder, "missing", "run.tvr"))
        self.assertIn("No such file", commands.problem)
        self.assertTrue(commands.at_step(1))
        commands.close()

    def test_learning_rates_of_groups_keep_their_proportion(self):
        weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
        optimizer = torch.optim.SGD([{"params": weights[:1]}, {"params": weights[1:], "lr": 0.01}], lr=0.1)
        rate = learning_rate_of(optimizer)
        self.assertEqual(rate.get(), 0.1)
        rate.set(0.2)
        self.assertEqual([group["lr"] for group in optimizer.param_groups], [0.2, 0.02])
        tensor = torch.optim.Adam(weights, lr=torch.tensor(0.5))
        learning_rate_of(tensor).set(0.25)
        self.assertEqual(tensor.param_groups[0]["lr"].item(), 0.25)
        self.assertIsNone(learning_rate_of(None))
        self.assertIsNone(learning_rate_of(object()))

    def test_steps_of_a_recorder_end_when_it_is_asked_to(self):
        model = nn.Linear(2, 2)
        with tensorview.Recorder(model, self.path, torch.optim.SGD(model.parameters(), lr=0.1)) as recorder:
            self.assertTrue(recorder.step(loss=1.0))
            recorder.commands.ask("learning_rate", 0.3)
            self.assertTrue(recorder.step(loss=1.0))
            self.assertEqual(recorder.commands._learning_rate.get(), 0.3)
            recorder.commands.ask("stop")
            self.assertFalse(recorder.step(loss=1.0))
        self.assertEqual(os.listdir(self.folder), ["run.tvr"])


class LivePushTest(unittest.TestCase):
    def test_addresses(self):
        self.assertEqual(parse_address("node7:22222"), ("node7", 22222))
        self.assertEqual(parse_address("[::1]:22222"), ("::1", 22222))
        for wrong in ("", "node7", "node7:", ":22222", "node7:0", "node7:65536", "node7:x", "node7:-1", None):
            with self.assertRaisesRegex(ValueError, "host:port"):
                parse_address(wrong)

    def test_what_cannot_be_pushed_is_told_and_harms_nothing(self):
        for address, python, reason in (
            ("nowhere", "/usr/bin/true", "host:port"),
            ("localhost:1", "/nowhere/pvpython", "No such file"),
            ("localhost:1", "/usr/bin/false", "has ended"),
        ):
            with mock.patch.dict(os.environ, TENSORVIEW_PARAVIEW_PYTHON=python):
                push = LivePush(address, [], None)
                until(lambda: push.problem)  # noqa: B023
                self.assertIn(reason, push.problem)
                push.snapshot(0, 0.0, [])
                push.metrics(["loss"], [1], [[0.5]])
                push.close()

    def test_no_paraview(self):
        with mock.patch.dict(os.environ, PATH="/nowhere"), mock.patch("importlib.util.find_spec", lambda _: None):
            os.environ.pop("TENSORVIEW_PARAVIEW_PYTHON", None)
            self.assertIsNone(paraview_python())
            self.assertIn("pvpython", LivePush("localhost:1", [], None).problem)


if __name__ == "__main__":
    unittest.main()
