"""What the pictures of docs/gallery.md are put together of: a page of views, and a view of each kind."""
from paraview import servermanager, simple

from vtkmodules.vtkImagingCore import vtkImageResize
from vtkmodules.vtkIOImage import vtkPNGReader, vtkPNGWriter

import tensorview_scene

FROM_ABOVE = {"direction": (0.0, 0.0, 1.0), "up": (0.0, 1.0, 0.0)}
FROM_THE_FRONT = {"direction": (-0.12, -0.8, 1.0), "up": (0.0, 0.0, 1.0)}
FINER = 2  # than what is saved
NOTE_LINES = 3  # at most
AROUND_LAYERS = [0.85, 0.85, 0.85]  # as between the windows of a flat image


def open_run(path):
    """A recorded run, at its last step; of several all are."""
    run = simple.TensorRunReader(FileName=path)
    run.UpdatePipelineInformation()
    scene = simple.GetAnimationScene()
    scene.UpdateAnimationUsingDataTimeSteps()
    scene.AnimationTime = max(scene.AnimationTime, *run.TimestepValues)
    return run


class Page:
    """Views in rows and columns of one picture, made from the upper left one on. below: part of the height for one more view
    that is as wide as the picture."""

    def __init__(self, rows, columns, size, below=0.0):
        self.size = list(size)
        self.layout = simple.CreateLayout()
        if below:
            self.layout.SplitVertical(0, 1.0 - below)
        self.places = [place for row in self._split("Vertical", 1 if below else 0, rows)
                       for place in self._split("Horizontal", row, columns)]
        self.places += [2] if below else []

    def _split(self, how, place, parts):
        """Places in the layout of equal parts of a place."""
        places = []
        for left in range(parts, 1, -1):
            getattr(self.layout, f"Split{how}")(place, 1.0 / left)
            places.append(2 * place + 1)
            place = 2 * place + 2
        return places + [place]

    def view(self, title, flat=False):
        """The next view. flat: seen from above, without perspective."""
        view = tensorview_scene.render_view(title, parallel=flat)
        self.place(view)
        simple.Render(view)  # paraview.simple resets the camera at the first one
        tensorview_scene.place_text(simple.Show(simple.Text(Text=title), view), "Upper Left Corner",
                                    tensorview_scene.TITLE_SIZE)
        return view

    def place(self, view):
        """Puts a view that was made elsewhere into the next place."""
        self.layout.AssignView(self.places[len(simple.GetViewsInLayout(self.layout))], view)
        self.layout.SetSize(*self.size)

    def save(self, path):
        """Draws everything FINER times as large and shrinks it: without the patterns that fine grids make with pixels."""
        simple.SaveScreenshot(path, self.layout, ImageResolution=[FINER * pixels for pixels in self.size])
        large, small, writer = vtkPNGReader(), vtkImageResize(), vtkPNGWriter()
        large.SetFileName(path)
        large.Update()
        small.SetInputConnection(large.GetOutputPort())
        small.SetOutputDimensions(*self.size, 1)
        writer.SetInputConnection(small.GetOutputPort())
        writer.SetFileName(path)
        writer.SetCompressionLevel(9)
        writer.Write()


def blocks(page, title, grid, array="weight", look=None):
    """The blocks of a WeightGrid. look: bounds of the part to look at; None: all."""
    view = page.view(title)
    port = simple.OutputPort(grid, 0)
    color(tensorview_scene.show_blocks(port, view), view, array)
    bounds = look or list(port.GetDataInformation().GetBounds())[:4] + [-0.5, 0.5]
    tensorview_scene.fit_camera(view, bounds, **FROM_THE_FRONT, margin=0.95,
                                note_lines=NOTE_LINES)
    _note(grid, view, title)
    return view


def image(page, title, grid, port=0, array="activation", look=None):
    """The flat image of an ImageGrid (port 0) or WeightGrid (port 1), or of a correlation."""
    view = page.view(title, flat=True)
    output = simple.OutputPort(grid, port)
    color(simple.Show(output, view), view, array)
    tensorview_scene.fit_camera(view, look or output.GetDataInformation().GetBounds(), **FROM_ABOVE, note_lines=NOTE_LINES)
    _note(grid, view, title)
    return view


