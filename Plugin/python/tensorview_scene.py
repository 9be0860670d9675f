"""The scene of views of a network in training: weights, activations, trajectories, loss and accuracy.

    from paraview.simple import *
    import tensorview_scene

    trainer = Trainer()
    scene = tensorview_scene.build(trainer)
    trainer.InvokeCommand("Start")
    scene.refresh()

The source is a Trainer, a TensorRunReader or a TensorFileReader. The scene is one layout with four views of the same layer
and step: the layer's weights as blocks, its activations as images, three trajectories of its weights,
and the chart of loss and accuracy. Edits of the network are marked in both. The layers of the three filters are linked: changing one changes
the others and the label in the views.

Of a TensorFileReader the scene has what the file has: its weights, activations if they are in it, and trajectories of a
series of files.
"""
import math

from paraview import servermanager, simple

BACKGROUND = [1.0, 1.0, 1.0]
BEHIND_TEXT = BACKGROUND + [0.75]  # so that it can be read on a picture
INK = [0.15, 0.16, 0.18]
REMOVED = [0.6, 0.6, 0.6]
EDITED = [1.0, 0.75, 0.0]
LOSS_COLOR = [0.12, 0.36, 0.66]
ACCURACY_COLOR = [0.88, 0.42, 0.05]
COLOR_BAR_WIDTH = 90  # pixels, with its labels
TITLE_SIZE, NOTE_SIZE = 16, 11  # points, of the texts in the corners of a picture
NO_MARKER, CIRCLE = "0", "4"  # of ParaView's marker styles
PICTURE_NAMES = ("weights", "images", "trajectories")
VIEW_NAMES = PICTURE_NAMES + ("metrics",)


class Scene:
    """The proxies of a scene: `source`, the filters `weights`, `images` and `trajectories` (None where the source has nothing
    for them), `views` (a dictionary with the keys of VIEW_NAMES) and `layout`."""

    def __init__(self, source, layer):
        self.source = source
        self.weights = simple.WeightGrid(Input=simple.OutputPort(source, 0))
        images, trajectories = True, True
        if _is_file(source):
            layer, kinds = _layer_of_file(self.weights, layer)
            images = "activation" in kinds
            trajectories = "weight" in kinds and len(source.TimestepValues) > 1
        choice = {} if layer is None else {"Layer": layer}
        for name, value in choice.items():
            setattr(self.weights, name, value)
        self.images = simple.ImageGrid(Input=simple.OutputPort(source, 0), **choice) if images else None
        self.trajectories = None
        if trajectories:
            self.trajectories = simple.Trajectory(Input=simple.OutputPort(source, 0), Arrangement="Side By Side", **choice)
        self.views = {}
        self.layout = None

    @property
    def filters(self):
        """The filters by the names of their views, those that there are."""
        made = zip(PICTURE_NAMES, (self.weights, self.images, self.trajectories))
        return {name: proxy for name, proxy in made if proxy is not None}

    def refresh(self):
        """Shows the newest step of a live source in all views, with colours that fit its values. For scripts: ParaView's
        window does so by itself."""
        self.source.RefreshToken = _number(self.source.RefreshToken) + 1
        self.source.UpdatePipeline()
        self._render()

    def show_step(self, step, fit=True):
        """Shows a recorded step in all views, with colours that fit its values (fit=False: colours as they are)."""
        simple.GetAnimationScene().AnimationTime = step
        for view in self.views.values():
            view.ViewTime = step
        self._render(fit)

    def fit_colors(self, extend=False):
        """Fits the colour maps to the values that are shown.

        extend: only widen them.
        """
        for name, proxy in self.filters.items():
            display = simple.GetDisplayProperties(simple.OutputPort(proxy, 0), view=self.views[name])
            display.RescaleTransferFunctionToDataRange(extend, True)

    def fit_colors_to_steps(self, steps):
        """Fits the colour maps to the values of all these recorded steps together, so that pictures of different steps can be
        compared. Shows the last of them."""
        for number, step in enumerate(steps):
            self.show_step(step, fit=False)
            self.fit_colors(extend=number > 0)

    def _render(self, fit=True):
        for view in self.views.values():
            simple.Render(view)
        if not fit:
            return
        self.fit_colors()
        for name in self.filters:
            simple.Render(self.views[name])

    def save(self, path, size=(1600, 1000)):
        """Writes a picture of the whole scene."""
        simple.SaveScreenshot(path, self.layout, ImageResolution=list(size))

    def save_view(self, name, path, size=(1200, 900)):
        """Writes a picture of one view, one of VIEW_NAMES."""
        simple.SaveScreenshot(path, self.views[name], ImageResolution=list(size))


