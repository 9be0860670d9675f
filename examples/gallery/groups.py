"""The groups of a layer's filters: in its grids, as a matrix of coefficients, and in words with what merging would cost.

    scripts/with-display scripts/pvpython examples/gallery/groups.py RUN.tvr OUT.png [LAYER]

LAYER: the first one if it is left out.
"""
import sys

from paraview.simple import *

import pictures
import tensorview_scene


def framed_images(page, title, grouping, layer):
    """Activations, each in front of a tile in the colour of its group."""
    view = page.view(title, flat=True)
    tiles = windows(ImageGrid(Input=grouping, Layer=layer, Gap=0))
    pictures.color(Show(tiles, view), view, "Group")
    images = Show(windows(ImageGrid(Input=grouping, Layer=layer, Gap=0.25, Normalization="Each Window")), view)
    pictures.color(images, view, "activation")
    images.SetScalarBarVisibility(view, False)
    images.Position = [0.0, 0.0, 0.01]
    tensorview_scene.fit_camera(view, tiles.GetDataInformation().GetBounds(), **pictures.FROM_ABOVE)


def windows(grid):
    """A grid's image without what is between its windows."""
    result = Threshold(Input=grid, Scalars=["CELLS", "Slot"], ThresholdMethod="Above Upper Threshold")
    result.UpperThreshold = 0
    return result


def draw(run, layer="", size=(1620, 880)):
    reader = pictures.open_run(run)
    grouping = PCCGrouping(Input=reader, Layer=layer, MatrixOrder="By Group")
    page = pictures.Page(2, 3, size)
    pictures.only_groups_that_are_there(grouping)
    pictures.blocks(page, "weights", WeightGrid(Input=grouping, Layer=layer), "Group")
    framed_images(page, "activations", grouping, layer)
    pictures.curves(page, "activations as curves", DistributionGrid(Input=grouping, Layer=layer), "Group")
    pictures.trajectories(page, "principal components", Trajectory(
        Input=grouping, Layer=layer, Projection="Principal Components", Curves="Each Filter"), "Group")
    pictures.image(page, "correlation, group by group", grouping, 1, "correlation")
    pictures.table(page, "what merging would cost", grouping)
    return page


if __name__ == "__main__":
    draw(sys.argv[1], *sys.argv[3:4]).save(sys.argv[2])
    Disconnect()
