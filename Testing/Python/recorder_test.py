"""A run that tensorview.Recorder wrote, in the C++ reader: every tensor of the last snapshot is what PyTorch had. Needs
$TENSORVIEW_PYTHON (with torch)."""
import os
import subprocess
import unittest

import numpy
from paraview import servermanager
from paraview.simple import *
from vtkmodules.util.numpy_support import vtk_to_numpy

from live_trainer import main

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WRITER = os.path.join(REPOSITORY, "Trainer", "Python", "tests", "write_run.py")
RUN, EXPECTED = os.path.abspath("recorded.tvr"), os.path.abspath("expected.npz")


def tensors_of(reader, step):
    """Values of every tensor in C order, by (layer, kind)."""
    reader.UpdatePipeline(step)
    collection = reader.GetClientSideObject().GetOutputDataObject(0)
    assembly = collection.GetDataAssembly()
    found = {}
    for number in range(collection.GetNumberOfPartitionedDataSets()):
        node = next(x for x in range(10000) if number in assembly.GetDataSetIndices(x, False))
        names = [assembly.GetAttributeOrDefault(x, "label", "") for x in (assembly.GetParent(node), node)]
        values = collection.GetPartition(number, 0)
        found[tuple(names)] = vtk_to_numpy(values.GetPointData().GetArray("value")) if values else None
    return found


class RecorderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run([os.environ["TENSORVIEW_PYTHON"], WRITER, RUN, "--steps", "40", "--expected", EXPECTED], check=True)

    def setUp(self):
        self.reader = OpenDataFile(RUN)

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def test_time_steps(self):
        self.reader.UpdatePipelineInformation()
        self.assertEqual(list(self.reader.TimestepValues), [0, 20, 40])

    def test_every_tensor(self):
        found = tensors_of(self.reader, 40)
        expected = numpy.load(EXPECTED)
        self.assertGreater(len(expected.files), 12)
        for name in expected.files:
            layer, kind = name.split("/")
            numpy.testing.assert_array_equal(found[layer, kind], expected[name].reshape(-1), name)
        for layer, size in (("conv1", 5 * 16 * 16), ("conv2", 6 * 8 * 8), ("fc", 3)):
            self.assertEqual(found[layer, "activation"].size, size)
        self.assertTrue((found["conv1", "activation"] >= 0).all())

    def test_metrics(self):
        self.reader.UpdatePipeline()
        table = servermanager.Fetch(self.reader, idx=1)
        columns = [table.GetColumnName(i) for i in range(table.GetNumberOfColumns())]
        self.assertEqual(columns[:5], ["Time", "epoch", "loss", "accuracy", "learning_rate"])
        self.assertIn("conv1/weight_norm", columns)
        accuracy = vtk_to_numpy(table.GetColumnByName("accuracy"))
        numpy.testing.assert_allclose(accuracy, numpy.arange(1, 41) / 100, rtol=1e-6)

    def test_views(self):
        for proxy, kind in ((WeightGrid, "weight"), (ImageGrid, "activation")):
            grid = proxy(Input=self.reader, Layer="conv1")
            self.assertEqual(grid.Kind, kind)
            grid.UpdatePipeline(40)
            self.assertGreater(grid.GetDataInformation(0).GetNumberOfPoints(), 0)
        path = Trajectory(Input=self.reader, Layer="conv2")
        path.UpdatePipeline(40)
        self.assertGreaterEqual(path.GetDataInformation(0).GetNumberOfPoints(), 40)


if __name__ == "__main__":
    main()
