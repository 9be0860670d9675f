#!/usr/bin/env python3
"""Writes network files with Keras, h5py and ONNX, and beside them what these libraries read back.

write_networks.py (keras|hdf5|onnx) FOLDER

Beside each FILE: FILE.names, a line per tensor (name, tab, extents), FILE.values, the elements of all of
them as float32, and, where the library knows it, FILE.roles, a line per tensor (layer, tab, kind, tab,
axes; empty for what lies beside the network, '?' for what the file does not tell).

For NetworkFileForeignTest. Exit status 77: the library is missing.
"""
import os
import pathlib
import re
import sys
import zipfile

os.environ["KERAS_BACKEND"] = "torch"

KERAS_KINDS = {
    "kernel": "weight",
    "gamma": "weight",
    "embeddings": "weight",
    "bias": "bias",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_variance",
}
WINDOWS = ("", "W", "HW", "DHW")


def natural(name):
    """Numbers in names by their value; what lies in a group stands together."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def write_reference(path, tensors, roles=None):
    lines = [name + "\t" + " ".join(map(str, array.shape)) + "\n" for name, array in tensors]
    path.with_name(path.name + ".names").write_text("".join(lines))
    values = b"".join(array.astype("f4").tobytes() for _, array in tensors)
    path.with_name(path.name + ".values").write_bytes(values)
    if roles is not None:
        text = "".join("\t".join(role) + "\n" if role else "\n" for role in roles)
        path.with_name(path.name + ".roles").write_text(text)


def arrays_of(file):
    """All arrays of numbers of an HDF5 file by path."""
    import h5py

    found = {}

    def add(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    file.visititems(add)
    return {name: numpy.asarray(array) for name, array in found.items()}


# --- Keras


def keras_model():
    """Every layer kind that has a layout of its own, two models in it, names that are not the class's."""
    layers = keras.layers
    block = keras.Sequential(
        [layers.Input((6, 6, 4)), layers.Conv2D(4, 3, padding="same", name="inner"), layers.ReLU()],
        name="block",
    )
    image = keras.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, name="first")(image)
    x = layers.BatchNormalization()(x)
    x = block(x)
    x = layers.BatchNormalization(scale=False, name="unscaled")(x)
    x = layers.DepthwiseConv2D(2, depth_multiplier=2)(x)
    x = layers.Conv2DTranspose(3, 2)(x)
    x = layers.SeparableConv2D(5, 2)(x)
    x = layers.LayerNormalization(center=False)(x)
    for _ in range(9):
        x = layers.Conv2D(5, 1)(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Reshape((-1, 5))(x)
    x = layers.MultiHeadAttention(2, 3)(x, x)
    x = layers.LSTM(4, name="memory")(x)
    x = layers.Dense(3, name="out")(x)
    return keras.Model(image, x)


def flat_layers(model, prefix=""):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from flat_layers(layer, prefix + layer.name + "/")
        else:
            yield prefix + layer.name, layer


def keras_axes(layer, variable, shape):
    kind = type(layer).__name__
    if variable.path.split("/")[-2] in ("query", "key", "value") and len(shape) > 1:
        return "IOO" if len(shape) == 3 else "OO"
    if variable.path.split("/")[-2] == "attention_output" and len(shape) == 3:
        return "IIO"
    if len(shape) == 1:
        return "O"
    window = WINDOWS[len(shape) - 2]
    if kind == "DepthwiseConv2D" or variable.name == "depthwise_kernel":
        return window + "OO"
    return window + ("OI" if kind == "Conv2DTranspose" else "IO")


def keras_roles(model):
    """The model's variables, each with its role."""
    for name, layer in flat_layers(model):
        for variable in layer.variables:
            if "seed" in variable.name:
                continue
            part = variable.path.split("/")[-2]
            inner = "/" + part if part in ("query", "key", "value", "attention_output") else ""
            kind = KERAS_KINDS.get(variable.name, variable.name)
            array = keras.ops.convert_to_numpy(variable)
            axes = keras_axes(layer, variable, array.shape)
            yield array, (name + inner, kind, axes)


def write_keras_reference(path, model, content, parts_by_name=True):
    """`content`: the HDF5 file itself. The names follow from the values, which are all different.

    Keras 3 stores the parts of a layer (an attention has some) by name.
    """
    with h5py.File(content, "r") as file:
        stored = arrays_of(file)
    found = []
    layers = []
    for array, role in keras_roles(model):
        (name,) = [n for n, a in stored.items() if a.shape == array.shape and (a == array).all()]
        layer = name.rsplit("_dense/", 1)[0].rsplit("/", 1)[0]
        if layer not in layers:
            layers.append(layer)
        found.append(((layers.index(layer), natural(name)), name, stored.pop(name), role))
    if parts_by_name:
        found.sort(key=lambda entry: entry[0])
    tensors = [(name, array) for _, name, array, _ in found]
    roles = [role for _, _, _, role in found]
    for name in sorted(stored, key=natural):
        tensors.append((name, stored[name]))
        roles.append(())
    write_reference(path, tensors, roles)


def write_keras(folder):
    model = keras_model()
    generator = numpy.random.default_rng(3)
    for variable in model.variables:
        if "seed" not in variable.name:
            variable.assign(generator.random(variable.shape))
    model.compile("sgd", "mse")
    model.optimizer.build(model.trainable_variables)
    model.save(folder / "model.keras")
    model.save(folder / "model.h5")
    model.save_weights(folder / "model.weights.h5")
    with zipfile.ZipFile(folder / "model.keras") as archive:
        with archive.open("model.weights.h5") as content:
            write_keras_reference(folder / "model.keras", model, content)
        with zipfile.ZipFile(folder / "deflated.keras", "w", zipfile.ZIP_DEFLATED) as deflated:
            for name in archive.namelist():
                deflated.writestr(name, archive.read(name))
        with archive.open("model.weights.h5") as content:
            write_keras_reference(folder / "deflated.keras", model, content)
    write_keras_reference(folder / "model.h5", model, folder / "model.h5", False)
    write_keras_reference(folder / "model.weights.h5", model, folder / "model.weights.h5")
    # Without a config it is not known whether the first variable is a scale or a shift.
    roles = folder / "model.weights.h5.roles"
    text = roles.read_text().replace("unscaled\tbias\tO", "?")
    roles.write_text(text.replace("layer_normalization\tweight\tO", "?"))


# --- other HDF5 files


def numbers(dtype):
    if dtype.kind == "f":
        info = numpy.finfo(dtype)
        values = [0.0, -0.0, -1.5, info.max, info.min, info.tiny, info.smallest_subnormal]
        return numpy.array(values + [float("nan"), float("inf"), -float("inf"), 1 / 3, 7.0], dtype)
    info = numpy.iinfo(dtype)
    return numpy.array([info.min, info.max, 0, 1, info.max // 2, info.max // 3], dtype)


def write_hdf5_file(path, library, user_block):
    with h5py.File(path, "w", libver=(library, library), userblock_size=user_block) as file:
        for letter in "bBhHiIqQefd":
            for order in "<>":
                array = numbers(numpy.dtype(letter)).astype(numpy.dtype(letter).newbyteorder(order))
                name = f"types/{letter}{ord(order)}"
                file[name] = array
                file.create_dataset(
                    name + "_packed", data=array.reshape(2, -1), chunks=(1, 2), compression="gzip"
                )
        file["types/bool"] = numpy.array([[True, False], [False, True]])
        file["types/long"] = numpy.array([1.5, -2.25], numpy.longdouble)
        whole = numpy.arange(7 * 50 * 30, dtype="f4").reshape(7, 50, 30)
        for number in (9, 10, 11):
            file[f"layer{number}/plain"] = whole
        file.create_dataset("chunked", data=whole, chunks=(2, 7, 11))
        file.create_dataset("shuffled", data=whole, chunks=(3, 50, 30), compression=9, shuffle=True)
        file.create_dataset("summed", data=whole.astype(">f8"), chunks=True, fletcher32=True)
        file.create_dataset("grown", data=whole, maxshape=(None, None, 30))
        file.create_dataset("filled", shape=(3, 4), fillvalue=2.5, dtype="f4")
        file["number"] = 2.5
        file["empty"] = numpy.zeros((0, 3))
        file["nothing"] = h5py.Empty("f4")
        file["folder/\u00e4 \u4e2d"] = whole[0]
    with h5py.File(path, "r") as file:
        arrays = {
            name: numpy.zeros(0) if array.dtype.kind == "O" or isinstance(file[name][()], h5py.Empty)
            else array
            for name, array in arrays_of(file).items()
        }
    write_reference(path, sorted(arrays.items(), key=lambda item: natural(item[0])))


def write_hdf5(folder):
    write_hdf5_file(folder / "older.h5", "v108", 0)
    write_hdf5_file(folder / "newer.h5", "v110", 512)
    with h5py.File(folder / "one.h5", "w", libver=("v110", "v110")) as file:
        file["a"] = numpy.array([1.5, 2.5], "f4")
    with h5py.File(folder / "elsewhere.h5", "w") as file:
        file["values"] = numpy.ones(4, "f4")
    (folder / "raw.bin").write_bytes(b"\0" * 16)
    with h5py.File(folder / "unread.h5", "w") as file:
        file["good"] = numpy.ones(2, "f4")
        file["loop/again"] = file["/"]
        file["loop/same"] = file["good"]
        file["complex"] = numpy.ones(2, "c8")
        file["enumeration"] = numpy.array([1, 2], h5py.enum_dtype({"A": 1, "B": 2}))
        file["external_link"] = h5py.ExternalLink("elsewhere.h5", "/values")
        file["soft_link"] = h5py.SoftLink("/good")
        file.create_dataset("external", (4,), "f4", external=[(str(folder / "raw.bin"), 0, 16)])
        file.create_dataset("huge", (1 << 40,), "f4", chunks=(1024,))
        file.create_dataset("lzf", data=numpy.ones(100), compression="lzf")
        lists = h5py.h5t.array_create(h5py.h5t.IEEE_F32LE, (3,))
        h5py.h5d.create(file.id, b"list", lists, h5py.h5s.create_simple((2,)))
        file["text"] = "text"
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource(folder / "elsewhere.h5", "values", (4,))
        file.create_virtual_dataset("virtual", layout)


# --- ONNX


def onnx_tensors():
    """All types, in raw_data and in the fields of numbers."""
    proto = onnx.TensorProto
    tensors, arrays = [], []
    types = "FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 BOOL FLOAT16 DOUBLE UINT32 UINT64 BFLOAT16"
    for name in (types + " FLOAT8E4M3FN FLOAT8E5M2").split():
        dtype = numpy.dtype(onnx.helper.tensor_dtype_to_np_dtype(getattr(proto, name)))
        if dtype.kind in "iu":
            array = numbers(dtype)
        elif dtype.kind == "b":
            array = numpy.array([True, False, True, True, False, False])
        else:
            array = numpy.array([0.0, -0.0, 1.5, -2.25, float("nan"), 1 / 3]).astype(dtype)
        array = array.reshape(2, 3)
        raw = onnx.numpy_helper.from_array(array, name + ".raw")
        values = array.flatten().tolist() if dtype.kind != "V" else array.astype("f4").flatten().tolist()
        typed = onnx.helper.make_tensor(name + ".typed", getattr(proto, name), (2, 3), values)
        for tensor in (raw, typed):
            tensors.append(tensor)
            arrays.append((tensor.name, onnx.numpy_helper.to_array(tensor)))
    for array, name in ((numpy.array(2.5, "f4"), "number"), (numpy.zeros((0, 3), "f4"), "empty")):
        tensors.append(onnx.numpy_helper.from_array(array, name))
        arrays.append((name, array))
    return tensors, arrays


def save_onnx(path, nodes, tensors, **options):
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "graph",
        [value("x", onnx.TensorProto.FLOAT, None)],
        [value("y", onnx.TensorProto.FLOAT, None)],
        tensors,
    )
    onnx.save(onnx.helper.make_model(graph, producer_name="tests"), path, **options)


def write_onnx(folder):
    tensors, arrays = onnx_tensors()
    save_onnx(folder / "types.onnx", [], tensors)
    write_reference(folder / "types.onnx", arrays)

    # Initialisers in another order than that of the nodes that take them.
    generator = numpy.random.default_rng(4)
    node = onnx.helper.make_node
    nodes = [
        node("Conv", ["x", "conv1.weight", "conv1.bias"], ["a"], "/conv1/Conv"),
        node("BatchNormalization", ["a", "g", "b", "m", "v"], ["c"], "/bn/BatchNormalization"),
        node("ConvTranspose", ["c", "up.weight"], ["d"]),
        node("Gemm", ["d", "fc.weight", "fc.bias"], ["e"], transB=1),
        node("Gemm", ["e", "plain"], ["f"], "second"),
        node("MatMul", ["f", "onnx::MatMul_7"], ["h"], "/seq/seq.0/MatMul"),
        node("Add", ["seq.0.bias", "h"], ["y"], "/seq/seq.0/Add"),
    ]
    shapes = {
        "conv1.weight": ((4, 2, 3, 3), "conv1", "weight", "OIHW"),
        "conv1.bias": ((4,), "conv1", "bias", "O"),
        "g": ((4,), "bn", "weight", "O"),
        "b": ((4,), "bn", "bias", "O"),
        "m": ((4,), "bn", "running_mean", "O"),
        "v": ((4,), "bn", "running_variance", "O"),
        "up.weight": ((4, 2, 2, 2), "up", "weight", "IOHW"),
        "fc.weight": ((5, 8), "fc", "weight", "OI"),
        "fc.bias": ((5,), "fc", "bias", "O"),
        "plain": ((5, 6), "second", "weight", "IO"),
        "onnx::MatMul_7": ((6, 3), "seq.0", "weight", "IO"),
        "seq.0.bias": ((3,), "seq.0", "bias", "O"),
    }
    arrays = {name: generator.random(entry[0]).astype("f4") for name, entry in shapes.items()}
    tensors = [onnx.numpy_helper.from_array(arrays[name], name) for name in sorted(arrays)]
    for name in ("network.onnx", "external.onnx"):
        options = {}
        if name == "external.onnx":
            options = {"save_as_external_data": True, "location": "external.data", "size_threshold": 8}
        save_onnx(folder / name, nodes, tensors, **options)
        loaded = {
            tensor.name: onnx.numpy_helper.to_array(tensor)
            for tensor in onnx.load(folder / name).graph.initializer
        }
        write_reference(
            folder / name,
            [(key, loaded[key]) for key in shapes],
            [entry[1:] for entry in shapes.values()],
        )

    save_onnx(folder / "one.onnx", [], [onnx.numpy_helper.from_array(numpy.ones(2, "f4"), "a")])
    inner = onnx.helper.make_graph(
        [node("Identity", ["w"], ["z"])],
        "inner",
        [],
        [onnx.helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(numpy.ones(2, "f4"), "w")],
    )
    branch = node("If", ["x"], ["y"], "choice", then_branch=inner, else_branch=inner)
    complex_tensor = onnx.numpy_helper.from_array(numpy.ones(2, "c8"), "complex")
    text = onnx.helper.make_tensor("text", onnx.TensorProto.STRING, (1,), [b"text"])
    four_bits = onnx.helper.make_tensor("bits", onnx.TensorProto.INT4, (2,), [1, -2])
    good = onnx.numpy_helper.from_array(numpy.ones(2, "f4"), "good")
    save_onnx(folder / "unread.onnx", [branch], [good, complex_tensor, text, four_bits])


if __name__ == "__main__":
    try:
        import numpy

        if sys.argv[1] == "onnx":
            import onnx
            import onnx.numpy_helper
        else:
            import h5py

            if sys.argv[1] == "keras":
                import keras
    except ImportError as error:
        print(error)
        sys.exit(77)
    {"keras": write_keras, "hdf5": write_hdf5, "onnx": write_onnx}[sys.argv[1]](
        pathlib.Path(sys.argv[2])
    )
