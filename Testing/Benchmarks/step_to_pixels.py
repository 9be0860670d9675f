"""Time from a finished training step to changed pixels in ParaView: builtin server, conv1 weight grid alone in a 1200x900 view.

One step at a time is trained (Advance returns when the step is finished); the clock runs until the view has drawn a frame whose
pixels differ, brought by ParaView's own live refresh. Prints the median and leaves.

  TENSORVIEW_NO_SCENE=1 xvfb-run -s "-screen 0 1920x1200x24 -noreset" scripts/paraview --script=Testing/Benchmarks/step_to_pixels.py
"""
import os
import statistics
import sys
import time
import zlib

from paraview.simple import *  # noqa: F401,F403
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

SAMPLES = int(os.environ.get("SAMPLES", "40"))


class Measurement:
    def __init__(self):
        self.trainer = Trainer(Network="lenet5-simplified", Dataset="digits", LearningRate=0.05)
        self.grid = WeightGrid(Input=self.trainer, Layer="conv1", Kind="weight")
        self.view = GetActiveViewOrCreate("RenderView")
        self.view.UseFXAA = 0
        layout = GetLayout(self.view)
        layout.SetSize(1200, 900)
        Show(self.grid, self.view)
        ResetCamera(self.view)
        Render(self.view)
        self.pixels = vtkUnsignedCharArray()
        self.hash = None
        self.finished = None
        self.latencies = []
        self.window = self.view.GetRenderWindow()
        self.window.AddObserver("EndEvent", self.drawn)
        interactor = self.view.GetInteractor()
        interactor.AddObserver("TimerEvent", self.next_step)
        interactor.CreateRepeatingTimer(37)

    def drawn(self, *_):
        now = time.perf_counter()
        width, height = self.window.GetSize()
        self.window.GetPixelData(0, 0, width - 1, height - 1, 0, self.pixels, 0)
        digest = zlib.crc32(vtk_to_numpy(self.pixels))
        if self.finished is not None and digest != self.hash:
            self.latencies.append(1000 * (now - self.finished))
            self.finished = None
        self.hash = digest

    def next_step(self, *_):
        if len(self.latencies) >= SAMPLES:
            self.report()
        if self.finished is None:
            self.trainer.InvokeCommand("Advance")
            self.finished = time.perf_counter()
        elif time.perf_counter() - self.finished > 10:
            print("no pixel changed within 10 s of a step")
            sys.stdout.flush()
            os._exit(1)

    def report(self):
        kept = sorted(self.latencies[5:])
        print(f"step to pixels, {self.window.GetSize()}: median {statistics.median(kept):.0f} ms, "
              f"fastest {kept[0]:.0f}, slowest {kept[-1]:.0f}, {len(kept)} steps")
        sys.stdout.flush()
        os._exit(0)


measurement = Measurement()
