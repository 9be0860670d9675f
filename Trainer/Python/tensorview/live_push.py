"""Pushes the tensors of a training to a ParaView that waits for them (Catalyst > Connect).

Run by live.py in a process of its own with ParaView's Python: what comes by standard input is shown
to the viewer over ParaView's live connection. A viewer that is slow, paused, gone or of another
version holds up this process, never the training, and torch and ParaView do not share an address
space (each brings a BLAS and an OpenMP of its own, under the same names).

usage: live_push.py HOST PORT STATUS_DESCRIPTOR
"""

import json
import os
import struct
import sys
import threading
import time

_LOOK = 0.25  # s between two exchanges with a viewer when there is nothing new
_RETRY = 1.0  # s between two attempts to find one


class Status:
    """Tells live.py what happens, a line of JSON each."""

    def __init__(self, descriptor):
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def tell(self, **what):
        with self._lock:
            os.write(self._descriptor, json.dumps(what).encode() + b"\n")


class Inbox:
    """What has come of the training: the newest snapshot, all rows of metrics."""

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
                blocks = [self._stream.read(size) for size in header.get("blocks", [])]
                with self._lock:
                    if "tensors" in header:
                        self._snapshot = header, blocks
                    self._rows.extend(header.get("rows", []))
                    self._news = True
                    self._lock.notify()
        finally:
            with self._lock:
                self.ended = True
                self._lock.notify()


def collection(header, blocks):
    """The tensors as TensorView's data model has them (docs/architecture.md, "What flows")."""
    import numpy
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonCore import vtkIntArray
    from vtkmodules.vtkCommonDataModel import (
        vtkDataAssembly, vtkImageData, vtkPartitionedDataSet, vtkPartitionedDataSetCollection)

    def slots(name, count):
        array = vtkIntArray()
        array.SetName(name)
        array.SetNumberOfValues(count)
        for index in range(count):
            array.SetValue(index, index)
        return array

    def named(assembly, label, parent):
        node = assembly.AddNode(vtkDataAssembly.MakeValidNodeName(label or "_"), parent)
        assembly.SetAttribute(node, "label", label)
        return node

    output = vtkPartitionedDataSetCollection()
    assembly = vtkDataAssembly()
    assembly.SetRootNodeName("model")
    nodes = {}
    for index, (tensor, block) in enumerate(zip(header["tensors"], blocks)):
        layer = tensor["layer"]
        if layer not in nodes:
            nodes[layer] = named(assembly, layer, assembly.GetRootNode())
            described = header["layers"].get(layer, {})
            assembly.SetAttribute(nodes[layer], "layer_id", str(described.get("id", -1)))
            assembly.SetAttribute(nodes[layer], "type", described.get("type", ""))
        node = named(assembly, tensor["kind"], nodes[layer])
        filters, channels, rows, columns = tensor["shape"]
        assembly.SetAttribute(node, "kind", tensor["kind"])
        assembly.SetAttribute(node, "shape", " ".join(str(extent) for extent in tensor["shape"]))
        assembly.SetAttribute(node, "step", repr(float(header["step"])))
        assembly.SetAttribute(node, "epoch", repr(float(header["epoch"])))
        assembly.AddDataSetIndex(node, index)
        parts = vtkPartitionedDataSet()
        parts.SetNumberOfPartitions(1)
        if block:
            image = vtkImageData()
            image.SetDimensions(columns, rows, filters * channels)
            values = numpy_to_vtk(numpy.frombuffer(block, dtype="<f4"), deep=1)
            values.SetName("value")
            image.GetPointData().SetScalars(values)
            image.GetFieldData().AddArray(slots("Slot", filters))
            image.GetFieldData().AddArray(slots("ChannelSlot", channels))
            parts.SetPartition(0, image)
        output.SetPartitionedDataSet(index, parts)
    output.SetDataAssembly(assembly)
    return output


def table(columns, rows):
    """The metrics as TensorView's data model has them: `Time` is the step."""
    from vtkmodules.vtkCommonCore import vtkDoubleArray
    from vtkmodules.vtkCommonDataModel import vtkTable

    output = vtkTable()
    for index, name in enumerate(["Time"] + columns):
        array = vtkDoubleArray()
        array.SetName(name)
        array.SetNumberOfValues(len(rows))
        for row, values in enumerate(rows):
            value = values[index]
            array.SetValue(row, float("nan") if value is None else value)
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


def push(host, port, status):
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
            snapshot, rows = news
            if snapshot is not None:
                header, blocks = snapshot
                step = max(step, float(header["step"]))
                viewer.show("tensors", collection(header, blocks), step)
                columns = header["columns"]
                viewer.show("metrics", table(columns, rows), step)
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
            if paused != was_paused:
                status.tell(paused=paused)
            if paused:
                viewer.wait()


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != here]
    host, port, descriptor = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    status = Status(descriptor)
    try:
        push(host, port, status)
    except BrokenPipeError:
        pass  # the training has ended
    except Exception as error:
        status.tell(state="failed", reason=f"{type(error).__name__}: {error}")
    os._exit(0)  # ParaView 5.11 says things at its end that nobody needs


if __name__ == "__main__":
    main()
