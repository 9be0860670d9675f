"""What nobody should give a Trainer, a run reader or a filter: each is told once, in words that say what, where and what to do,
and the session goes on. Runs on the builtin server and on a pvserver."""
import os
import re
import sys
import unittest

from paraview.simple import *

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(ROOT, "Testing", "Scripts"))
import bad_files
from live_trainer import advance, eventually, information, main

SIGNS_OF_A_CRASH = re.compile(r"Traceback|terminate called|what\(\):|exception|returned failure|[Bb]acktrace")
FILES = ("DataDirectory", "LoadModel", "RecordFile", "Resume")


class Said:
    """What VTK and the engine print: the standard error, which goes to a file meanwhile."""

    def __init__(self, path):
        sys.stderr = os.fdopen(os.dup(2), "w")
        self.path = path
        self.position = 0
        with open(path, "w") as file:
            os.dup2(file.fileno(), 2)

    def now(self):
        """What has been said since the last call, and how many messages that were."""
        with open(self.path, errors="replace") as file:
            file.seek(self.position)
            text = file.read()
            self.position = file.tell()
        return text, len(re.findall(r"\b(?:ERR|WARN)\|", text))


def points(proxy, port=0):
    return proxy.GetDataInformation(port).DataInformation.GetNumberOfPoints()


def absolute(settings):
    """The server's folder is another one."""
    def value(name, given):
        file = name in FILES or name == "Network" and given.endswith(".json")
        return os.path.abspath(given) if file and given else given
    return {name: value(name, given) for name, given in settings.items()}


def apply(trainer, settings):
    for name, value in absolute(settings).items():
        setattr(trainer, name, value)


def good_trainer(**settings):
    return Trainer(**absolute({**bad_files.GOOD, **settings}))


