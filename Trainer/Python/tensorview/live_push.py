"""Pushes the tensors of a training to a ParaView that waits for them (Catalyst > Connect).

Run by live.py in a process of its own with ParaView's Python: what comes by standard input is shown
to the viewer over ParaView's live connection. A viewer that is slow, paused, gone or of another
version holds up this process, never the training, and torch and ParaView do not share an address
space (each brings a BLAS and an OpenMP of its own, under the same names).

usage: live_push.py HOST PORT STATUS_DESCRIPTOR TRAINING_DESCRIPTOR
"""

import contextlib
import fcntl
import json
import os
import select
import signal
import struct
import sys
import threading
import time

_LOOK = 0.25  # s between two exchanges with a viewer when there is nothing new
_MOST_ROWS = 20000  # of metrics; of longer trainings every second, fourth, ... row is shown
_RETRY = 1.0  # s between two attempts to find one


class Status:
    """Tells live.py what happens, a line of JSON each."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def tell(self, **what):
        with self._lock:
            os.write(self._descriptor, json.dumps(what).encode() + b"\n")


class Training:
    """The process that trains. `descriptor`: of a pipe that it never writes to, and leaves open."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)

    @contextlib.contextmanager
    def ends_this(self):
        """If it ends (is killed, say), so does this process, at once and by a signal: for calls that
        wait outside of Python, holding its lock, so that no other thread could do anything."""
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        try:
            if select.select([self._descriptor], [], [], 0)[0]:
                raise BrokenPipeError
            yield
        finally:
            signal.signal(signal.SIGIO, signal.SIG_IGN)


class Inbox:
    """What has come of the training: the newest snapshot, the rows of metrics."""

    def __init__(self, stream):
        self._stream = stream
        self._lock = threading.Condition()
        self._news = False
        self._snapshot = None
        self._rows = []
        self.ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def wait(self, seconds):
        """The newest (snapshot, rows) if there is anything new, else None."""
        with self._lock:
            if not self._news and not self.ended:
                self._lock.wait(seconds)
            if not self._news:
                return None
            self._news = False
            return self._snapshot, list(self._rows)

    def _read(self):
        try:
            while True:
                head = self._stream.read(4)
                if len(head) < 4:
                    return
                header = json.loads(self._stream.read(struct.unpack("<I", head)[0]))
                blocks = [self._stream.read(size) for size in header["blocks"]]
                with self._lock:
                    self._snapshot = header, blocks
                    self._rows.extend(header["rows"])
                    if len(self._rows) > _MOST_ROWS:
                        self._rows = self._rows[::2]
                    self._news = True
                    self._lock.notify()
        finally:
            with self._lock:
                self.ended = True
                self._lock.notify()


def described(tensors, step, epoch):
    """The tensors as points with arrays: what TensorView's filter LiveTensors makes a network of.
    The live connection of ParaView 5.11 transports no assembly of a collection, and no table in it."""
    import numpy
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonCore import vtkPoints, vtkStringArray
    from vtkmodules.vtkCommonDataModel import vtkPolyData

    output = vtkPolyData()
    points = vtkPoints()
    for _ in tensors:
        points.InsertNextPoint(0, 0, 0)
    output.SetPoints(points)
    for name in ("layer", "type", "kind"):
        texts = vtkStringArray()
        texts.SetName(name)
        for tensor in tensors:
            texts.InsertNextValue(tensor[name])
        output.GetPointData().AddArray(texts)
    numbers = [[tensor["layer_id"], *tensor["shape"], step, epoch] for tensor in tensors]
    names = ("layer_id", "filters", "channels", "rows", "columns", "step", "epoch")
    for name, column in zip(names, numpy.array(numbers, float).reshape(-1, len(names)).T):
        array = numpy_to_vtk(numpy.ascontiguousarray(column), deep=1)
        array.SetName(name)
        output.GetPointData().AddArray(array)
    return output


def collection(header, blocks):
    """The description, then an image of columns x rows x (filters x channels) for each tensor."""
    import numpy
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import (
        vtkImageData, vtkPartitionedDataSet, vtkPartitionedDataSetCollection)

    output = vtkPartitionedDataSetCollection()

    def add(item):
        parts = vtkPartitionedDataSet()
        parts.SetPartition(0, item)
        output.SetPartitionedDataSet(output.GetNumberOfPartitionedDataSets(), parts)

    add(described(header["tensors"], header["step"], header["epoch"]))
    for tensor, block in zip(header["tensors"], blocks):
        filters, channels, rows, columns = tensor["shape"]
        image = vtkImageData()
        image.SetDimensions(columns, rows, filters * channels)
        values = numpy_to_vtk(numpy.frombuffer(block, dtype="<f4"), deep=1)
        values.SetName("value")
        image.GetPointData().SetScalars(values)
        add(image)
    return output


