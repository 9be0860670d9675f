"""The package as pip installs it without a network, and the examples with it."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from recorded import Run

PACKAGE = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = PACKAGE.parent.parent / "examples"


class InstalledPackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.site = os.path.join(cls.folder.name, "site")
        source = os.path.join(cls.folder.name, "source")  # pip leaves files beside what it builds
        shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
        if importlib.util.find_spec("wheel") is None:
            print("pip cannot install it here: the package wheel is missing (scripts/setup brings it)")
            cls.site = source
            return
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index",
             "--target", cls.site, source], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def run_example(self, name, *arguments):
        path = os.path.join(self.folder.name, name + ".tvr")
        environment = {**os.environ, "PYTHONPATH": self.site}
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / name), path, *arguments], env=environment, capture_output=True,
            text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("tensorview", done.stderr)
        return Run(path)

    def test_pytorch(self):
        run = self.run_example("record_pytorch.py", "120")
        self.assertEqual(run.layers, ["conv1", "conv2", "fc1", "fc2"])
        self.assertEqual(run.snapshots, [0, 100, 120])
        self.assertGreater(run.metric("accuracy")[-1], run.metric("accuracy")[0])

    def test_keras(self):
        if importlib.util.find_spec("keras") is None:
            self.skipTest("keras is not installed (scripts/requirements.txt names the version)")
        run = self.run_example("record_keras.py", "1")
        self.assertEqual(run.layers, ["conv1", "conv2", "fc"])
        self.assertEqual(len(run.file["evaluations/step"]), 1)


if __name__ == "__main__":
    unittest.main()
