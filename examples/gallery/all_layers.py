"""The weights of all layers of a network in one picture, with their names, or of some layers side by side.

    scripts/with-display scripts/pvpython examples/gallery/all_layers.py RUN.tvr OUT.png [LAYER...]

LAYER...: up to four layers to show instead; "bottleneck": those of ResNet-50's first one.
"""
import sys

from paraview.simple import *

import pictures
import tensorview_labels

BOTTLENECK = ("layer1.0.conv1", "layer1.0.conv2", "layer1.0.conv3", "layer1.0.downsample.0")


def draw_all(run, size=(1500, 1080)):
    reader = pictures.open_run(run)
    page = pictures.Page(1, 1, size)
    grid = WeightGrid(Input=reader, Layer="*", Normalization="Whole Layer")
    view = pictures.image(page, "weights of all layers", grid, 1, "weight")
    view.Background = pictures.AROUND_LAYERS
    tensorview_labels.show_layers(grid, view, size=9 * pictures.FINER)  # numbers of pixels
    return page


def draw_some(run, layers=BOTTLENECK, size=(1200, 900)):
    """Layers with the same colours, which fit the values of all of them."""
    reader = pictures.open_run(run)
    page = pictures.Page(2, 2, size)
    displays = []
    for layer in layers:
        grid = WeightGrid(Input=reader, Layer=layer)
        view = pictures.blocks(page, layer, grid)
        displays.append(GetDisplayProperties(OutputPort(grid, 0), view))
    for number, display in enumerate(displays):
        display.RescaleTransferFunctionToDataRange(number > 0, True)
    return page


if __name__ == "__main__":
    run, picture, *layers = sys.argv[1:]
    page = draw_all(run) if not layers else draw_some(run, BOTTLENECK if layers == ["bottleneck"] else layers)
    page.save(picture)
    Disconnect()
