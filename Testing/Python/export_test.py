"""What is seen, saved by ParaView's own writers: every output of every filter, in every format that docs/user-guide.md names, is
read back as it was. No setting is made: the defaults are right."""
import os
import unittest

import numpy
from paraview import servermanager
from paraview.simple import *
from vtkmodules.util.numpy_support import vtk_to_numpy

from live_trainer import main

FORMATS = {"vtkPolyData": ("vtp", "csv", "vtk"), "vtkImageData": ("vti", "csv", "vtk"), "vtkTable": ("csv", "vtt"),
           "vtkPartitionedDataSetCollection": ("vtpc", "csv")}


def write_network():
    random = numpy.random.default_rng(3)
    maps = random.random((8, 6, 6)).astype("f4")
    maps[5] = maps[2] * 3 + 1
    for step in (1, 2, 3):
        weights = random.standard_normal((8, 2, 3, 3)).astype("f4")
        weights[1, 0, 0, 0] = numpy.nan
        numpy.savez(f"export-{step}.npz", conv1_weight=weights, conv1_activation=maps + step)
    return [os.path.abspath(f"export-{step}.npz") for step in (1, 2, 3)]


def class_of(source, port):
    information = source.GetDataInformation(port).DataInformation
    return information.GetCompositeDataClassName() or information.GetDataClassName()


def arrays_of(source, port=0):
    """{(where, name): values} of all numbers of an output."""
    if class_of(source, port) == "vtkPartitionedDataSetCollection":
        merged = MergeBlocks(Input=OutputPort(source, port), MergePoints=0)
        arrays = arrays_of(merged)
        Delete(merged)
        return arrays
    data = servermanager.Fetch(source, idx=port)
    table = data.IsA("vtkTable")
    parts = {"row": data.GetRowData()} if table else {"point": data.GetPointData(), "cell": data.GetCellData()}
    arrays = {} if table or not data.IsA("vtkPolyData") or data.GetNumberOfPoints() == 0 else {
        ("point", "place"): vtk_to_numpy(data.GetPoints().GetData())}
    for where, attributes in parts.items():
        for index in range(attributes.GetNumberOfArrays()):
            array = attributes.GetArray(index)
            if array is not None and array.GetNumberOfTuples() > 0:  # no text; -1 in an empty image that was read
                arrays[where, array.GetName()] = vtk_to_numpy(array).copy()
    return arrays


class ExportTest(unittest.TestCase):
    def check(self, source, port, extension):
        path = os.path.abspath(f"{source.GetXMLName()}{port}.{extension}")
        expected = arrays_of(source, port)
        SaveData(path, proxy=OutputPort(source, port))
        again = OpenDataFile(path)
        again.UpdatePipeline()
        found = arrays_of(again)
        if extension == "csv":
            self.check_table(expected, found)
        else:
            self.assertEqual(set(found), set(expected))
            for name, values in expected.items():
                numpy.testing.assert_array_equal(found[name], values, err_msg=str(name))
        Delete(again)

    def check_table(self, expected, found):
        """A table holds the points, or the cells where these have the arrays, with a column for every component."""
        compared = 0
        for (where, name), values in expected.items():
            column = found.get(("row", name))
            if column is not None and values.ndim == 1 and len(column) == len(values):
                digits = 0 if values.dtype == numpy.float32 else 1e-8  # nine digits
                numpy.testing.assert_allclose(column.astype(values.dtype), values, rtol=digits, err_msg=str(name))
                compared += 1
        self.assertTrue(compared or not expected, f"{sorted(found)} for {sorted(expected)}")

    def check_all(self, source):
        source.UpdatePipeline()
        for port in range(source.SMProxy.GetNumberOfOutputPorts()):
            for extension in FORMATS[class_of(source, port)]:
                with self.subTest(f"{source.GetXMLName()} {port} {extension}"):
                    self.check(source, port, extension)

    def test_every_output_is_read_back(self):
        series = OpenDataFile(write_network())
        grouping = PCCGrouping(Input=series, Threshold=0.9)
        for source in (series, grouping, WeightGrid(Input=series, Focus="1 2", MaximumPixels=20), ImageGrid(Input=series),
                       DistributionGrid(Input=series), Trajectory(Input=series),
                       WeightGrid(Input=OutputPort(grouping, 0))):
            self.check_all(source)

    def test_extracts_have_the_same_defaults(self):
        grid = WeightGrid(Input=OpenDataFile(write_network()[0]))
        self.assertEqual(CreateExtractor("VTP", grid).Writer.DataMode, "Binary")
        self.assertEqual(CreateExtractor("VTI", OutputPort(grid, 1)).Writer.DataMode, "Binary")
        self.assertEqual(CreateExtractor("VTPC", grid.Input).Writer.DataMode, "Binary")
        self.assertEqual(CreateExtractor("CSV", grid).Writer.Precision, 9)


if __name__ == "__main__":
    main()
