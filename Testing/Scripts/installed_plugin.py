"""pvpython installed_plugin.py LIBDIR: the plugin is loaded, and from that folder."""
import pathlib
import sys

import paraview.simple  # starts the session that loads the plugins
from paraview.modules.vtkRemotingCore import vtkPVPluginTracker

folder = pathlib.Path(sys.argv[1]).resolve()
tracker = vtkPVPluginTracker.GetInstance()
names = [tracker.GetPluginName(i) for i in range(tracker.GetNumberOfPlugins())]
index = names.index("TensorView")
assert tracker.GetPluginLoaded(index), "TensorView is known but not loaded"
file = pathlib.Path(tracker.GetPluginFileName(index)).resolve()
assert folder in file.parents, f"loaded from {file}, not from {folder}"

with open("/proc/self/maps", encoding="ascii") as maps:
    mapped = maps.read()
assert "libtorch" not in mapped, "torch is in memory before the first Trainer"
