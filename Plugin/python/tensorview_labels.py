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


def show_layers(grid, view, size=12):
    """Outlines of a grid's layers (WeightGrid, ImageGrid or DistributionGrid), and their names, `size` pixels high."""
    outlines = simple.Show(_labels(grid), view)
    outlines.ColorArrayName = ["POINTS", ""]
    outlines.AmbientColor = outlines.DiffuseColor = INK
    _write(grid, view, "Below Lower Threshold", size)  # their slot is -1


def show_filters(grid, view, size=10):
    """The number of each filter, at the lower left of its cell."""
    _write(grid, view, "Above Upper Threshold", size)


def _labels(grid):
    return simple.OutputPort(grid, "Labels")


def _write(grid, view, which, size):
    points = simple.Threshold(Input=simple.ConvertToPointCloud(Input=_labels(grid), CellGenerationMode="Vertex cells"),
                              Scalars=["POINTS", "Slot"], ThresholdMethod=which)
    points.LowerThreshold, points.UpperThreshold = -1, 0
    text = servermanager.rendering.DataLabelRepresentation()
    text.Input = points
    text.CellLabelVisibility = 0
    text.PointLabelVisibility = 1
    text.PointFieldDataArrayName = "Label"
    text.PointLabelColor = INK
    text.PointLabelFontSize = size
    text.PointLabelJustification = "Left"
    text.MaximumNumberOfLabels = 10000
    text.UpdateVTKObjects()
    view.Representations.append(text)
    view.UpdateVTKObjects()
