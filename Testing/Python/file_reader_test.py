"""Files of other programs in scripts: every format, series, all views, laziness, state, bad files. Runs on the builtin server,
and on one of two ranks."""
import json
import os
import struct
import subprocess
import unittest

import numpy
from paraview import servermanager, smstate
from paraview.simple import *
from vtkmodules.util.numpy_support import vtk_to_numpy

import tensorview_scene
from live_trainer import information, main

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = numpy.arange(8 * 2 * 3 * 4, dtype="float32").reshape(8, 2, 3, 4)


def block_of(reader, layer, kind):
    return ExtractBlock(Input=OutputPort(reader, 0), Assembly="Assembly", Selectors=[f"/model/{layer}/{kind}"])


def layers_of(reader):
    return [layer for layer in WeightGrid(Input=reader).GetProperty("Layer").GetAvailable() if layer != "*"]


def read_so_far(reader):
    return int(information(reader, "TensorsRead"))


def cells(grid, port=0):
    grid.UpdatePipeline()
    return grid.GetDataInformation(port).DataInformation.GetNumberOfCells()


def write_large(path, megabytes, count):
    """A .safetensors file of `count` tensors, most of which takes no room on the disk. The first tensor is FIRST."""
    each = megabytes * 2**20 // count // 4
    header, offset = {}, FIRST.nbytes
    header["layer0.weight"] = {"dtype": "F32", "shape": list(FIRST.shape), "data_offsets": [0, FIRST.nbytes]}
    for number in range(1, count):
        header[f"layer{number}.weight"] = {"dtype": "F32", "shape": [each // 1000, 1000],
                                           "data_offsets": [offset, offset + each // 1000 * 4000]}
        offset += each // 1000 * 4000
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + FIRST.tobytes())
        file.truncate(8 + len(text) + offset)


class FileReaderTest(unittest.TestCase):
    def tearDown(self):
        ResetSession()

    def expect_values(self, reader, layer, kind, values):
        """A tensor's values as they lie; of several ranks, their number and range (TensorFileReaderTest has the values)."""
        reader.UpdatePipeline(0.0)
        block = block_of(reader, layer, kind)
        block.UpdatePipeline()
        found = block.GetDataInformation(0).DataInformation
        self.assertEqual(found.GetNumberOfPoints(), values.size)
        self.assertEqual(found.GetPointDataInformation().GetArrayInformation("value").GetComponentRange(0),
                         (values.min(), values.max()))
        if "TENSORVIEW_TEST_SERVER" not in os.environ:
            merged = MergeBlocks(Input=block, MergePoints=0)
            array = servermanager.Fetch(merged).GetPointData().GetArray("value")
            numpy.testing.assert_array_equal(vtk_to_numpy(array), values.ravel())
            Delete(merged)
        Delete(block)

    def expect_first(self, reader, layer="conv1"):
        self.expect_values(reader, layer, "weight", FIRST)

    def test_files_of_the_libraries(self):
        python = os.environ.get("TENSORVIEW_PYTHON")
        if not python:
            self.skipTest("TENSORVIEW_PYTHON names no Python with torch, safetensors, keras and onnx")
        os.makedirs("networks", exist_ok=True)
        subprocess.run([python, "-W", "ignore", os.path.join(HERE, "write_networks.py"), "networks"], check=True)
        files = sorted(os.listdir("networks"))
        print("files of the libraries:", *files)
        self.assertIn("torch.pt", files)
        for name in files:
            with self.subTest(name):
                reader = OpenDataFile(os.path.abspath(f"networks/{name}"))
                self.assertEqual(reader.GetXMLName(), "TensorFileReader")
                self.expect_first(reader)
                self.assertEqual(layers_of(reader)[0], "conv1")
                self.expect_values(reader, "conv1", "bias", numpy.arange(8))
                self.assertEqual(cells(WeightGrid(Input=reader)), FIRST.size * 6)

    def test_network_order(self):
        numpy.savez("order.npz", **{f"conv{i}_weight": FIRST for i in (1, 10, 2)})
        reader = TensorFileReader(FileName=os.path.abspath("order.npz"))
        self.assertEqual(layers_of(reader), ["conv1", "conv2", "conv10"])
        reader.LayerOrder = "File"
        self.assertEqual(layers_of(reader), ["conv1", "conv10", "conv2"])

    def test_layout_and_windows(self):
        numpy.savez("layout.npz", conv_weight=FIRST.transpose(2, 3, 1, 0), fc_weight=numpy.arange(72, dtype="f4").reshape(3, 24))
        reader = TensorFileReader(FileName=os.path.abspath("layout.npz"), Layout="Keras (HWIO)")
        self.expect_first(reader, "conv")
        reader.Layout = "PyTorch (OIHW)"
        reader.WindowShape = [2, 3]
        self.expect_values(reader, "fc", "weight", numpy.arange(72))
        self.assertIn("windows of 2 x 3", information(reader, "Note"))

    def test_a_series_is_time(self):
        paths = []
        for step in (5, 10, 100):
            paths.append(os.path.abspath(f"series-{step}.npz"))
            numpy.savez(paths[-1], conv1_weight=FIRST + step)
        reader = OpenDataFile(paths[::-1])
        self.assertEqual(list(reader.TimestepValues), [5, 10, 100])
        grid = WeightGrid(Input=reader)
        for time, step in ((5, 5), (50, 10), (100, 100)):
            grid.UpdatePipeline(time)
            top = grid.GetDataInformation(0).DataInformation.GetCellDataInformation().GetArrayInformation("weight")
            self.assertEqual(top.GetComponentRange(0)[1], FIRST.max() + step)
        path = Trajectory(Input=reader, Coordinates=[0, 1, 2])
        path.UpdatePipeline()
        self.assertEqual(path.GetDataInformation().DataInformation.GetNumberOfPoints(), 3)
        path.Projection = "Principal Components"
        path.UpdatePipeline()
        self.assertEqual(path.GetDataInformation().DataInformation.GetNumberOfPoints(), 3)
        grid.AccumulateSnapshots = 2
        grid.UpdatePipeline(100)
        scene = tensorview_scene.build(reader, size=(400, 300))
        self.assertEqual(list(scene.views), ["weights", "trajectories"])

    def test_every_view(self):
        random = numpy.random.default_rng(2)
        maps = random.random((8, 6, 6)).astype("f4")
        maps[5] = maps[2] * 3 + 1
        numpy.savez("views.npz", conv1_weight=FIRST, conv1_activation=maps)
        reader = OpenDataFile(os.path.abspath("views.npz"))
        self.assertEqual(cells(WeightGrid(Input=reader)), FIRST.size * 6)
        self.assertGreaterEqual(cells(ImageGrid(Input=reader)), maps.size)
        self.assertEqual(cells(DistributionGrid(Input=reader)), 8)
        self.assertEqual(cells(DistributionGrid(Input=reader, Kind="weight")), 8)
        grouping = PCCGrouping(Input=reader, Threshold=0.99)
        self.assertEqual(cells(WeightGrid(Input=OutputPort(grouping, 0))), FIRST.size * 6)
        groups = servermanager.Fetch(grouping, idx=3)
        self.assertEqual(groups.GetColumnByName("Members").GetValue(0), "2 5")
        scene = tensorview_scene.build(reader, size=(400, 300))
        self.assertEqual(list(scene.views), ["weights", "images"])

    def test_a_large_file_is_not_read_for_its_first_layer(self):
        write_large("large.safetensors", 500, 11)
        reader = OpenDataFile(os.path.abspath("large.safetensors"))
        self.assertEqual(len(layers_of(reader)), 11)
        self.assertEqual(read_so_far(reader), 0)
        reader.UpdatePipeline()  # as the window does on Apply
        self.assertEqual(read_so_far(reader), 0)
        grid = WeightGrid(Input=reader)
        self.assertEqual(cells(grid), FIRST.size * 6)
        tensorview_scene.build(reader, size=(400, 300))
        self.assertEqual(read_so_far(reader), 1)
        reader.TensorStatus = ["layer0/weight", "layer3/weight"]
        reader.UpdatePipeline()
        self.assertEqual(read_so_far(reader), 2)
        os.remove("large.safetensors")

    def test_contents(self):
        numpy.savez("contents.npz", a_weight=FIRST, nothing=numpy.zeros((0, 3)))
        table = servermanager.Fetch(OpenDataFile(os.path.abspath("contents.npz")), idx=1)
        rows = [[table.GetValue(row, column).ToString() for column in range(table.GetNumberOfColumns())]
                for row in range(table.GetNumberOfRows())]
        self.assertEqual(rows, [
            ["a_weight", "a", "weight", "8 x 2 x 3 x 4", "OIHW", "float32", "8 x 2 x 3 x 4", ""],
            ["nothing", "", "", "0 x 3", "", "float64", "", "has no elements"]])

    def test_state_restores_the_reader(self):
        paths = []
        for step in (1, 2):
            paths.append(os.path.abspath(f"state-{step}.npz"))
            numpy.savez(paths[-1], a_weight=FIRST, b_weight=FIRST)
        reader = OpenDataFile(paths)
        reader.LayerOrder = "Natural"
        reader.TensorStatus = ["b/weight"]
        WeightGrid(registrationName="Blocks", Input=reader, Layer="b")
        state = smstate.get_state()
        ResetSession()
        exec(state, {})
        restored = FindSource("Blocks")
        self.assertEqual(restored.Layer, "b")
        self.assertEqual(cells(restored), FIRST.size * 6)
        self.assertEqual(list(restored.Input.FileName), paths)
        self.assertEqual(list(restored.Input.TensorStatus), ["b/weight"])

    def test_reloading(self):
        numpy.savez("reload.npz", a_weight=FIRST)
        reader = OpenDataFile(os.path.abspath("reload.npz"))
        self.expect_first(reader, "a")
        numpy.savez("reload.npz", a_weight=FIRST + 1, b_weight=FIRST)
        ReloadFiles(reader)
        self.expect_first(reader, "b")

    def test_bad_files_leave_the_program_alive(self):
        numpy.savez("whole.npz", a_weight=FIRST)
        with open("whole.npz", "rb") as file:
            whole = file.read()
        for name, content in (("empty.pt", b""), ("text.safetensors", b"no tensors" * 100), ("cut.npz", whole[:300]),
                              ("text.onnx", b"\xff" * 50), ("text.keras", b"PK\x03\x04")):
            with open(name, "wb") as file:
                file.write(content)
            reader = OpenDataFile(os.path.abspath(name))
            self.assertEqual(reader.GetXMLName(), "TensorFileReader")
            reader.UpdatePipeline()
            self.assertEqual(reader.GetDataInformation(0).DataInformation.GetNumberOfPoints(), 0)
            reader.FileName = os.path.abspath("whole.npz")
            self.expect_first(reader, "a")
        self.assertRaises(RuntimeError, OpenDataFile, os.path.abspath("tpyo.npz"))
        reader = TensorFileReader(FileName=os.path.abspath("tpyo.npz"))
        reader.UpdatePipeline()
        self.assertEqual(layers_of(reader), [])


if __name__ == "__main__":
    main()
