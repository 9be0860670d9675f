"""A recorded run in which filters were removed: every filter of the plugin shows it right before and after the edit, and
when the time goes to and fro. Needs $TENSORVIEW_PYTHON (with h5py), which writes the run."""
import math
import os
import subprocess
import sys
import unittest

from paraview import servermanager
from paraview.simple import *
from vtkmodules.vtkIOImage import vtkPNGReader

import tensorview_scene
from live_trainer import main

RUN = os.path.abspath("edited.tvr")
REMOVED = {2, 5}
BEFORE, AFTER = 10, 30
SCRUB = (BEFORE, AFTER, 20, BEFORE, 40, 0)


def removed_at(step):
    return REMOVED if step >= 20 else set()


def left_at(step):
    return set(range(6)) - removed_at(step)


def numbers(data, name):
    array = data.GetArray(name)
    return [array.GetTuple1(i) for i in range(array.GetNumberOfTuples())]


def colors_of(picture):
    reader = vtkPNGReader()
    reader.SetFileName(picture)
    reader.Update()
    return reader.GetOutput().GetPointData().GetScalars()


def pixels_of(picture, color):
    """How many pixels have a colour."""
    image = colors_of(picture)
    return sum(all(abs(image.GetComponent(i, c) - color[c]) < 3 for c in range(3)) for i in range(image.GetNumberOfTuples()))


class EditedRunTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "write_edited_run.py")
        subprocess.run([os.environ["TENSORVIEW_PYTHON"], script, RUN], check=True)

    def setUp(self):
        self.run_ = TensorRunReader(FileName=RUN)

    def tearDown(self):
        for source in list(GetSources().values()):
            Delete(source)

    def at(self, step, proxy, port=0):
        OutputPort(proxy, port).UpdatePipeline(step)
        return servermanager.Fetch(proxy, idx=port)

    def test_the_time_axis_leads_across_the_edit(self):
        self.run_.UpdatePipelineInformation()
        self.assertEqual(list(self.run_.TimestepValues), [0, 10, 20, 30, 40])

    def test_images_keep_every_filter_in_its_place(self):
        for proxy, port, kind in ((WeightGrid(Input=self.run_, Layer="conv1"), 1, "weight"),
                                  (ImageGrid(Input=self.run_, Layer="conv1"), 0, "activation")):
            places = None
            for step in SCRUB:
                cells = self.at(step, proxy, port).GetCellData()
                slots, values = numbers(cells, "Slot"), numbers(cells, kind)
                self.assertEqual(set(slots), set(range(-1, 6)))
                places = places or slots
                self.assertEqual(slots, places)
                empty = {slot for slot, value in zip(slots, values) if math.isnan(value)}
                self.assertEqual(empty, removed_at(step), (kind, step))

    def test_removed_channels_are_empty_in_the_next_layer(self):
        grid = WeightGrid(Input=self.run_, Layer="conv2")
        for step in SCRUB:
            values = numbers(self.at(step, grid, 1).GetCellData(), "weight")
            self.assertEqual(sum(math.isnan(value) for value in values), 4 * 9 * len(removed_at(step)))

    def test_blocks_and_curves_are_those_of_what_is_left(self):
        blocks, curves = WeightGrid(Input=self.run_, Layer="conv1"), DistributionGrid(Input=self.run_, Layer="conv1")
        corners = {}
        for step in SCRUB:
            for proxy in (blocks, curves):
                data = self.at(step, proxy)
                slots = numbers(data.GetCellData(), "Slot")
                self.assertEqual(set(slots), left_at(step))
                for slot in left_at(step):
                    x = data.GetCell(slots.index(slot)).GetBounds()[:2]
                    self.assertEqual(corners.setdefault((proxy, slot), x), x)

    def test_removed_filters_have_an_empty_place(self):
        for proxy, port in ((WeightGrid(Input=self.run_, Layer="conv1"), 4), (ImageGrid(Input=self.run_, Layer="conv1"), 3),
                            (DistributionGrid(Input=self.run_, Layer="conv1"), 2)):
            for step in SCRUB:
                places = self.at(step, proxy, port)
                self.assertEqual(places.GetNumberOfCells(), len(removed_at(step)))
                if removed_at(step):
                    self.assertEqual(numbers(places.GetCellData(), "Slot"), [2, 5])
                    self.assertEqual(places.GetPointData().GetAbstractArray("Label").GetValue(0), "2 removed")
                    bounds = places.GetCell(0).GetBounds()  # slot 2 is in the third column of the first row
                    self.assertTrue(2 <= bounds[0] < bounds[1] <= 3 and 0 <= bounds[2] < bounds[3] <= 1, bounds)
            labels = self.at(AFTER, proxy, port - 1)
            self.assertEqual(set(numbers(labels.GetPointData(), "Slot")), left_at(AFTER) | {-1})

    def test_groups_are_those_of_what_is_left(self):
        grouping = PCCGrouping(Input=self.run_, Layer="conv1", Threshold=0.95)
        for step in SCRUB:
            table = self.at(step, grouping, 2)
            self.assertEqual(set(numbers(table.GetRowData(), "Slot")), left_at(step))
            groups = self.at(step, grouping, 3)
            self.assertEqual(groups.GetRowData().GetAbstractArray("Members").GetValue(0), "1 3")
            cells = self.at(step, grouping, 1).GetCellData()
            empty = {slot for slot, value in zip(numbers(cells, "Slot"), numbers(cells, "correlation"))
                     if not math.isnan(value)}
            self.assertEqual(empty, left_at(step))

    def test_snapshots_are_summed_up_to_the_edit(self):
        grouping = PCCGrouping(Input=self.run_, Layer="conv1", AccumulateSnapshots=0)
        self.at(40, grouping, 2)
        self.assertEqual(numbers(self.at(40, grouping, 2).GetFieldData(), "Snapshots"), [5])  # those left were always there
        grid = ImageGrid(Input=self.run_, Layer="conv1", AccumulateSnapshots=3)
        cells = self.at(40, grid, 0).GetCellData()
        empty = {slot for slot, value in zip(numbers(cells, "Slot"), numbers(cells, "activation")) if math.isnan(value)}
        self.assertEqual(empty, REMOVED)

    def test_a_trajectory_ends_where_its_weights_are_removed(self):
        path = Trajectory(Input=self.run_, Layer="conv1", Coordinates=[0, 1, 2, 18, 19, 20])
        data = self.at(AFTER, path)
        steps = {}
        for number in range(data.GetNumberOfCells()):
            cell = data.GetCell(number)
            curve = int(data.GetCellData().GetArray("Trajectory").GetTuple1(number))
            for point in range(cell.GetNumberOfPoints()):
                steps.setdefault(curve, set()).add(data.GetPointData().GetArray("Step").GetTuple1(cell.GetPointId(point)))
        self.assertEqual(max(steps[0]), 40)
        self.assertEqual(max(steps[1]), 20)
        for step, ends in ((BEFORE, [10, 10]), (AFTER, [30, 20]), (BEFORE, [10, 10])):
            self.assertEqual(numbers(self.at(step, path, 1).GetPointData(), "Step"), ends)

    def test_components_are_of_the_weights_that_stay(self):
        path = Trajectory(Input=self.run_, Layer="conv1", Projection="Principal Components")
        data = self.at(AFTER, path)
        self.assertEqual(data.GetNumberOfPoints(), 5)
        path.UpdatePropertyInformation()
        self.assertIn("not exist at every snapshot are left out: 18.", path.SMProxy.GetProperty("Note").GetElement(0))

    def test_focus_on_removed_filters_is_told(self):
        grid = WeightGrid(Input=self.run_, Layer="conv1", Focus="2 3")
        for step, told in ((BEFORE, False), (AFTER, True), (BEFORE, False)):
            self.at(step, grid)
            grid.UpdatePropertyInformation()
            self.assertEqual("no filters in the slots 2" in grid.SMProxy.GetProperty("Note").GetElement(0), told)

    def test_a_run_that_was_cut_off_is_shown_up_to_there(self):
        cut = TensorRunReader(FileName=os.path.join(os.path.dirname(RUN), "cut.tvr"))
        cut.UpdatePipelineInformation()
        self.assertEqual(list(cut.TimestepValues), [0, 10])
        path = Trajectory(Input=cut, Layer="conv1", Coordinates=[0, 1, 2])
        self.assertEqual(max(numbers(self.at(10, path).GetPointData(), "Step")), 15)
        for proxy in (WeightGrid(Input=cut), ImageGrid(Input=cut), DistributionGrid(Input=cut)):
            self.assertGreater(self.at(10, proxy).GetNumberOfCells(), 0)
        self.assertEqual(self.at(10, PCCGrouping(Input=cut, AccumulateSnapshots=0), 2).GetNumberOfRows(), 6)
        both = Trajectory(Input=[self.run_, cut], Layer="conv1", Projection="Principal Components")
        self.assertEqual(self.at(10, both).GetNumberOfCells(), 2)

    def test_edits_are_a_table(self):
        table = self.at(AFTER, self.run_, 3)
        self.assertEqual(table.GetNumberOfRows(), 1)
        self.assertEqual(table.GetValueByName(0, "mark").ToString(), "conv1 6 to 4")

    def test_edits_are_on_the_time_axis(self):
        self.run_.UpdatePipelineInformation()
        edits = EditSteps(Input=OutputPort(self.run_, 3))
        edits.UpdatePipelineInformation()
        self.assertEqual(list(edits.TimestepValues), [20])
        for step in SCRUB:
            self.assertEqual(self.at(step, edits).GetNumberOfRows(), 1)
        cut = EditSteps(Input=OutputPort(TensorRunReader(FileName=os.path.join(os.path.dirname(RUN), "cut.tvr")), 3))
        cut.UpdatePipelineInformation()
        self.assertFalse(list(cut.TimestepValues))

    def test_edits_are_marked_on_trajectories(self):
        path = Trajectory(Input=self.run_, Layer="conv1", Coordinates=[0, 1, 2, 18, 19, 20])
        for step in SCRUB:
            marks = self.at(step, path, 2)
            self.assertEqual(numbers(marks.GetPointData(), "Step"), [20, 20])
            labels = marks.GetPointData().GetAbstractArray("Label")
            self.assertEqual([labels.GetValue(i) for i in range(2)], ["conv1 6 to 4"] * 2)

    def test_edits_are_marked_in_charts(self):
        scene = tensorview_scene.build(self.run_)
        chart = scene.views["metrics"]
        marks = GetDisplayProperties(OutputPort(self.run_, 3), view=chart)
        self.assertEqual(list(GetTimeKeeper().TimestepValues), list(self.run_.TimestepValues))

        def picture(visible):
            marks.Visibility = visible
            scene.save_view("metrics", "chart.png", size=(600, 400))
            image = colors_of("chart.png")
            return [image.GetTuple(i) for i in range(image.GetNumberOfTuples())]

        for step in SCRUB:
            scene.show_step(step)
            shown, hidden = picture(1), picture(0)
            self.assertGreater(sum(a != b for a, b in zip(shown, hidden)), 200, step)
            self.assertEqual(picture(1), shown)
        Delete(marks)
        del marks
        scene.save_view("metrics", "chart.png", size=(600, 400))

    def test_the_scene_greys_them_out(self):
        scene = tensorview_scene.build(self.run_)
        grey = [round(255 * part) for part in tensorview_scene.REMOVED]

        def grey_pixels(step):
            scene.show_step(step)
            scene.save_view("images", "images.png", size=(400, 300))
            return pixels_of("images.png", grey)

        self.assertLess(grey_pixels(BEFORE), 100)
        self.assertGreater(grey_pixels(AFTER), 1000)
        self.assertLess(grey_pixels(BEFORE), 100)


if __name__ == "__main__":
    if "TENSORVIEW_PYTHON" not in os.environ:
        sys.exit("TENSORVIEW_PYTHON names no Python with h5py")
    main()