def curves(page, title, grid, array="activation"):
    """The curves of a DistributionGrid."""
    view = page.view(title, flat=True)
    display = simple.Show(grid, view)
    display.LineWidth = FINER * 1.0
    color(display, view, array, "CELLS" if array == "Group" else "POINTS")
    tensorview_scene.fit_camera(view, grid.GetDataInformation().GetBounds(), **FROM_ABOVE, note_lines=NOTE_LINES)
    _note(grid, view, title)
    return view


def trajectories(page, title, path, array="Step"):
    """The curves of a Trajectory, with a marker where each is now."""
    view = page.view(title)
    display = simple.Show(simple.OutputPort(path, 0), view)
    display.LineWidth = FINER * 2.5
    color(display, view, array, "CELLS" if array == "Group" else "POINTS")
    now = simple.Show(simple.OutputPort(path, 1), view)
    now.ColorArrayName = ["POINTS", ""]
    now.AmbientColor = now.DiffuseColor = tensorview_scene.INK
    now.PointSize = FINER * 8.0
    now.RenderPointsAsSpheres = 1
    tensorview_scene.fit_camera(view, path.GetDataInformation(0).GetBounds(), direction=(-0.35, -0.9, 0.55),
                                up=(0.0, 0.0, 1.0), note_lines=NOTE_LINES)
    _note(path, view, title)
    return view


def table(page, title, grouping):
    """The groups of a PCCGrouping in words, a line each."""
    view = page.view(title, flat=True)
    rows = _groups(grouping, simple.GetAnimationScene().AnimationTime)
    lines = [f"{'group':>5} {'survivor':>8} {'mean r':>7} {'error':>7}  members"]
    for row in range(rows.GetNumberOfRows()):
        cell = {name: rows.GetValueByName(row, name).ToString() for name in ("Group", "Survivor", "Members")}
        mean, error = (rows.GetValueByName(row, name).ToDouble() for name in ("MeanCoefficient", "PredictedError"))
        lines.append(f"{cell['Group']:>5} {cell['Survivor']:>8} {mean:7.3f} {error:7.3f}  {cell['Members']}")
    display = simple.Show(simple.Text(Text="\n".join(lines)), view)
    tensorview_scene.place_text(display, "Any Location", 18)
    display.FontFamily = "Courier"
    display.Justification = "Left"
    display.Position = [0.03, 0.5]
    return view


def only_groups_that_are_there(grouping, steps=()):
    """Shortens the colour bar of groups to those that were found, at the step that is shown or at any of these."""
    found = max(_groups(grouping, step).GetNumberOfRows() for step in steps or [simple.GetAnimationScene().AnimationTime])
    colors = simple.GetColorTransferFunction("Group")
    colors.Annotations = list(colors.Annotations)[:2 * (found + 1)]
    colors.IndexedColors = list(colors.IndexedColors)[:3 * (found + 1)]


def _groups(grouping, step):
    simple.OutputPort(grouping, 3).UpdatePipeline(step)
    return servermanager.Fetch(grouping, idx=3)


def color(display, view, array, association="CELLS"):
    """Colours by an array, with a map that fits its values."""
    tensorview_scene.color_by(display, view, association, array)
    display.RescaleTransferFunctionToDataRange(False, True)


def metrics(page, title, source):
    """Loss and accuracy, with marks where the network was edited."""
    view = tensorview_scene.chart_view(title, with_steps=False)
    page.place(view)
    tensorview_scene.show_metrics(source, view)
    for port in (1, 2):
        display = simple.GetDisplayProperties(simple.OutputPort(source, port), view)
        for property in (display.SeriesLineThickness, display.SeriesMarkerSize):
            property[1::2] = [str(FINER * int(size)) for size in property[1::2]]
    return view


def _note(grid, view, title):
    tensorview_scene.show_note(grid, view, f"{title} note")