def build(source, layer=None, size=(1600, 1000)):
    """Makes the scene of a Trainer, TensorRunReader or TensorFileReader in a layout of its own and returns it. Layouts in which nothing is shown
    are removed.

    layer: name of the layer; None: the first one.
    size: pixels of the layout where there is no window.
    """
    source = source if hasattr(source, "SMProxy") else simple.FindSource(source)
    name = _name(source)
    scene = Scene(source, layer)
    _link_layers(scene, name)
    scene.views = {key: render_view(f"{name} {key}", parallel=key == "images") for key in scene.filters}
    if not _is_file(source):
        scene.views["metrics"] = chart_view(f"{name} metrics", with_steps=hasattr(source, "TimestepValues"))
    scene.layout = _lay_out(scene.views, name, size)
    simple.Render(scene.views["weights"])  # paraview.simple resets the camera at the first Render of a session
    _show_weights(scene)
    if scene.images:
        _show_images(scene)
    if scene.trajectories:
        _show_trajectories(scene)
    if "metrics" in scene.views:
        show_metrics(source, scene.views["metrics"])
    _label(scene, name)
    _show_notes(scene, name)
    _drop_empty_layouts(scene.layout)
    simple.SetActiveView(scene.views["weights"])
    simple.SetActiveSource(source)
    for view in scene.views.values():
        simple.Render(view)
    return scene


def _is_file(source):
    return source.GetXMLName() == "TensorFileReader"


def _layer_of_file(weights, layer):
    """The layer to show of a file, and its kinds: the first one that has weights, or the first one."""
    information = weights.SMProxy.GetProperty("TensorsInfo")
    weights.SMProxy.UpdatePropertyInformation(information)
    names = [information.GetElement(i) for i in range(information.GetNumberOfElements())]
    tensors = list(zip(names[::2], names[1::2]))
    if layer is None:
        layer = next((name for name, kind in tensors if kind == "weight"), tensors[0][0] if tensors else None)
    return layer, [kind for name, kind in tensors if name == layer]


def _number(value):
    return value[0] if hasattr(value, "__len__") else value


def _text(proxy, name):
    """Value of a property that holds one text."""
    return proxy.SMProxy.GetProperty(name).GetElement(0)


def _name(source):
    """The name under which the pipeline browser shows the source."""
    return source.SMProxy.GetSessionProxyManager().GetProxyName("sources", source.SMProxy) or "TensorView"


def _link_layers(scene, name):
    """Setting the layer of one filter sets that of all."""
    manager = scene.source.SMProxy.GetSessionProxyManager()
    link = servermanager.vtkSMPropertyLink()
    for proxy in scene.filters.values():
        link.AddLinkedProperty(proxy.SMProxy, "Layer", 1)  # vtkSMLink::INPUT
    for proxy in scene.filters.values():
        link.AddLinkedProperty(proxy.SMProxy, "Layer", 2)  # vtkSMLink::OUTPUT
    _unlink_deleted(manager)
    manager.RegisterLink(_layer_link(name), link)


def _layer_link(name):
    return f"{name} layer"


def _unlink_deleted(manager):
    """Takes deleted proxies out of the links of former scenes: ParaView 5.11 crashes when it saves the state of a link to
    nothing. (Its window removes such links by itself.)"""
    names = [manager.GetLinkName(index) for index in range(manager.GetNumberOfLinks())]
    for name in names:
        if not name.endswith(_layer_link("")):
            continue
        link = manager.GetRegisteredLink(name)
        linked = [link.GetLinkedProxy(index) for index in range(link.GetNumberOfLinkedObjects())]
        gone = [proxy for proxy in linked if proxy is None or not manager.GetProxyName("sources", proxy)]
        for proxy in gone:
            for named in ("Layer", "Text"):
                link.RemoveLinkedProperty(proxy, named)
        if len(gone) == len(linked):
            manager.UnRegisterLink(name)


