"""What a layer's filters answer, of runs that summed it over different numbers of batches, side by side.

    scripts/with-display scripts/pvpython examples/gallery/accumulated.py OUT.png LAYER RUN.tvr...
"""
import os
import sys

from paraview.simple import *

import pictures


def draw(layer, runs, size=(1400, 640)):
    page = pictures.Page(1, len(runs), size)
    for run in runs:
        grid = ImageGrid(Input=pictures.open_run(run), Layer=layer, Normalization="Each Window")
        pictures.image(page, os.path.basename(run), grid)
    return page


if __name__ == "__main__":
    draw(sys.argv[2], sys.argv[3:]).save(sys.argv[1])
    Disconnect()
