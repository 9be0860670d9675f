"""Trajectories of a recorded run in scripts: principal components against numpy's singular values, markers that follow the time,
curves of filters, several runs. The runs are recorded by a Trainer first."""
import os
import unittest

import numpy
from paraview import servermanager
from paraview.simple import *
from vtkmodules.util.numpy_support import vtk_to_numpy

from live_trainer import advance, eventually, information, main

RUNS = [os.path.abspath("first.tvr"), os.path.abspath("second.tvr")]
LAYER = "conv1"


def record(path, steps):
    trainer = Trainer(RecordFile=path, Overwrite=1, SnapshotInterval=5)
    advance(trainer, steps)
    trainer.InvokeCommand("Stop")
    assert eventually(lambda: information(trainer, "State") == "finished")
    Delete(trainer)


def fetched(proxy, port=0, time=None):
    output = OutputPort(proxy, port)
    output.UpdatePipeline(*([] if time is None else [time]))
    return servermanager.Fetch(proxy, idx=port)


def points(data):
    return vtk_to_numpy(data.GetPoints().GetData()).astype(float)


def weights(path):
    """[snapshot][weight] of the layer, and the steps, as the reader has them."""
    reader = TensorRunReader(FileName=path)
    reader.UpdatePipelineInformation()
    grid = WeightGrid(Input=reader, Layer=LAYER, Gap=0.1)
    rows = []
    for step in reader.TimestepValues:
        image = fetched(grid, 1, step)
        values = vtk_to_numpy(image.GetCellData().GetArray("weight")).astype(float)
        rows.append(values[numpy.isfinite(values)])
    steps = list(reader.TimestepValues)
    Delete(grid)
    Delete(reader)
    return numpy.array(rows), steps


def components(vectors):
    """Scores along the first three components, beginning on their negative side, and their parts of the variance."""
    centred = vectors - vectors.mean(axis=0)
    left, singular, _ = numpy.linalg.svd(centred, full_matrices=False)
    scores = left[:, :3] * singular[:3]
    return scores * numpy.where(scores[0] > 0, -1, 1), (singular**2 / (singular**2).sum())[:3]


class TrajectoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        record(RUNS[0], 50)
        record(RUNS[1], 30)

    def setUp(self):
        self.reader = TensorRunReader(FileName=RUNS[0])

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def compare(self, found, vectors):
        expected, parts = components(vectors)
        self.assertEqual(found.shape, expected.shape)
        # Products are of single precision: components with less of the variance than this may turn.
        visible = parts > 1e-4
        self.assertTrue(visible[0])
        self.assertLess(numpy.abs(found - expected)[:, visible].max(), 1e-3 * numpy.abs(expected).max())

    def test_components_are_those_of_numpy(self):
        vectors, steps = weights(RUNS[0])
        path = Trajectory(Input=self.reader, Layer=LAYER, Projection="Principal Components")
        data = fetched(path)
        self.compare(points(data), vectors)
        explained = vtk_to_numpy(data.GetFieldData().GetArray("ExplainedVariance"))
        self.assertLess(numpy.abs(explained - components(vectors)[1]).max(), 1e-4)
        self.assertEqual(list(vtk_to_numpy(data.GetPointData().GetArray("Step"))), steps)
        path.UpdatePropertyInformation()
        note = path.GetProperty("Note").GetElement(0)
        self.assertIn(f"{vectors.shape[1]} weights of layer '{LAYER}'", note)

    def test_runs_share_axes(self):
        other = TensorRunReader(FileName=RUNS[1])
        path = Trajectory(Input=[self.reader, other], Layer=LAYER, Projection="Principal Components")
        data = fetched(path)
        vectors = numpy.concatenate([weights(RUNS[0])[0], weights(RUNS[1])[0]])
        self.compare(points(data), vectors)
        self.assertEqual(list(vtk_to_numpy(data.GetCellData().GetArray("Run"))), [0, 1])

    def test_the_marker_follows_the_time(self):
        path = Trajectory(Input=self.reader, Layer=LAYER, Projection="Principal Components")
        line = points(fetched(path))
        for index, step in ((0, 0), (4, 20), (4, 23), (10, 50)):
            marker = fetched(path, 1, step)
            self.assertEqual(marker.GetNumberOfVerts(), 1)
            self.assertEqual(list(points(marker)[0]), list(line[index]), step)
        self.assertEqual(len(points(fetched(path, 0))), len(line))

    def test_filters_have_curves(self):
        path = Trajectory(Input=self.reader, Layer=LAYER, Curves="Each Filter")
        data = fetched(path)
        slots = list(vtk_to_numpy(data.GetCellData().GetArray("Slot")))
        self.assertEqual(slots, list(range(len(slots))))
        self.assertEqual(data.GetNumberOfPoints(), 11 * len(slots))
        path.Slots = [1, 3]
        self.assertEqual(list(vtk_to_numpy(fetched(path).GetCellData().GetArray("Slot"))), [1, 3])
        path.Projection = "Principal Components"
        self.assertEqual(fetched(path).GetNumberOfLines(), 2)

    def test_runs_of_other_lengths_share_the_scene(self):
        path = Trajectory(Input=[self.reader, TensorRunReader(FileName=RUNS[1])], Layer=LAYER)
        data = fetched(path)
        self.assertEqual(list(vtk_to_numpy(data.GetCellData().GetArray("Run"))), [0, 0, 0, 1, 1, 1])
        path.Input = [self.reader]
        self.assertEqual(fetched(path).GetNumberOfLines(), 3)


main()
