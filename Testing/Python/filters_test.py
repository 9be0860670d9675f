"""The filters as proxies: drop-downs, defaults, ports, colours, selection, messages."""
import math
import unittest

from paraview.simple import *

import hand_made_network as network

FILTERS = ("WeightGrid", "ImageGrid", "DistributionGrid", "Trajectory", "PCCGrouping")


def cells(data, name):
    array = data.GetCellData().GetArray(name)
    return [array.GetTuple1(i) for i in range(array.GetNumberOfTuples())]


class FiltersTest(unittest.TestCase):
    def setUp(self):
        self.source = network.source(network.example())

    def test_layers_and_kinds_are_chosen_from_what_the_input_has(self):
        for name in FILTERS:
            proxy = globals()[name](Input=self.source)
            layers = proxy.GetProperty("Layer").GetAvailable()
            every = ["*"] if name.endswith("Grid") else []
            self.assertEqual(list(layers), ["conv1", "fc1"] + every, name)
            self.assertEqual(proxy.Layer, "conv1", name)
        grid = WeightGrid(Input=self.source)
        self.assertEqual(list(grid.GetProperty("Kind").GetAvailable()), ["weight", "activation"])
        grid.Layer = "fc1"
        self.assertEqual(list(grid.GetProperty("Kind").GetAvailable()), ["weight"])

    def test_kinds_are_those_that_belong_to_the_views(self):
        for name, kind in (("WeightGrid", "weight"), ("ImageGrid", "activation"), ("DistributionGrid", "activation"),
                           ("PCCGrouping", "activation")):
            self.assertEqual(globals()[name](Input=self.source).Kind, kind)

    def test_the_same_filter_has_the_same_cell_in_all_grids(self):
        middles = []
        for proxy in (WeightGrid(Input=self.source), ImageGrid(Input=self.source), DistributionGrid(Input=self.source)):
            data = network.fetch(proxy)
            slots = cells(data, "Slot")
            ids = [i for i, slot in enumerate(slots) if slot == 6]
            bounds = [data.GetCell(i).GetBounds() for i in ids]
            middles.append([(min(b[2 * a] for b in bounds) + max(b[2 * a + 1] for b in bounds)) / 2 for a in (0, 1)])
        for middle in middles:  # eight filters: four columns
            self.assertAlmostEqual(middle[0], 2.5, places=4)
            self.assertAlmostEqual(middle[1], 1.5, places=4)

    def test_groups_reach_the_grids(self):
        grouping = PCCGrouping(Input=self.source)
        table = network.fetch(grouping, 2)
        rows = {table.GetValueByName(i, "Slot").ToInt(): i for i in range(table.GetNumberOfRows())}
        self.assertEqual(sorted(rows), [0, 1, 2, 3, 4, 6, 7])
        self.assertEqual(table.GetValueByName(rows[6], "Survivor").ToInt(), 1)
        self.assertEqual(table.GetValueByName(rows[0], "Group").ToInt(), -1)
        grouping.UpdatePropertyInformation()
        self.assertIn("slots 3", grouping.GetProperty("Note").GetElement(0))
        for proxy in (WeightGrid(Input=grouping), ImageGrid(Input=grouping), DistributionGrid(Input=grouping)):
            data = network.fetch(proxy)
            groups = {slot: group for slot, group in zip(cells(data, "Slot"), cells(data, "Group"))}
            self.assertEqual(groups[1], groups[6])
            self.assertGreaterEqual(groups[1], 0)
            self.assertEqual(groups[0], -1)

    def test_groups_are_listed_with_their_members(self):
        grouping = PCCGrouping(Input=self.source, Linkage="Complete", MatrixOrder="By Group")
        groups = network.fetch(grouping, 3)
        self.assertEqual(groups.GetNumberOfRows(), 1)
        self.assertEqual(groups.GetValueByName(0, "Members").ToString(), "1 6")
        self.assertTrue(math.isnan(groups.GetValueByName(0, "PredictedError").ToDouble()))
        grouping.UpdatePropertyInformation()
        self.assertIn("no Gram matrix", grouping.GetProperty("Note").GetElement(0))
        first = 1 << 24
        self.assertEqual(list(grouping.GetProperty("GroupMembers")), [f"{first + 1} {first + 6}"])
        smallest, mean, error = grouping.GetProperty("GroupFacts").GetElement(0).split()
        self.assertAlmostEqual(float(smallest), groups.GetValueByName(0, "SmallestCoefficient").ToDouble(), 5)
        self.assertAlmostEqual(float(mean), groups.GetValueByName(0, "MeanCoefficient").ToDouble(), 5)
        self.assertEqual(error, "nan")
        self.assertEqual(cells(network.fetch(grouping, 1), "Slot")[::8], [1, 6, 0, 2, 3, 4, 7, 5])

    def test_first_colours(self):
        view = CreateView("RenderView")
        grid = WeightGrid(Input=self.source)
        display = Show(grid, view)
        Render(view)
        self.assertEqual(list(display.ColorArrayName), ["CELLS", "weight"])
        weight = GetColorTransferFunction("weight")
        self.assertAlmostEqual(weight.RGBPoints[0], -weight.RGBPoints[-4])
        self.assertEqual(weight.UseBelowRangeColor, 1)
        images = ImageGrid(Input=self.source)
        display = Show(images, view)
        self.assertEqual(display.Representation, "Filter Image")
        self.assertEqual(list(display.ColorArrayName), ["CELLS", "activation"])
        self.assertEqual(GetColorTransferFunction("activation").RGBPoints[0], 0.0)
        plain = Show(DistributionGrid(Input=self.source), view)
        self.assertNotEqual(list(plain.ColorArrayName), ["CELLS", "Slot"])
        grouped = Show(DistributionGrid(Input=PCCGrouping(Input=self.source)), view)
        self.assertEqual(list(grouped.ColorArrayName), ["CELLS", "Group"])
        self.assertEqual(GetColorTransferFunction("Group").InterpretValuesAsCategories, 1)

    def test_global_ids_select_a_filter_in_blocks_and_image(self):
        grid = WeightGrid(Input=self.source)
        ids = [(1 << 24) + 6]
        blocks = ExtractSelection(Input=OutputPort(grid, 0),
                                  Selection=GlobalIDSelectionSource(FieldType="CELL", GlobalIDs=ids))
        blocks.UpdatePipeline()
        self.assertEqual(blocks.GetDataInformation().GetNumberOfCells(), 6 * 18)
        image = ExtractSelection(Input=OutputPort(grid, 1),
                                 Selection=GlobalIDSelectionSource(FieldType="CELL", GlobalIDs=ids))
        image.UpdatePipeline()
        self.assertEqual(image.GetDataInformation().GetNumberOfCells(), 18)

    def test_coordinates_are_a_list(self):
        path = Trajectory(Input=self.source)
        self.assertEqual(list(path.Coordinates), list(range(9)))
        path.Coordinates = [0, 1, 2]
        self.assertEqual(network.fetch(path).GetNumberOfPoints(), 1)  # no history: the step that is there
        path.UpdatePropertyInformation()
        self.assertIn("no history", path.GetProperty("Note").GetElement(0))

    def test_every_property_is_documented(self):
        for name in FILTERS:
            proxy = globals()[name](Input=self.source)
            iterator = proxy.SMProxy.NewPropertyIterator()
            iterator.Begin()
            while not iterator.IsAtEnd():
                documentation = iterator.GetProperty().GetDocumentation()
                self.assertTrue(documentation and documentation.GetDescription(), f"{name}.{iterator.GetKey()}")
                iterator.Next()

    def test_what_is_removed_is_not_a_number(self):
        image = network.fetch(WeightGrid(Input=self.source), 1)
        values = cells(image, "weight")
        removed = [v for v, slot in zip(values, cells(image, "Slot")) if slot == 5]
        self.assertEqual(len(removed), 2 * 9)
        self.assertFalse(any(math.isfinite(v) for v in removed))


def tearDownModule():
    for view in GetViews():  # else the windows outlive their display
        Delete(view)


if __name__ == "__main__":
    unittest.main()
