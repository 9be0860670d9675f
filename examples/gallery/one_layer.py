"""A layer in four views: its weights, their way through training, what its filters answer, and their groups.

    scripts/with-display scripts/pvpython examples/gallery/one_layer.py TRAINED.tvr SEEN.tvr OUT.png [LAYER]

TRAINED is the run of a training; SEEN one of the same network that shows what it answers (tensorview-train --predict), or the
same file again. LAYER: the first one if it is left out.
"""
import sys

from paraview.simple import *

import pictures


def draw(trained, seen, layer="", size=(1600, 1200)):
    training, looking = pictures.open_run(trained), pictures.open_run(seen)
    grouping = PCCGrouping(Input=looking, Layer=layer)
    page = pictures.Page(2, 2, size)
    pictures.only_groups_that_are_there(grouping)
    pictures.blocks(page, "weights", WeightGrid(Input=training, Layer=layer))
    pictures.image(page, "activations", ImageGrid(Input=looking, Layer=layer, Normalization="Each Window"))
    pictures.curves(page, "activations as curves, by group", DistributionGrid(Input=grouping, Layer=layer), "Group")
    pictures.trajectories(page, "three weights each, step by step",
                          Trajectory(Input=training, Layer=layer, Arrangement="Side By Side"))
    return page


if __name__ == "__main__":
    draw(sys.argv[1], sys.argv[2], *sys.argv[4:5]).save(sys.argv[3])
    Disconnect()
