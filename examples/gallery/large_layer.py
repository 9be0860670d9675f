"""A layer of any size from afar and from near: as a flat image and as blocks, coarse all over and exact where the eye is.

    scripts/with-display scripts/pvpython examples/gallery/large_layer.py RUN.tvr OUT.png [LAYER [FILTER]]

LAYER: VGG-16's first dense layer if it is left out. FILTER: slot of the filter to go up to.
"""
import sys

from paraview.simple import *

import pictures


def around(grid, filter_number, filters):
    """Bounds of the square that begins at a filter and is as wide as so many."""
    labels = OutputPort(grid, 3)
    labels.UpdatePipeline()
    names = servermanager.Fetch(grid, idx=3)
    slots = names.GetPointData().GetArray("Slot")
    index = next(i for i in range(slots.GetNumberOfTuples()) if slots.GetTuple1(i) == filter_number)
    x, y, _ = names.GetPoint(index)
    return [x, x + filters, y, y + filters, 0.0, 0.0]


def draw(run, layer="classifier.0", filter_number=1040, size=(1200, 900)):
    reader = pictures.open_run(run)
    page = pictures.Page(2, 2, size)
    far = WeightGrid(Input=reader, Layer=layer)
    pictures.image(page, f"{layer}, flat", far, 1, "weight")
    pictures.blocks(page, f"{layer}, blocks", far)
    # Half a block's width is the height of the largest weight.
    near = WeightGrid(Input=reader, Layer=layer, Focus=str(filter_number), FocusOnly=1, HeightScale=0.05)
    OutputPort(near, 2).UpdatePipeline()
    port = 2 if OutputPort(near, 2).GetDataInformation().GetNumberOfCells() else 1  # FocusImage, unless all are exact
    pictures.image(page, f"filter {filter_number}, flat", near, port, "weight", around(near, filter_number, 1.0))
    pictures.blocks(page, "a corner of it, a block for every weight", near, look=around(near, filter_number, 0.2))
    return page


if __name__ == "__main__":
    layer, number = (sys.argv[3:] + ["classifier.0", "1040"][len(sys.argv) - 3:])[:2]
    draw(sys.argv[1], layer, int(number)).save(sys.argv[2])
    Disconnect()