def render_view(name, parallel):
    """A view for pictures of networks: white, without axes, fast when rendering in software."""
    view = simple.CreateView("RenderView", registrationName=name)
    _light_from_the_eye(view)
    # FXAA takes 45 ms of every frame when rendering in software. The link to the settings would bring it back with the next
    # view that is made.
    simple.GetSettingsProxy("RenderViewSettings").SMProxy.RemoveLink("UseFXAA", view.SMProxy, "UseFXAA")
    view.UseFXAA = 0
    view.UseColorPaletteForBackground = 0
    view.BackgroundColorMode = "Single Color"
    view.Background = BACKGROUND
    view.OrientationAxesVisibility = 0
    view.CameraParallelProjection = 1 if parallel else 0
    if parallel:
        view.InteractionMode = "2D"
    return view


def _light_from_the_eye(view):
    """One light at the camera: with ParaView's five a frame of blocks takes half as long again when rendering in software."""
    light = simple.AddLight(view)
    light.Coords = "Camera"
    light.Position = [0.0, 0.0, 1.0]
    light.FocalPoint = [0.0, 0.0, 0.0]
    view.UseLight = 0


def chart_view(name, with_steps):
    """A view for show_metrics. with_steps: a line is at the step that is shown."""
    view = simple.CreateView("XYChartView", registrationName=name)
    view.HideTimeMarker = 0 if with_steps else 1  # the line at the step that is shown; a live source has the newest only
    # The axes tell what the colours are: a legend would lie on the curves in one size of view or another.
    view.ShowLegend = 0
    view.BottomAxisTitle = "step (dots: validation)"
    view.LeftAxisTitle = "loss"
    view.LeftAxisTitleColor = LOSS_COLOR
    view.RightAxisTitle = "accuracy"
    view.RightAxisTitleColor = ACCURACY_COLOR
    view.RightAxisUseCustomRange = 1
    view.RightAxisRangeMinimum = 0.0
    view.RightAxisRangeMaximum = 1.0
    view.ShowRightAxisGrid = 0
    return view


def _lay_out(views, name, size):
    """Two by two: weights and images above trajectories and metrics; fewer views share the room."""
    layout = simple.CreateLayout(name)
    places = {1: (0,), 2: (1, 2), 3: (3, 2, 4), 4: (3, 5, 4, 6)}[len(views)]
    if len(views) > 1:
        layout.SplitHorizontal(0, 0.5)
    if len(views) > 2:
        layout.SplitVertical(1, 0.5)
    if len(views) > 3:
        layout.SplitVertical(2, 0.5)
    for location, view in zip(places, views.values()):
        layout.AssignView(location, view)
    if not _in_a_window(views["weights"]):
        layout.SetSize(*size)
    return layout


def _in_a_window(view):
    """True in ParaView's window, which gives its views their sizes."""
    # Its class; pvbatch's is derived from it.
    return view.SMProxy.GetRenderWindow().GetClassName() == "vtkGenericOpenGLRenderWindow"


def show_blocks(blocks, view):
    """Shows the blocks of a WeightGrid. They are closed: drawing their back faces would only cost time."""
    display = simple.Show(blocks, view)
    display.BackfaceRepresentation = "Cull Backface"
    display.Ambient, display.Diffuse = 0.3, 0.7  # sides are not black where the light grazes them
    return display


def show_removed(places, view):
    """Shows in grey where filters were that are removed (the last port of a grid)."""
    display = simple.Show(places, view)
    display.ColorArrayName = ["POINTS", ""]
    display.AmbientColor = display.DiffuseColor = REMOVED
    return display


def _show_weights(scene):
    view = scene.views["weights"]
    blocks = simple.OutputPort(scene.weights, 0)
    display = show_blocks(blocks, view)
    color_by(display, view, "CELLS", _text(scene.weights, "Kind"))
    show_removed(simple.OutputPort(scene.weights, 4), view)
    bounds = list(blocks.GetDataInformation().GetBounds())
    bounds[4:] = [-0.5, 0.5]  # heights change while training; this leaves them room
    fit_camera(view, bounds, direction=(-0.12, -0.8, 1.0), up=(0.0, 0.0, 1.0), margin=0.95)


