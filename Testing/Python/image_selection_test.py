"""Rubber bands over flat images: they select filters, and leave selecting in other displays as it is."""
import math
import unittest

from paraview.simple import *

import hand_made_network as network

SHAPE = (16, 1, 5, 5)
CELLS = 4  # a side of the grid


def sine(f, _channel, row, column):
    return math.sin(f + row - 2.0 * column)


class ImageSelectionTest(unittest.TestCase):
    def setUp(self):
        self.source = network.source(network.collection([("conv1", "weight", SHAPE, network.tensor(SHAPE, sine))]))
        self.view = CreateView("RenderView")
        self.view.ViewSize = [400, 400]
        self.view.InteractionMode = "2D"
        self.view.CameraParallelProjection = 1
        self.view.CameraPosition = [CELLS / 2, CELLS / 2, 10.0]
        self.view.CameraFocalPoint = [CELLS / 2, CELLS / 2, 0.0]
        self.view.CameraParallelScale = CELLS / 2  # the grid fills the view
        self.grid = WeightGrid(Input=self.source)

    def tearDown(self):
        Delete(self.view)

    def band(self, left, bottom, right, top):
        """A rubber band in units of the grid: a filter is 1 x 1."""
        Render(self.view)
        pixels = [int(value / CELLS * 400) for value in (left, bottom, right, top)]
        SelectSurfaceCells(Rectangle=pixels, View=self.view)

    def touched(self, port):
        """Slots of the cells that are selected in a port of the grid."""
        selection = self.grid.GetSelectionInput(port)
        if selection is None:
            return set()
        extract = ExtractSelection(Input=OutputPort(self.grid, port), Selection=selection)
        data = network.fetch(extract)
        slots = data.GetCellData().GetArray("Slot")
        return {int(slots.GetValue(i)) for i in range(data.GetNumberOfCells())} if slots else set()

    def test_a_flat_image_is_shown_so_that_filters_can_be_selected(self):
        self.assertEqual(Show(OutputPort(self.grid, 1), self.view).Representation, "Filter Image")

    def test_a_band_inside_a_filter(self):
        Show(OutputPort(self.grid, 1), self.view)
        self.band(1.4, 2.4, 1.6, 2.6)
        self.assertEqual(self.touched(1), {9})

    def test_a_band_over_four_filters(self):
        Show(OutputPort(self.grid, 1), self.view)
        self.band(0.6, 0.6, 1.4, 1.4)
        self.assertEqual(self.touched(1), {0, 1, 4, 5})

    def test_a_band_beside_the_filters(self):
        Show(OutputPort(self.grid, 1), self.view)
        self.view.CameraParallelScale = 2 * CELLS
        self.band(0.0, 0.0, 0.2, 0.2)
        self.assertEqual(self.touched(1), set())

    def test_a_moved_picture(self):
        display = Show(OutputPort(self.grid, 1), self.view)
        display.Position = [1.0, 0.0, 0.0]
        self.band(1.4, 2.4, 1.6, 2.6)
        self.assertEqual(self.touched(1), {8})

    def test_a_picture_that_must_not_be_selected(self):
        display = Show(OutputPort(self.grid, 1), self.view)
        display.Pickable = 0
        self.band(1.4, 2.4, 1.6, 2.6)
        self.assertEqual(self.touched(1), set())

    def test_a_hidden_picture(self):
        display = Show(OutputPort(self.grid, 1), self.view)
        display.Visibility = 0
        self.band(1.4, 2.4, 1.6, 2.6)
        self.assertEqual(self.touched(1), set())

    def test_other_displays_in_the_same_view(self):
        Show(OutputPort(self.grid, 1), self.view)
        plane = Plane(Origin=[1.0, 2.0, 0.5], Point1=[2.0, 2.0, 0.5], Point2=[1.0, 3.0, 0.5])
        Show(plane, self.view)
        self.band(1.4, 2.4, 1.6, 2.6)
        self.assertIsNotNone(plane.GetSelectionInput(0))
        self.assertEqual(self.touched(1), set())


if __name__ == "__main__":
    unittest.main()
