"""Names of layers and filters in a view of a grid.

    from paraview.simple import *
    import tensorview_labels

    grid = WeightGrid(Input=run, Layer="*")
    Show(OutputPort(grid, 1))
    tensorview_labels.show_layers(grid, GetActiveView())

They follow the grid through time and when its layers change.
"""
from paraview import servermanager, simple

INK = [0.15, 0.16, 0.18]
MOST = 10000  # names in a view


def show_layers(grid, view, size=12):
    """Outlines of a grid's layers (WeightGrid, ImageGrid or DistributionGrid), and their names, `size` pixels high."""
    outlines = simple.Show(_labels(grid), view)
    outlines.ColorArrayName = ["POINTS", ""]
    outlines.AmbientColor = outlines.DiffuseColor = INK
    _write(grid, view, [-1, -1], size)


def show_filters(grid, view, size=10):
    """The number of each filter, at the lower left of its cell."""
    _write(grid, view, [0, 2**24], size)


def _labels(grid):
    return simple.OutputPort(grid, "Labels")


def _write(grid, view, slots, size):
    chosen = servermanager.sources.ThresholdSelectionSource(ArrayName="Slot", Thresholds=slots, FieldType="POINT")
    points = simple.ExtractSelection(Input=_labels(grid), Selection=chosen)
    text = servermanager.rendering.DataLabelRepresentation()
    text.Input = points
    text.CellLabelVisibility = 0
    text.PointLabelVisibility = 1
    text.PointFieldDataArrayName = "Label"
    text.PointLabelColor = INK
    text.PointLabelFontSize = size
    text.PointLabelJustification = "Left"
    text.MaximumNumberOfLabels = MOST
    text.UpdateVTKObjects()
    view.Representations.append(text)
    view.UpdateVTKObjects()