def _show_images(scene):
    view = scene.views["images"]
    image = simple.OutputPort(scene.images, 0)
    display = simple.Show(image, view)
    display.SelectionOpacity = 0.4  # the edges of all selected pixels would hide them
    color_by(display, view, "CELLS", _text(scene.images, "Kind"))
    show_removed(simple.OutputPort(scene.images, 3), view)
    fit_camera(view, image.GetDataInformation().GetBounds(), direction=(0.0, 0.0, 1.0), up=(0.0, 1.0, 0.0))


def _show_trajectories(scene):
    view = scene.views["trajectories"]
    curves = simple.OutputPort(scene.trajectories, 0)
    display = simple.Show(curves, view)
    display.LineWidth = 3.0
    color_by(display, view, "POINTS", "Step")
    show_points(simple.OutputPort(scene.trajectories, 1), view, INK, 10.0)
    show_points(simple.OutputPort(scene.trajectories, 2), view, EDITED, 10.0)
    fit_camera(view, (0.0, 3.5, 0.0, 1.0, 0.0, 1.0), direction=(-0.35, -0.9, 0.55), up=(0.0, 0.0, 1.0))


def show_points(points, view, color, size):
    """Shows points as balls of one colour, `size` pixels large."""
    display = simple.Show(points, view)
    display.ColorArrayName = ["POINTS", ""]
    display.AmbientColor = display.DiffuseColor = color
    display.PointSize = size
    display.RenderPointsAsSpheres = 1
    return display


def show_metrics(source, view):
    """Shows loss and accuracy of a Trainer or TensorRunReader in a chart view, with marks where the network was edited."""
    _show_series(view, simple.OutputPort(source, 1), ("loss", "accuracy"), NO_MARKER)
    _show_series(view, simple.OutputPort(source, 2), ("validation_loss", "validation_accuracy"), CIRCLE)
    simple.Show(simple.OutputPort(source, 3), view)


def _show_series(view, table, names, marker):
    """Draws a loss on the left axis and an accuracy on the right one over the steps."""
    display = simple.Show(table, view)
    display.UseIndexForXAxis = 0
    display.XArrayName = "Time"
    display.SeriesVisibility = list(names)
    labels, corners, markers, sizes, colors = [], [], [], [], []
    for name, corner, color in zip(names, ("0", "1"), (LOSS_COLOR, ACCURACY_COLOR)):
        labels += [name, name.replace("_", " ")]
        corners += [name, corner]
        markers += [name, marker]
        sizes += [name, "10"]
        colors += [name] + [str(part) for part in color]
    display.SeriesLabel = labels
    display.SeriesPlotCorner = corners
    display.SeriesMarkerStyle = markers
    display.SeriesMarkerSize = sizes
    display.SeriesColor = colors


def color_by(display, view, association, array):
    """Colours by an array, whether it is there yet or not, and shows its colour bar at the right."""
    display.ColorArrayName = [association, array]
    display.LookupTable = simple.GetColorTransferFunction(array)
    display.SetScalarBarVisibility(view, True)
    bar = simple.GetScalarBar(display.LookupTable, view)
    bar.Title = array.replace("_", " ").lower()
    bar.ComponentTitle = ""
    bar.TitleColor = INK
    bar.LabelColor = INK
    bar.TitleFontSize = 14
    bar.LabelFontSize = 13
    bar.ScalarBarThickness = 12
    groups = array == "Group"  # that bar's text stands at its left, where the note is
    bar.DrawBackground = 0 if groups else 1  # its boxes would lie behind it
    bar.BackgroundColor = BEHIND_TEXT
    bar.ScalarBarLength = 0.35 if groups else 0.5
    bar.WindowLocation = "Upper Right Corner" if groups else "Lower Right Corner"
    bar.Orientation = "Vertical"
    bar.AutomaticLabelFormat = 0
    bar.LabelFormat = bar.RangeLabelFormat = "%.0f" if array == "Step" else "%.3g"


