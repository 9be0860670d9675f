"""pvpython installed_plugin.py LIBDIR: the plugin is loaded from that folder and, if the engine lies there, trains with it."""
import pathlib
import sys
import tempfile

from paraview.modules.vtkRemotingCore import vtkPVPluginTracker
from paraview.simple import *  # starts the session that loads the plugins

import bad_files


def mapped():
    with open("/proc/self/maps", encoding="ascii") as maps:
        return maps.read()


folder = pathlib.Path(sys.argv[1]).resolve()
tracker = vtkPVPluginTracker.GetInstance()
names = [tracker.GetPluginName(i) for i in range(tracker.GetNumberOfPlugins())]
index = names.index("TensorView")
assert tracker.GetPluginLoaded(index), "TensorView is known but not loaded"
file = pathlib.Path(tracker.GetPluginFileName(index)).resolve()
assert folder in file.parents, f"loaded from {file}, not from {folder}"
assert "libtorch" not in mapped(), "torch is in memory before the first Trainer"

engine = file.parent / "libTensorViewEngine.so"
if engine.exists():
    with tempfile.TemporaryDirectory() as data:
        bad_files.write_mnist(data)
        trainer = Trainer(Dataset="mnist", BatchSize=10, Threads=1, DataDirectory=data)
        trainer.AdvanceSteps = 3
        trainer.InvokeCommand("Advance")
    trainer.UpdatePipeline()
    trainer.SMProxy.UpdatePropertyInformation()
    assert trainer.GetPropertyValue("Step") == 3, trainer.GetPropertyValue("Message")
    blocks = WeightGrid(Input=OutputPort(trainer, 0))
    blocks.UpdatePipeline()
    assert blocks.GetDataInformation(0).DataInformation.GetNumberOfCells() > 0
    assert str(engine) in mapped(), f"the engine is not {engine}"
Disconnect()
