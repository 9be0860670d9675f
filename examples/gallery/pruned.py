"""A layer that loses filters while it trains: its weights and what its filters answer before the first edit and at each edit, and
loss and accuracy with marks at the edits.

    scripts/with-display scripts/pvpython examples/gallery/pruned.py RUN.tvr OUT.png [LAYER [CORRELATION]]

LAYER: the first one if it is left out. CORRELATION: that filters of a group have at least.
"""
import sys

from paraview import servermanager
from paraview.simple import *

import pictures
import tensorview_scene


def moments(run):
    """Steps to show: the last recorded one before the first edit, and those of the edits."""
    OutputPort(run, 3).UpdatePipeline(run.TimestepValues[-1])
    edits = servermanager.Fetch(run, idx=3)
    steps = [edits.GetValueByName(row, "Time").ToDouble() for row in range(edits.GetNumberOfRows())
             if edits.GetValueByName(row, "mark").ToString()]
    return [max(step for step in run.TimestepValues if step < steps[0])] + sorted(set(steps))


def draw(run, layer="", correlation=0.95, size=(1680, 1150)):
    reader = pictures.open_run(run)
    steps = moments(reader)
    page = pictures.Page(2, len(steps), size, below=0.3)
    groupings = []
    for step in steps:
        GetAnimationScene().AnimationTime = step
        groupings.append(PCCGrouping(Input=reader, Layer=layer, Threshold=correlation))
        groupings[-1].UpdatePipeline(step)
    pictures.only_groups_that_are_there(groupings[0], steps)
    views = []
    for step, grouping in zip(steps, groupings):
        GetAnimationScene().AnimationTime = step
        grid = WeightGrid(Input=grouping, Layer=layer)
        grid.UpdatePipeline(step)
        view = pictures.blocks(page, f"weights, step {step:.0f}", grid)
        tensorview_scene.show_removed(OutputPort(grid, 4), view)
        GetDisplayProperties(grid, view).RescaleTransferFunctionToDataRange(bool(views), True)  # the same colours in all
        views.append(view)
    for step, grouping in zip(steps, groupings):
        GetAnimationScene().AnimationTime = step
        grid = DistributionGrid(Input=grouping, Layer=layer)
        grid.UpdatePipeline(step)
        view = pictures.curves(page, f"activations, step {step:.0f}", grid, "Group")
        tensorview_scene.show_removed(OutputPort(grid, 2), view)
        views.append(view)
    _show_course(pictures.metrics(page, "loss and accuracy", reader), reader, steps[0])
    for view, step in zip(views, 2 * steps):
        view.ViewTime = step
    for number, view in enumerate(views):
        if (number + 1) % len(steps):  # one bar a row is enough
            for bar in view.Representations:
                if bar.GetXMLName() == "ScalarBarWidgetRepresentation":
                    bar.Visibility = 0
    return page


def _show_course(chart, run, first):
    """Axes that hold what was after half of the steps before the first edit: a jolt would be seen."""
    OutputPort(run, 1).UpdatePipeline(run.TimestepValues[-1])
    table = servermanager.Fetch(run, idx=1)
    later = [row for row in range(table.GetNumberOfRows()) if table.GetValueByName(row, "Time").ToDouble() > first / 2]
    losses, accuracies = ([table.GetValueByName(row, name).ToDouble() for row in later] for name in ("loss", "accuracy"))
    chart.BottomAxisTitle = "step"
    chart.LeftAxisUseCustomRange = 1
    chart.LeftAxisRangeMinimum, chart.LeftAxisRangeMaximum = 0.0, 1.5 * max(losses)
    chart.RightAxisRangeMinimum, chart.RightAxisRangeMaximum = max(0.0, 3.0 * min(accuracies) - 2.0), 1.0


if __name__ == "__main__":
    draw(sys.argv[1], *sys.argv[3:4], *[float(text) for text in sys.argv[4:5]]).save(sys.argv[2])
    Disconnect()