class BadInputTest(unittest.TestCase):
    said = None

    @classmethod
    def setUpClass(cls):
        bad_files.write()
        trainer = good_trainer(RecordFile="good.tvr", SnapshotInterval=5)
        advance(trainer, 10)
        trainer.InvokeCommand("Stop")
        assert eventually(lambda: information(trainer, "State") == "finished")
        Delete(trainer)
        cls.has_wrong_version = bad_files.damage_run("good.tvr")

    @classmethod
    def tearDownClass(cls):
        with open("said.txt", errors="replace") as file:
            print(file.read())

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def check_told(self, parts, messages=1):
        text, count = self.said.now()
        for part in parts:
            self.assertIn(part, text)
        self.assertEqual(count, messages, text)
        self.assertNotRegex(text, SIGNS_OF_A_CRASH)

    def check_quiet(self):
        self.check_told([], messages=0)

    def test_settings_that_cannot_be_trained_with(self):
        cases = list(bad_files.REFUSED)
        probe = good_trainer()
        probe.UpdatePipeline()
        if information(probe, "DeviceInUse") == "cpu":
            cases.append(bad_files.NO_CUDA)
        else:
            print("there is a CUDA device: its absence is not tried")
        Delete(probe)
        for settings, parts in cases:
            with self.subTest(settings=settings):
                self.said.now()
                trainer = good_trainer(**settings)
                grid = WeightGrid(Input=OutputPort(trainer, 0))
                trainer.UpdatePipeline()
                grid.UpdatePipeline()
                self.assertEqual(information(trainer, "State"), "failed")
                for part in parts:
                    self.assertIn(part, str(information(trainer, "Message")))
                self.assertEqual(points(grid), 0)
                self.check_told(parts)
                trainer.RefreshToken = 1
                grid.UpdatePipeline()
                self.check_quiet()

                apply(trainer, {"TrackedWeights": "", "LoadModel": "", "Classes": 0, "Device": "cpu", "LearningRate": 0.01,
                                **bad_files.GOOD})
                advance(trainer, 2)
                grid.UpdatePipeline()
                self.assertEqual(information(trainer, "Step"), 2)
                self.assertGreater(points(grid), 0)
                self.check_quiet()
                Delete(grid)
                Delete(trainer)

    def check_refused_start(self, trainer, parts):
        self.said.now()
        trainer.InvokeCommand("Start")
        self.assertEqual(information(trainer, "CommandState"), "failed")
        for part in parts:
            self.assertIn(part, information(trainer, "CommandReason"))
        self.check_told(parts)

    def test_record_files_that_cannot_be_written(self):
        trainer = good_trainer()
        trainer.UpdatePipeline()
        for name, parts in bad_files.UNWRITABLE:
            with self.subTest(name=name):
                apply(trainer, {"RecordFile": name})
                self.check_refused_start(trainer, parts)
        apply(trainer, {"RecordFile": "writable.tvr"})
        advance(trainer, 2)
        self.assertTrue(os.path.isfile("writable.tvr"))
        self.check_quiet()

    def test_a_learning_rate_that_is_refused_while_it_trains(self):
        trainer = good_trainer(Epochs=1000000)
        trainer.InvokeCommand("Start")
        for rate in (0.0, -1.0, float("nan")):
            with self.subTest(rate=rate):
                self.said.now()
                trainer.LearningRate = rate
                self.assertTrue(eventually(lambda: "LearningRate is" in information(trainer, "Warning")))
                trainer.RefreshToken += 1
                trainer.UpdatePipeline()
                self.check_told(["LearningRate is", "above 0", "the values before it stay in force"])
                trainer.LearningRate = 0.01
                self.assertTrue(eventually(lambda: not information(trainer, "Warning")))
        self.assertEqual(information(trainer, "State"), "running")

    def test_two_trainers_that_record_to_one_file(self):
        first = good_trainer(RecordFile="shared.tvr", Epochs=1000000)
        first.InvokeCommand("Start")
        second = good_trainer(RecordFile="shared.tvr", Overwrite=1)
        second.UpdatePipeline()
        self.check_refused_start(second, ["another training is recording to", "shared.tvr", "choose another name"])
        self.assertEqual(information(first, "State"), "running")
        apply(second, {"RecordFile": "own.tvr"})
        advance(second, 2)
        first.InvokeCommand("Stop")
        self.assertTrue(eventually(lambda: information(first, "State") == "finished"))
        for name in ("shared.tvr", "own.tvr"):
            reader = OpenDataFile(os.path.abspath(name))
            reader.UpdatePipeline()
            self.assertGreater(points(reader), 0)
        self.check_quiet()

    def unreadable(self):
        if not self.has_wrong_version:
            print("there is no h5py: a run of another format version is not tried")
        return [case for case in bad_files.UNREADABLE if self.has_wrong_version or case[0] != "wrong-version.tvr"]

    def test_runs_that_cannot_be_read(self):
        for name, parts in self.unreadable():
            with self.subTest(name=name):
                self.said.now()
                reader = TensorRunReader(FileName=os.path.abspath(name))
                grid = WeightGrid(Input=OutputPort(reader, 0))
                grid.UpdatePipeline()
                reader.UpdatePipeline()
                self.check_told(parts)
                self.assertEqual(points(grid), 0)
                reader.FileName = os.path.abspath("good.tvr")
                grid.UpdatePipeline()
                self.assertGreater(points(grid), 0)
                self.assertEqual(list(reader.TimestepValues), [0, 5, 10])
                self.check_quiet()

    def test_damaged_runs_are_opened_and_say_what_is_wrong(self):
        for name, parts in self.unreadable():
            if os.path.exists(name):
                with self.subTest(name=name):
                    self.said.now()
                    reader = OpenDataFile(os.path.abspath(name))
                    reader.UpdatePipeline()
                    self.check_told(parts)

    def test_runs_that_cannot_be_resumed(self):
        trainer = good_trainer()
        for name, parts in self.unreadable():
            with self.subTest(name=name):
                apply(trainer, {"Resume": name})
                trainer.UpdatePipeline()
                self.check_refused_start(trainer, parts)
        apply(trainer, {"Resume": ""})
        advance(trainer, 2)
        self.assertEqual(information(trainer, "Step"), 2)

    def filters(self, source, **settings):
        for create in (WeightGrid, ImageGrid, DistributionGrid, Trajectory, PCCGrouping):
            self.said.now()
            yield create(Input=source, **settings)

    def test_filters_behind_what_is_no_network(self):
        run = OpenDataFile(os.path.abspath("good.tvr"))
        sphere = Sphere()
        blocks = GroupDatasets(Input=[sphere, Cone()])
        empty = ProgrammableSource(OutputDataSetType="vtkPartitionedDataSetCollection")
        for source, what in ((sphere, "vtkPolyData"), (Wavelet(), "vtkImageData"), (blocks, "vtkMultiBlockDataSet"),
                             (empty, "empty collection")):
            for tested in self.filters(source):
                with self.subTest(source=what, tested=tested.GetXMLName()):
                    for _ in range(2):
                        tested.UpdatePipeline()
                    self.check_told([what, "connect the first port of a Trainer"])
                    self.assertEqual(points(tested), 0)
                    tested.Input = run
                    tested.UpdatePipeline()
                    self.assertGreater(points(tested), 0)
                    self.check_quiet()

    def test_layers_and_kinds_that_there_are_not(self):
        run = OpenDataFile(os.path.abspath("good.tvr"))
        for tested in self.filters(run, Layer="nowhere"):
            with self.subTest(tested=tested.GetXMLName()):
                tested.UpdatePipeline()
                self.check_told(["no layer 'nowhere'", "conv1, conv2, fc1, fc2"])
                tested.Layer = "conv2"
                tested.UpdatePipeline()
                self.assertGreater(points(tested), 0)
                self.check_quiet()
        grid = WeightGrid(Input=run, Kind="nothing")
        grid.UpdatePipeline()
        self.check_told(["layer 'conv1' has no 'nothing'", "it has weight, bias"])


if __name__ == "__main__":
    BadInputTest.said = Said("said.txt")
    main()
