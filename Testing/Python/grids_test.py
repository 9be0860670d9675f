"""The grids as proxies: level of detail, focus, all layers, labels, selection by global ids."""
import math
import unittest

from paraview.simple import *
from vtkmodules.vtkCommonDataModel import vtkDataObject

import hand_made_network as network
import tensorview_focus


def text(proxy, name):
    proxy.UpdatePropertyInformation()
    return proxy.SMProxy.GetProperty(name).GetElement(0)


def dense():
    """Layers of 64 filters of 9 x 4 x 4 and of 100 filters of 1 x 1 x 1."""
    first, second = (64, 9, 4, 4), (100, 1, 1, 1)
    return network.collection([
        ("fc1", "weight", first, network.tensor(first, lambda f, c, r, x: math.sin(f + 0.3 * c + r - x))),
        ("fc2", "weight", second, network.tensor(second, lambda f, c, r, x: math.cos(f))),
    ])


class GridsTest(unittest.TestCase):
    def setUp(self):
        self.source = network.source(dense())
        self.view = CreateView("RenderView")
        self.view.ViewSize = [400, 300]

    def tearDown(self):
        Delete(self.view)

    def test_the_note_says_what_is_drawn(self):
        grid = WeightGrid(Input=self.source, MaximumBlocks=1000, MaximumPixels=700)
        grid.Aggregate = "Mean"
        data = network.fetch(grid, 1)
        note = text(grid, "Note")
        self.assertIn("pixels of layer 'fc1' stand for a window", note)
        self.assertIn("mean", note)
        self.assertIn("pixels of layer 'fc1'", data.GetFieldData().GetAbstractArray("Note").GetValue(0).replace("\n", " "))

    def test_focus_on_view(self):
        grid = WeightGrid(Input=self.source, MaximumBlocks=600, MaximumPixels=600)
        Show(OutputPort(grid, 0), self.view)
        Show(OutputPort(grid, 2), self.view)
        self.view.CameraParallelProjection = 1
        self.view.CameraFocalPoint = [1.5, 2.5, 0.0]
        self.view.CameraPosition = [1.5, 2.5, 10.0]
        self.view.CameraViewUp = [0.0, 1.0, 0.0]
        self.view.CameraParallelScale = 0.3
        Render(self.view)
        self.assertEqual(tensorview_focus.slots_in_view(grid, self.view), "17")
        self.assertEqual(tensorview_focus.focus_on_view(grid, self.view), "17")
        blocks = network.fetch(grid, 0).GetCellData().GetArray("Slot")
        inside = [blocks.GetTuple1(i) for i in range(blocks.GetNumberOfTuples())].count(17)
        self.assertEqual(inside, 6 * 9 * 16)
        focus = network.fetch(grid, 2)
        self.assertEqual(focus.GetNumberOfCells(), 14 * 14)

    def test_the_focus_image_is_shown_though_it_comes_later(self):
        grid = WeightGrid(Input=self.source, MaximumPixels=600)
        display = Show(OutputPort(grid, 2), self.view)
        Render(self.view)
        grid.Focus = "0-1"
        Render(self.view)
        self.assertEqual(OutputPort(grid, 2).GetDataInformation().GetNumberOfCells(), 30 * 14)
        self.assertEqual(display.Representation, "Filter Image")

    def test_all_layers(self):
        grid = WeightGrid(Input=self.source, Layer="*")
        data = network.fetch(grid, 0)
        layers = data.GetCellData().GetArray("LayerId")
        self.assertEqual({layers.GetTuple1(i) for i in range(layers.GetNumberOfTuples())}, {1.0, 2.0})
        labels = network.fetch(grid, 3)
        names = labels.GetPointData().GetAbstractArray("Label")
        texts = [names.GetValue(i) for i in range(names.GetNumberOfValues())]
        self.assertIn("fc2", texts)
        self.assertIn("99", texts)

    def test_rubber_band_selects_filters_and_global_ids_select_them_elsewhere(self):
        blocks = WeightGrid(Input=self.source)
        curves = DistributionGrid(Input=self.source, Kind="weight")
        for proxy, port in ((blocks, 0), (blocks, 1), (blocks, 3), (curves, 0), (curves, 1)):
            OutputPort(proxy, port).UpdatePipeline()
            data = network.fetch(proxy, port)
            attributes = data.GetPointData() if port in (3,) or (proxy is curves and port == 1) else data.GetCellData()
            self.assertIsNotNone(attributes.GetGlobalIds(), f"{port}")
            self.assertEqual(attributes.GetGlobalIds().GetName(), "GlobalFilterIds")
        self.view.CameraParallelProjection = 1
        self.view.CameraFocalPoint = [1.5, 2.5, 0.0]
        self.view.CameraPosition = [1.5, 2.5, 10.0]
        self.view.CameraViewUp = [0.0, 1.0, 0.0]
        self.view.CameraParallelScale = 3.0
        Show(OutputPort(blocks, 0), self.view)
        Render(self.view)
        SelectSurfaceCells(Rectangle=[195, 145, 205, 155], View=self.view)
        self.assertGreater(blocks.GetSelectionOutput(0).GetDataInformation().GetNumberOfCells(), 0)
        ids = [(1 << 24) + 17]
        lines = ExtractSelection(Input=OutputPort(curves, 0),
                                 Selection=GlobalIDSelectionSource(FieldType="CELL", GlobalIDs=ids))
        lines.UpdatePipeline()
        self.assertEqual(lines.GetDataInformation().GetNumberOfCells(), 1)
        names = ExtractSelection(Input=OutputPort(curves, 1),
                                 Selection=GlobalIDSelectionSource(FieldType="POINT", GlobalIDs=ids))
        names.UpdatePipeline()
        self.assertEqual(names.GetDataInformation().GetNumberOfPoints(), 1)

    def test_find_data(self):
        blocks = WeightGrid(Input=self.source, MaximumBlocks=10000)
        Show(OutputPort(blocks, 0), self.view)
        Render(self.view)
        QuerySelect(QueryString="(GlobalFilterIds == 16777220)", FieldType="CELL", Source=blocks)
        Render(self.view)
        found = blocks.GetSelectionOutput(0)
        found.UpdatePipeline()
        self.assertEqual(found.GetDataInformation().GetNumberOfCells(), 6 * 9 * 16)
        ClearSelection(blocks)

    def test_a_focus_on_slots_that_are_not_there_is_told(self):
        grid = WeightGrid(Input=self.source, Focus="200 300-301")
        self.assertGreater(network.fetch(grid, 0).GetNumberOfCells(), 0)
        self.assertIn("200 300-301", text(grid, "Note"))


if __name__ == "__main__":
    unittest.main()
