"""A Recorder in Python that pushes to ParaView's live connection: what arrives, the views of TensorView on it, a pause, and
that the training goes on before a viewer comes, after it is gone, and for the next one; and that nothing of a training stays that
is killed while a viewer has it paused. Needs $TENSORVIEW_PYTHON (with torch).

The viewers are this script with the argument `view PORT` or `hold PORT`, in processes of their own: ParaView's listens once."""
import os
import pathlib
import socket
import subprocess
import sys
import time
import unittest

from paraview import live, servermanager
from paraview.simple import *

RUN = os.path.abspath("pushed.tvr")
SCRIPT = os.path.abspath(__file__)
PATIENCE = 100.0


def until(holds, meanwhile=lambda: time.sleep(0.05)):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not come"
        meanwhile()


class Viewer:
    """ParaView after Catalyst > Connect, without its window."""

    def __init__(self, port):
        self.updates = 0
        self.link = live.ConnectToCatalyst(ds_port=port)
        self.link.AddObserver("UpdateEvent", self._count)
        until(lambda: self.updates > 0, self.look)

    def _count(self, *_):
        self.updates += 1

    def look(self):
        live.ProcessServerNotifications()
        time.sleep(0.005)

    def extract(self, name):
        extract = live.ExtractCatalystData(self.link, name)
        before = self.updates
        until(lambda: self.updates > before + 1, self.look)
        return extract


def view(port, wish, value):
    viewer = Viewer(port)
    manager = viewer.link.GetInsituProxyManager()
    count = manager.GetNumberOfProxies("sources")
    assert {manager.GetProxyName("sources", i) for i in range(count)} == {"tensors", "metrics", "training"}

    network = LiveTensors(Input=viewer.extract("tensors"))
    network.UpdatePipeline()
    info = network.GetDataInformation().DataInformation
    assembly = info.GetDataAssembly()
    kinds = {(assembly.GetAttributeOrDefault(layer, "label", ""), assembly.GetAttributeOrDefault(kind, "label", ""))
             for layer in assembly.GetChildNodes(assembly.GetRootNode(), False)
             for kind in assembly.GetChildNodes(layer, False)}
    assert {("0", "weight"), ("0", "bias"), ("3", "weight"), ("3", "bias")} <= kinds, kinds

    # The views work on it: 8 filters of 3 x 3.
    grid = WeightGrid(Input=network, Layer="0")
    grid.UpdatePipeline()
    image = servermanager.Fetch(OutputPort(grid, 1))
    slots = image.GetCellData().GetArray("Slot")
    shown = {slots.GetValue(i) for i in range(slots.GetNumberOfTuples())}
    assert set(range(8)) <= shown, shown
    first = [image.GetCellData().GetArray("weight").GetRange(0)]

    # New steps bring new weights, and rows.
    def newer():
        viewer.look()
        grid.UpdatePipeline()
        now = servermanager.Fetch(OutputPort(grid, 1)).GetCellData().GetArray("weight").GetRange(0)
        return now != first[0]
    until(newer)
    metrics = viewer.extract("metrics")
    metrics.UpdatePipeline()
    table = servermanager.Fetch(metrics)
    assert [table.GetColumnName(i) for i in range(4)] == ["Time", "epoch", "loss", "accuracy"]
    assert table.GetNumberOfRows() > 20 and table.GetValue(0, 0).ToDouble() == 1.0

    # Catalyst > Pause Simulation halts the training; its remote control says so.
    run = TensorRunReader(FileName=RUN)
    live.PauseCatalyst(viewer.link)
    until(lambda: information(run, "State") == "paused", viewer.look)
    live.PauseCatalyst(viewer.link, False)

    def again():
        """ParaView 5.11 may miss the end of a pause that comes in the middle of an exchange: a viewer presses again."""
        viewer.look()
        viewer.link.LiveChanged()
        time.sleep(0.5)
    until(lambda: information(run, "State") == "running", again)

    # So do a learning rate and a stop.
    control = manager.GetProxy("sources", "training")
    control.GetProperty(wish).SetElement(0, value)
    control.UpdateVTKObjects()
    viewer.link.LiveChanged()
    if wish == "LearningRate":
        until(lambda: information(run, "LearningRateInUse") == value, viewer.look)
    else:
        until(lambda: information(run, "State") in ("stopping", "none"), viewer.look)
    print("the viewer has seen all")
    sys.stdout.flush()
    os._exit(0)  # as a viewer that is killed


def hold(port):
    """Pauses the training and stays."""
    viewer = Viewer(port)
    live.PauseCatalyst(viewer.link)
    print("paused", flush=True)
    while True:
        viewer.look()


def helpers(port):
    """Processes of those that push to this port."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(port).encode() in words and any(word.endswith(b"live_push.py") for word in words):
            found.append(int(process.name))
    return found


def information(source, name):
    source.UpdatePropertyInformation()
    return source.GetPropertyValue(name)


def free_port():
    with socket.socket() as listener:
        listener.bind(("", 0))
        return listener.getsockname()[1]


class LivePushTest(unittest.TestCase):
    def start_training(self, port):
        for left in (RUN, RUN + ".state"):
            pathlib.Path(left).unlink(missing_ok=True)
        training = os.path.join(os.path.dirname(os.path.dirname(SCRIPT)), "Scripts", "outside_training.py")
        process = subprocess.Popen([os.environ["TENSORVIEW_PYTHON"], training, RUN, f"localhost:{port}"])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        until(lambda: os.path.exists(RUN + ".state") or process.poll() is not None)
        return process

    def test_nothing_stays_of_a_training_that_is_killed_while_paused(self):
        port = free_port()
        process = self.start_training(port)
        viewer = subprocess.Popen([os.environ["TENSORVIEW_PVPYTHON"], SCRIPT, "hold", str(port)], stdout=subprocess.PIPE, text=True)
        self.addCleanup(viewer.wait)
        self.addCleanup(viewer.kill)
        self.assertTrue(any(line.strip() == "paused" for line in viewer.stdout))
        run = TensorRunReader(FileName=RUN)
        until(lambda: information(run, "State") == "paused")
        self.assertEqual(len(helpers(port)), 1)
        process.kill()
        process.wait()
        until(lambda: not helpers(port))
        self.assertIsNone(viewer.poll())
        Delete(run)

    def test_viewers_come_and_go(self):
        port = free_port()
        process = self.start_training(port)
        run = TensorRunReader(FileName=RUN)
        run.UpdatePipeline()

        def trains_on():
            step = information(run, "Step")
            until(lambda: information(run, "Step") > step)

        trains_on()  # nobody waits for it
        for wish, value in (("LearningRate", 0.05), ("Stop", 1)):
            subprocess.run([os.environ["TENSORVIEW_PVPYTHON"], SCRIPT, "view", str(port), wish, str(value)],
                           check=True, timeout=PATIENCE)
            if wish != "Stop":
                trains_on()
        until(lambda: information(run, "State") == "none")
        self.assertEqual(process.wait(PATIENCE), 0)
        Delete(run)


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "hold":
        hold(int(sys.argv[2]))
    if len(sys.argv) > 4 and sys.argv[1] == "view":
        view(int(sys.argv[2]), sys.argv[3], 1 if sys.argv[3] == "Stop" else float(sys.argv[4]))
    unittest.main()
