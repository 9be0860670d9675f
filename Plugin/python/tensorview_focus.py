"""Focus of the grids on what a view shows.

    from paraview.simple import *
    import tensorview_focus

    grid = WeightGrid(Input=run, Layer="classifier.0")
    ...
    tensorview_focus.focus_on_view(grid, GetActiveView())

Filters in focus are drawn value by value where the others are aggregated.
"""
from paraview import simple


def slots_in_view(grid, view):
    """Slots of the filters of a grid (WeightGrid, ImageGrid or DistributionGrid) that a render view sees, in the form of its
    property Focus: "0 3 8-15". Empty if there are none, or if the grid shows several layers."""
    width, height = view.ViewSize
    planes = [0.0] * 24
    view.GetActiveCamera().GetFrustumPlanes(max(width, 1) / max(height, 1), planes)
    grid.ViewFrustum = planes
    grid.UpdateVTKObjects()
    grid.SMProxy.UpdatePropertyInformation(grid.SMProxy.GetProperty("SlotsInView"))
    return grid.SMProxy.GetProperty("SlotsInView").GetElement(0)


def focus_on_view(grid, view):
    """Puts the filters that a view sees into focus, and returns their slots."""
    grid.Focus = slots_in_view(grid, view)
    simple.Render(view)
    return grid.SMProxy.GetProperty("Focus").GetElement(0)
