"""A tiny network for tests of the filters: the data model's port 0, made by hand."""
import math

from paraview import servermanager, simple
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkIntArray
from vtkmodules.vtkCommonDataModel import (
    vtkDataAssembly,
    vtkImageData,
    vtkPartitionedDataSet,
    vtkPartitionedDataSetCollection,
)


def tensor(shape, value, slots=None):
    """The partition of a tensor [filters, channels, rows, columns]; value(filter, channel, row, column)."""
    filters, channels, rows, columns = shape
    slots = list(range(filters)) if slots is None else slots
    image = vtkImageData()
    image.SetDimensions(columns, rows, len(slots) * channels)
    values = vtkFloatArray()
    values.SetName("value")
    for f in slots:
        for c in range(channels):
            for r in range(rows):
                for x in range(columns):
                    values.InsertNextValue(value(f, c, r, x))
    image.GetPointData().SetScalars(values)
    for name, numbers in (("Slot", slots), ("ChannelSlot", range(channels))):
        array = vtkIntArray()
        array.SetName(name)
        for number in numbers:
            array.InsertNextValue(number)
        image.GetFieldData().AddArray(array)
    return image


def collection(tensors):
    """A vtkPartitionedDataSetCollection of (layer, kind, shape, partition), a layer's tensors together."""
    result = vtkPartitionedDataSetCollection()
    assembly = vtkDataAssembly()
    assembly.SetRootNodeName("model")
    layers = {}
    for index, (layer, kind, shape, image) in enumerate(tensors):
        if layer not in layers:
            layers[layer] = assembly.AddNode(vtkDataAssembly.MakeValidNodeName(layer))
            assembly.SetAttribute(layers[layer], "label", layer)
            assembly.SetAttribute(layers[layer], "layer_id", str(len(layers)))
        node = assembly.AddNode(kind, layers[layer])
        for name, text in (("label", kind), ("kind", kind), ("shape", " ".join(map(str, shape))), ("step", "7"),
                           ("epoch", "0.5")):
            assembly.SetAttribute(node, name, text)
        assembly.AddDataSetIndex(node, index)
        partitions = vtkPartitionedDataSet()
        partitions.SetPartition(0, image)
        result.SetPartitionedDataSet(index, partitions)
    result.SetDataAssembly(assembly)
    return result


def waves(f, _channel, row, column):
    """Maps of eight filters: 1 and 6 are alike, 3 is dead, the others differ."""
    shape = 1 if f == 6 else f
    return 0.0 if f == 3 else (f + 1) * (1 + math.sin(0.3 * (shape + 1) * row) * math.cos(0.2 * (shape + 2) * column))


def example():
    """conv1 (8 filters of 2 channels, slot 5 removed) with activations, and fc1."""
    there = [0, 1, 2, 3, 4, 6, 7]
    conv, maps, dense = (8, 2, 3, 3), (8, 1, 14, 14), (10, 8, 1, 1)
    return collection([
        ("conv1", "weight", conv,
         tensor(conv, lambda f, c, r, x: 0.3 * math.sin(f + 2 * c + r - 1.5 * x), there)),
        ("conv1", "activation", maps, tensor(maps, waves, there)),
        ("fc1", "weight", dense, tensor(dense, lambda f, c, r, x: 0.05 * (c - f))),
    ])


def source(data):
    """A source proxy of the builtin server that holds the data."""
    producer = simple.TrivialProducer(registrationName="Network")
    producer.GetClientSideObject().SetOutput(data)
    producer.UpdatePipeline()
    return producer


def fetch(proxy, port=0):
    """The output of a port."""
    simple.OutputPort(proxy, port).UpdatePipeline()
    return servermanager.Fetch(proxy, idx=port)
