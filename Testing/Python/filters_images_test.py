"""Pictures of the filters against Testing/Baseline. What is drawn is left in the current folder."""
import os
import sys

from paraview.simple import *
from vtkmodules.vtkImagingCore import vtkImageDifference
from vtkmodules.vtkIOImage import vtkPNGReader

import hand_made_network as network

# Software renderers differ in single pixels of edges; a wrong picture has errors in the hundreds.
THRESHOLD = 15.0
SIZE = [300, 300]


def render_view(parallel):
    view = CreateView("RenderView")
    view.ViewSize = SIZE
    view.UseFXAA = 0
    view.UseColorPaletteForBackground = 0
    view.Background = [1.0, 1.0, 1.0]
    view.OrientationAxesVisibility = 0
    view.CameraParallelProjection = 1 if parallel else 0
    return view


def blocks(source):
    view = render_view(parallel=False)
    display = Show(OutputPort(WeightGrid(Input=source), 0), view)
    display.SetScalarBarVisibility(view, False)
    ResetCamera(view)
    view.GetActiveCamera().Elevation(-40)
    return view


def flat(source):
    view = render_view(parallel=True)
    Show(OutputPort(WeightGrid(Input=source), 1), view).SetScalarBarVisibility(view, False)
    return view


def images(source):
    view = render_view(parallel=True)
    Show(ImageGrid(Input=source), view).SetScalarBarVisibility(view, False)
    return view


def curves(source):
    view = render_view(parallel=True)
    display = Show(DistributionGrid(Input=PCCGrouping(Input=source)), view)
    display.SetScalarBarVisibility(view, False)
    display.LineWidth = 2
    return view


def correlation(source):
    view = render_view(parallel=True)
    Show(OutputPort(PCCGrouping(Input=source), 1), view).SetScalarBarVisibility(view, False)
    return view


def read(path):
    reader = vtkPNGReader()
    reader.SetFileName(path)
    reader.Update()
    return reader.GetOutput()


def differs(name, baselines, output, threshold=THRESHOLD):
    """Why the picture is not the baseline, or nothing."""
    baseline = os.path.join(baselines, f"{name}.png")
    picture = os.path.join(output, f"{name}.png")
    if not os.path.exists(baseline):
        return f"{baseline} is missing; look at {picture} and copy it there if it is right"
    difference = vtkImageDifference()
    difference.SetInputData(read(picture))
    difference.SetImageData(read(baseline))
    difference.Update()
    if difference.GetThresholdedError() > threshold:
        return f"{picture} differs from {baseline} by {difference.GetThresholdedError():.0f}"
    return None


def main():
    baselines = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Baseline")
    output = os.getcwd()
    problems = []
    for make in (blocks, flat, images, curves, correlation):
        view = make(network.source(network.example()))
        Render(view)
        if view.CameraParallelProjection:
            ResetCamera(view)
        name = f"filters-{make.__name__}"
        SaveScreenshot(os.path.join(output, f"{name}.png"), view, ImageResolution=SIZE)
        Delete(view)
        problems.append(differs(name, baselines, output))
    problems = [problem for problem in problems if problem]
    print("\n".join(problems) or "all pictures as they should be")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