def table(columns, rows):
    """The metrics as TensorView's data model has them: `Time` is the step."""
    import numpy
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkTable

    output = vtkTable()
    names = ["Time", *columns]
    for name, column in zip(names, numpy.array(rows, float).reshape(-1, len(names)).T):
        array = numpy_to_vtk(numpy.ascontiguousarray(column), deep=1)
        array.SetName(name)
        output.AddColumn(array)
    return output


class Viewer:
    """The live connection to a viewer that listens at host:port, or will."""

    def __init__(self, host, port):
        import paraview

        paraview.options.batch = paraview.options.symmetric = True  # before anything else of it
        from paraview import servermanager, simple
        from paraview.modules.vtkRemotingLive import vtkLiveInsituLink

        self._simple = simple
        self._manager = servermanager.ActiveConnection.Session.GetSessionProxyManager()
        self._link = vtkLiveInsituLink()
        self._link.SetHostname(host)
        self._link.SetInsituPort(port)
        self._sources = {}
        self._exchanges = 0
        self._control = self._make_control()
        self._asked = (0.0, 0)

    def _make_control(self):
        """The source `training`, by which a viewer steers; None if ParaView does not take it."""
        definition = os.path.join(os.path.dirname(os.path.abspath(__file__)), "OutsideTraining.xml")
        try:
            self._simple.LoadPlugin(definition, remote=False, ns=vars(self._simple))
            return self._simple.OutsideTraining(registrationName="training")
        except Exception:
            return None

    def wishes(self):
        """What the viewer has asked for since the last time: learning rate or None, stop."""
        if self._control is None:
            return None, False
        asked = (float(self._control.LearningRate), int(self._control.Stop))
        before, self._asked = self._asked, asked
        return (asked[0] if asked[0] > 0 and asked[0] != before[0] else None), asked[1] > before[1]

    def show(self, name, data, time_):
        source = self._sources.get(name)
        if source is None:
            source = self._simple.PVTrivialProducer(registrationName=name)
            self._sources[name] = source
        source.GetClientSideObject().SetOutput(data, time_)
        source.SMProxy.MarkModified(source.SMProxy)

    def connect(self):
        return bool(self._link.Initialize(self._manager))

    def exchange(self, time_):
        """Brings the viewer what is new and takes what it asks for; waits while it is paused."""
        self._exchanges += 1
        self._link.InsituUpdate(time_, self._exchanges)
        for source in self._sources.values():
            source.UpdatePipeline(time_)
        self._link.InsituPostProcess(time_, self._exchanges)
        return bool(self._link.GetSimulationPaused())

    def wait(self):
        self._link.WaitForLiveChange()


def push(host, port, status, training):
    inbox = Inbox(os.fdopen(0, "rb"))  # pvpython has another sys.stdin
    try:
        viewer = Viewer(host, port)
    except Exception as error:
        status.tell(state="failed", reason=f"ParaView's Python does not work: {error}")
        return
    status.tell(state="waiting")
    tried = -_RETRY
    connected = paused = shown = False
    step = 0.0
    while not inbox.ended:
        news = inbox.wait(_LOOK)
        if news is not None:
            (header, blocks), rows = news
            step = max(step, float(header["step"]))
            viewer.show("tensors", collection(header, blocks), step)
            viewer.show("metrics", table(header["columns"], rows), step)
            shown = True
        if not shown or (not connected and time.monotonic() - tried < _RETRY):
            continue
        tried = time.monotonic()
        now = viewer.connect()
        if now != connected:
            connected = now
            status.tell(state="connected" if connected else "waiting")
        if connected:
            was_paused, paused = paused, viewer.exchange(step)
            rate, stop = viewer.wishes()
            if rate is not None or stop:
                status.tell(learning_rate=rate, stop=stop)
            if paused != was_paused:
                status.tell(paused=paused)
            if paused:
                with training.ends_this():
                    viewer.wait()


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != here]
    host, port, told, ended = sys.argv[1], *map(int, sys.argv[2:5])
    status = Status(told)
    try:
        push(host, port, status, Training(ended))
    except BrokenPipeError:
        pass  # the training has ended
    except Exception as error:
        status.tell(state="failed", reason=f"{type(error).__name__}: {error}")
    os._exit(0)  # ParaView 5.11 says things at its end that nobody needs


if __name__ == "__main__":
    main()
