"""A training that is killed at random moments, and one whose disk is full: what was flushed can be read.

TENSORVIEW_KILLS says how often it is killed, by default 3 times.
"""

import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import numpy as np
from recorded import Run, nn, torch

import tensorview
from tensorview.run_file import RunFile

WRITER = str(pathlib.Path(__file__).resolve().parent / "write_run.py")


class KilledRecorderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "run.tvr")

    def look_at(self, run):
        """All that the counters promise is there and right."""
        self.assertEqual(run.steps, list(range(1, len(run.steps) + 1)))
        self.assertEqual(run.snapshots, [20 * i for i in range(len(run.snapshots))])
        np.testing.assert_allclose(run.metric("accuracy"), [x % 100 / 100 for x in run.steps], rtol=1e-6)
        for step in run.snapshots:
            for layer, kind in run.kinds:
                values = run.tensor(layer, kind, step)
                self.assertTrue(values is None or np.isfinite(values).all(), f"{layer}/{kind} at {step}")

    def test_killed(self):
        chance = random.Random(5)
        for number in range(int(os.environ.get("TENSORVIEW_KILLS", "3"))):
            with subprocess.Popen([sys.executable, WRITER, self.path], stdout=subprocess.PIPE) as writer:
                self.assertEqual(writer.stdout.readline(), b"recording\n")
                time.sleep(chance.uniform(0.0, 1.0))
                writer.send_signal(signal.SIGKILL)
            with self.subTest(number=number):
                self.look_at(Run(self.path, whole=False))

    def test_killed_before_it_had_a_name(self):
        with open(self.path + ".new", "w", encoding="utf-8") as left:
            left.write("half a file")
        network = nn.Linear(3, 2)
        tensorview.Recorder(network, self.path).close()
        self.assertEqual(Run(self.path).snapshots, [0])

    def test_full_disk(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        for size in (20_000, 150_000, 300_000):
            path = os.path.join(self.folder, f"{size}.tvr")
            done = subprocess.run(
                [sys.executable, WRITER, path, "--steps", "150"], preexec_fn=limit, capture_output=True,
                text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn("File too large", done.stderr)
            if os.path.exists(path):
                self.look_at(Run(path, whole=False))

    def test_a_run_that_exists(self):
        network = nn.Linear(3, 2)
        tensorview.Recorder(network, self.path).close()
        with self.assertRaisesRegex(tensorview.RunFileError, "exists already"):
            tensorview.Recorder(network, self.path)
        first = tensorview.Recorder(network, self.path, overwrite=True)
        first.step(loss=1.0)
        with self.assertRaisesRegex(tensorview.RunFileError, "another training is recording"):
            tensorview.Recorder(network, self.path, overwrite=True)
        first.close()

    def test_going_on(self):
        network = nn.Linear(3, 2)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
        for begin, end in ((0, 5), (5, 8), (6, 9)):
            with tensorview.Recorder(
                network, self.path, optimizer=optimizer, resume=True, snapshot_interval=2,
                start_step=6 if begin == 6 else None,
            ) as recorder:
                for step in range(begin + 1, end + 1):
                    network(torch.randn(4, 3)).sum().backward()
                    recorder.step(loss=step)
        second = Run(os.path.join(self.folder, "run.0001.tvr"))
        self.assertEqual((second.layout["parent_segment"], second.layout["parent_step"]), ("run.tvr", 5))
        self.assertEqual((second.steps, second.snapshots), ([6, 7, 8], [5, 6, 8]))
        third = Run(os.path.join(self.folder, "run.0002.tvr"))
        self.assertEqual((third.layout["parent_segment"], third.layout["parent_step"]), ("run.0001.tvr", 6))
        with self.assertRaisesRegex(tensorview.RunFileError, "has no step 99"):
            tensorview.Recorder(network, self.path, resume=True, start_step=99)
        with open(self.path, "r+b") as file:
            file.truncate(100)
        os.unlink(third.file.filename)
        os.unlink(second.file.filename)
        with self.assertRaisesRegex(tensorview.RunFileError, "cannot be gone on from"):
            tensorview.Recorder(network, self.path, resume=True)

    def test_what_does_not_fit_is_counted(self):
        network = nn.Linear(300, 200)
        limits = tensorview.Limits(snapshots=1, small_snapshot_bytes=0, row_bytes=2000)
        recorder = tensorview.Recorder(
            network, self.path, snapshot_interval=1, activations=False, gradients=False, limits=limits)
        disk = threading.Event()  # that nothing gets through to before the training is over
        append = RunFile.append_snapshot

        def wait_and_append(*arguments):
            disk.wait()
            append(*arguments)

        with mock.patch.object(RunFile, "append_snapshot", wait_and_append), \
                self.assertLogs("tensorview", "WARNING") as told:
            for step in range(200):
                recorder.step(loss=step)
            disk.set()
            recorder.close()
        run = Run(self.path)
        self.assertIn("were left out", told.output[-1])
        event = run.events()[-1]
        self.assertEqual(event["event"], "dropped")
        self.assertEqual(len(run.steps) + event["rows"], 200)
        # The last state is recorded at close(), even if its step had no room.
        self.assertIn(len(run.snapshots) + event["snapshots"], (201, 202))

    def test_a_process_that_is_forked_off_leaves_the_file_alone(self):
        network = nn.Linear(3, 2)
        recorder = tensorview.Recorder(network, self.path)
        recorder.step(loss=1.0)
        child = os.fork()
        if child == 0:
            recorder.step(loss=5.0)
            recorder.close()
            os._exit(0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        recorder.step(loss=2.0)
        recorder.close()
        self.assertEqual(list(Run(self.path).metric("loss")), [1.0, 2.0])


if __name__ == "__main__":
    unittest.main()