def _label(scene, name):
    """The layer at the upper left of the three pictures, the step at the upper right."""
    layer = simple.Text(registrationName=f"{name} layer")
    layer.Text = _text(scene.weights, "Layer")
    manager = scene.source.SMProxy.GetSessionProxyManager()
    link = manager.GetRegisteredLink(_layer_link(name))
    link.AddLinkedProperty(layer.SMProxy, "Text", 2)  # vtkSMLink::OUTPUT
    with_steps = not _is_file(scene.source) or len(scene.source.TimestepValues) > 1
    step = simple.AnnotateTimeFilter(registrationName=f"{name} step", Input=simple.OutputPort(scene.source, 0),
                                     Format="step {time:.0f}") if with_steps else None
    for key in scene.filters:
        for text, corner in ((layer, "Upper Left Corner"), (step, "Upper Right Corner")):
            if text is None:
                continue
            display = simple.Show(text, scene.views[key])
            place_text(display, corner, TITLE_SIZE)


def _show_notes(scene, name):
    for key, proxy in scene.filters.items():
        show_note(proxy, scene.views[key], f"{name} {key} note")


def show_note(grid, view, name):
    """What a picture leaves out or draws in another way, or what its axes are, at its lower left."""
    note = simple.AnnotateGlobalData(registrationName=name, Input=simple.OutputPort(grid, 0), SelectArrays="Note", Prefix="",
                                     Suffix="", Format="%s")
    display = simple.Show(note, view)
    display.Justification = "Left"
    place_text(display, "Lower Left Corner", NOTE_SIZE)


def place_text(display, corner, size):
    """A text of so many points in a corner of its view."""
    display.WindowLocation = corner
    display.FontSize = size
    display.Color = INK
    display.BackgroundColor = BEHIND_TEXT


def _drop_empty_layouts(keep):
    """Removes layouts whose views show nothing, such as the one that ParaView starts with."""
    for layout in list(simple.GetLayouts().values()):
        views = simple.GetViewsInLayout(layout)
        if layout == keep or any(_shows_something(view) for view in views):
            continue
        for view in views:
            simple.Delete(view)
        simple.RemoveLayout(layout)


def _shows_something(view):
    return any(getattr(display, "Visibility", 0) for display in view.Representations)


def fit_camera(view, bounds, direction, up, margin=1.06, note_lines=1):
    """Looks from `direction` at the box `bounds` so that it just fits between the titles, the note and the colour bar, whatever
    the projection."""
    center = [(bounds[2 * i] + bounds[2 * i + 1]) / 2.0 for i in range(3)]
    if not all(math.isfinite(value) for value in center):
        return
    backward = _unit(direction)
    right = _unit(_cross(up, backward))
    upward = _cross(backward, right)
    width, height = (max(pixels, 1) for pixels in view.ViewSize)
    pixels_per_point = view.SMProxy.GetRenderWindow().GetDPI() / 72.0
    top, bottom = 1.8 * TITLE_SIZE * pixels_per_point, 1.2 * (note_lines + 0.6) * NOTE_SIZE * pixels_per_point
    free = (max(width - COLOR_BAR_WIDTH, width / 2), max(height - top - bottom, height / 2))
    slope = math.tan(math.radians(view.CameraViewAngle) / 2.0)
    distance = scale = 1e-3
    for corner in range(8):
        offset = [bounds[2 * i + (corner >> i & 1)] - center[i] for i in range(3)]
        extent = margin * height * max(abs(_dot(offset, right)) / free[0], abs(_dot(offset, upward)) / free[1])
        distance = max(distance, extent / slope + _dot(offset, backward))
        scale = max(scale, extent)
    half_height = scale if view.CameraParallelProjection else distance * slope
    # The middle of the free part is what the box has to be in.
    shift = [(width - free[0]) / height * half_height, (top - bottom) / height * half_height]
    focus = [center[i] + shift[0] * right[i] + shift[1] * upward[i] for i in range(3)]
    view.CameraFocalPoint = focus
    view.CameraPosition = [focus[i] + distance * backward[i] for i in range(3)]
    view.CameraViewUp = upward
    view.CameraParallelScale = scale
    view.CenterOfRotation = center


def _dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def _cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def _unit(a):
    length = math.sqrt(_dot(a, a))
    return [x / length for x in a]
