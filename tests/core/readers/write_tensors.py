#!/usr/bin/env python3
"""Writes tensor files with the libraries that they come from, and reads ours back with them.

write_tensors.py write FOLDER   writes test files into FOLDER; beside each FILE what the library reads
                                back from it: FILE.names, a line per tensor (name, tab, extents), and
                                FILE.values, the elements of all of them as float32
write_tensors.py check FILE     reads FILE, written by ours, with safetensors and checks that it holds
                                what SafetensorsWriterTest writes

For TensorFileForeignTest; needs torch, numpy and safetensors. Exit status 77: one of them is missing.
"""
import collections
import json
import pathlib
import sys
import zipfile

try:
    import numpy
    import safetensors
    import safetensors.numpy
    import safetensors.torch
    import torch
except ImportError as error:
    print(error)
    sys.exit(77)

TYPES = (
    torch.bool,
    torch.uint8,
    torch.int8,
    torch.uint16,
    torch.int16,
    torch.uint32,
    torch.int32,
    torch.uint64,
    torch.int64,
    torch.float8_e4m3fn,
    torch.float8_e5m2,
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
)


def tensors_of_all_types():
    """One of each type, with its extremes, infinities and subnormals."""
    generator = torch.Generator().manual_seed(1)
    tensors = collections.OrderedDict()
    for dtype in TYPES:
        if dtype == torch.bool:
            tensor = torch.tensor([[True, False, True], [False, False, True]])
        elif dtype.is_floating_point:
            info = torch.finfo(dtype)
            special = [0.0, -0.0, 1.0, -1.5, info.max, info.min, info.tiny, info.smallest_normal / 2]
            special += [float("nan")]
            special += [float("inf"), -float("inf")] if dtype != torch.float8_e4m3fn else [2.0, 3.0]
            random = torch.randn(61, generator=generator).tolist()
            tensor = torch.tensor(special + random, dtype=torch.float64).to(dtype).reshape(9, 8)
        else:
            info = torch.iinfo(dtype)
            values = [info.min, info.max, 0, 1, info.max // 2, info.max // 3]
            tensor = torch.tensor(values, dtype=dtype).reshape(3, 2)
        tensors[str(dtype).replace("torch.", "type.")] = tensor
    tensors["number"] = torch.tensor(2.5)
    tensors["empty"] = torch.zeros(0, 3)
    return tensors


def views():
    """Tensors whose elements do not simply follow each other, and ones that share them."""
    base = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).reshape(2, 3, 4, 5)
    matrix = torch.arange(70 * 41, dtype=torch.float64).reshape(70, 41)
    row = torch.arange(6, dtype=torch.float16)
    return {
        "transposed": matrix.T,
        "permuted": base.permute(3, 1, 0, 2),
        "channels_last": base.contiguous(memory_format=torch.channels_last),
        "part": base[1:, :, 1:3],
        "every_other": matrix[::2, ::3],
        "column": matrix[:, 7],
        "repeated": row.expand(4, 6),
        "same.first": base,
        "same.second": base,
        "middle": row[2:3],
        "one_row": base[:1].transpose(0, 1),
        "names": {"a/b\\c": row, "\u00e4\u4e2d\n\x07": row, "": row, 5: row, (1, 2): row},
    }


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 8, 3, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(8)
        self.fc = torch.nn.Linear(32, 10)

    def forward(self, images):
        return self.fc(torch.relu(self.bn1(self.conv1(images))).flatten(1))


def checkpoint():
    """What training scripts save."""
    torch.manual_seed(2)
    network = Network()
    optimizer = torch.optim.Adam(network.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)
    network(torch.randn(4, 3, 4, 4)).sum().backward()
    optimizer.step()
    return {
        "epoch": 3,
        "best": 0.5,
        "note": "text \u00e4",
        "large": 2**100,
        "state_dict": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "rng": [torch.get_rng_state(), b"bytes", bytearray(b"more"), None, True, {1, 2}],
        "size": torch.Size([1, 2]),
        "device": torch.device("cpu"),
        "dtype": torch.float16,
        "default": collections.defaultdict(list, a=[1]),
        "parameter": torch.nn.Parameter(torch.ones(2, 2)),
        "history": ([1.0, 2.5], {"loss": (torch.tensor([1, 2, 3]),)}),
    }


def flatten(value, path, found):
    """The tensors in nested containers, named as TensorView names them."""
    if isinstance(value, torch.Tensor):
        found.append((path or "tensor", value))
    elif isinstance(value, dict):
        for number, (key, part) in enumerate(value.items()):
            name = str(key) if isinstance(key, (str, int)) else f"(key {number})"
            name = name.replace("\n", "\\x0A").replace("\x07", "\\x07")
            flatten(part, f"{path}.{name}" if path else name, found)
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            flatten(part, f"{path}.{number}" if path else str(number), found)
    return found


def write_reference(path, tensors):
    lines = []
    values = []
    for name, tensor in tensors:
        lines.append(name + "\t" + " ".join(map(str, tensor.shape)))
        values.append(tensor.detach().to(torch.float32).contiguous().numpy().tobytes())
    path.with_name(path.name + ".names").write_text("".join(line + "\n" for line in lines))
    path.with_name(path.name + ".values").write_bytes(b"".join(values))


def save_torch(path, value, **options):
    torch.save(value, path, **options)
    write_reference(path, flatten(torch.load(path, weights_only=False), "", []))


def save_from_big_endian_machine(path):
    """What torch.save would write there: the elements' bytes the other way round, and a note."""
    tensors = {
        "half": torch.randn(5).half(),
        "float": torch.randn(2, 3),
        "double": torch.randn(4, dtype=torch.float64),
        "integer": torch.tensor([0x01020304, -5], dtype=torch.int32),
    }
    here = path.with_suffix(".here")
    torch.save(tensors, here)
    sizes = [tensor.element_size() for tensor in tensors.values()]
    with zipfile.ZipFile(here) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("/byteorder"):
                content = b"big"
            elif "/data/" in name:
                size = sizes[int(name.rsplit("/", 1)[1])]
                content = numpy.frombuffer(content, f"V{size}")
                content = content.view("u1").reshape(-1, size)[:, ::-1].tobytes()
            target.writestr(name, content)
    loaded = torch.load(path)
    assert all(torch.equal(loaded[name], tensor) for name, tensor in tensors.items())
    write_reference(path, flatten(loaded, "", []))


def save_safetensors(path, tensors, metadata=None):
    safetensors.torch.save_file(tensors, path, metadata)
    with safetensors.safe_open(path, "pt") as file:
        # The order of the elements in the file.
        names = list(file.offset_keys())
    loaded = safetensors.torch.load_file(path)
    write_reference(path, [(name, loaded[name]) for name in names])


def write_numpy_reference(path, arrays):
    write_reference(path, [(name, torch.tensor(array.astype("f4"))) for name, array in arrays])


def save_numpy(path, array, version=None):
    with path.open("wb") as file:
        numpy.lib.format.write_array(file, array, version)
    write_numpy_reference(path, [(path.stem, numpy.load(path))])


def save_numpy_archive(path, arrays, save=numpy.savez):
    save(path, **arrays)
    with numpy.load(path) as loaded:
        write_numpy_reference(path, [(name, loaded[name]) for name in loaded.files])


def numpy_types():
    """One of each type of numbers in either byte order, with extremes, infinities and subnormals."""
    arrays = {"bool": numpy.array([[True, False, True]])}
    for letter in "bBhHiIlLqQefd":
        dtype = numpy.dtype(letter)
        if dtype.kind == "f":
            info = numpy.finfo(dtype)
            values = [0.0, -0.0, -1.5, info.max, info.min, info.tiny, info.smallest_subnormal]
            values += [float("nan"), float("inf"), -float("inf"), 1 / 3, 1e-7, 7.0]
        else:
            info = numpy.iinfo(dtype)
            values = [info.min, info.max, 0, 1, info.max // 2, info.max // 3]
        for order in "<>":
            arrays[f"{dtype.name}.{letter}{order}"] = numpy.array(values, dtype.newbyteorder(order))
    return arrays


def numpy_views():
    base = numpy.arange(2 * 3 * 4 * 5, dtype="f4").reshape(2, 3, 4, 5)
    matrix = numpy.arange(70 * 41, dtype="f8").reshape(70, 41)
    return {
        "fortran": numpy.asfortranarray(base),
        "transposed": matrix.T,
        "big": numpy.asfortranarray(matrix.astype(">f4")),
        "part": base[:, 1:, ::2],
        "column": matrix[:, 3:4],
        "empty": numpy.zeros((0, 3), order="F"),
        "folder/name \u00e4": base,
    }


def write_numpy(folder):
    matrix = numpy.arange(6.0, dtype="f4").reshape(2, 3) / 7
    save_numpy(folder / "matrix.npy", matrix)
    save_numpy(folder / "fortran.npy", numpy.asfortranarray(numpy.arange(7200.0).reshape(80, 90)))
    save_numpy(folder / "number.npy", numpy.array(2.5))
    save_numpy(folder / "empty.npy", numpy.zeros((3, 0, 2)))
    save_numpy(folder / "version2.npy", matrix, (2, 0))
    save_numpy(folder / "version3.npy", matrix.T, (3, 0))
    save_numpy_archive(folder / "types.npz", numpy_types())
    save_numpy_archive(folder / "compressed.npz", numpy_types(), numpy.savez_compressed)
    save_numpy_archive(folder / "views.npz", numpy_views())
    save_numpy_archive(folder / "one.npz", {"a": numpy.array([1.5, 2.5])})
    numpy.savez(
        folder / "unread.npz",
        good=numpy.ones(2),
        complex=numpy.ones(2, "c8"),
        text=numpy.array(["some", "text"]),
        bytes=numpy.array([b"some", b"text"]),
        objects=numpy.array([None, {}]),
        records=numpy.zeros(2, [("a'b", "f4"), ("c", [("d", "i8", (2, 3)), ("e", "S3")])]),
        dates=numpy.array(["2026-01-01", "2026-01-02"], "M8[D]"),
        raw=numpy.zeros(2, "V2"),
        long=numpy.ones(2, "g"),
    )


def save_in_shards(folder, name, suffix, save):
    """As Hugging Face's save_pretrained splits a model: an index, whose names are sorted, beside numbered
    files, which are filled in the network's order."""
    state = Network().state_dict()
    names = list(state)
    parts = (names[:2], names[2:5], names[5:])
    index = {"metadata": {"total_size": sum(t.nbytes for t in state.values())}, "weight_map": {}}
    for number, part in enumerate(parts, 1):
        shard = f"{name}-{number:05}-of-{len(parts):05}{suffix}"
        save({key: state[key] for key in part}, folder / shard)
        index["weight_map"].update((key, shard) for key in part)
    path = folder / f"{name}{suffix}.index.json"
    path.write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")
    write_reference(path, [(key, state[key]) for key in sorted(names)])


def write(folder):
    save_in_shards(folder, "model", ".safetensors", safetensors.torch.save_file)
    save_in_shards(folder, "pytorch_model", ".bin", torch.save)
    write_numpy(folder)
    save_safetensors(folder / "types.safetensors", dict(tensors_of_all_types()), {"format": "pt"})
    save_safetensors(folder / "network.safetensors", Network().state_dict())
    safetensors.numpy.save_file({"a": numpy.arange(6.0).reshape(2, 3)}, folder / "numpy.safetensors")
    write_reference(folder / "numpy.safetensors", [("a", torch.arange(6.0).reshape(2, 3))])
    save_safetensors(folder / "nothing.safetensors", {})

    save_torch(folder / "types.pt", tensors_of_all_types())
    save_torch(folder / "views.pt", views())
    save_torch(folder / "state_dict.pth", Network().state_dict())
    save_torch(folder / "tensor.pt", torch.arange(5.0))
    save_torch(folder / "list.pt", [torch.arange(5.0), (torch.zeros(1, 2), 7)])
    save_torch(folder / "nothing.pt", {})
    for protocol in (2, 3, 4, 5):
        save_torch(folder / f"checkpoint{protocol}.pt", checkpoint(), pickle_protocol=protocol)

    save_from_big_endian_machine(folder / "big_endian.pt")

    # What is refused, or listed with the reason why it cannot be read.
    torch.save(torch.ones(2), folder / "legacy.pt", _use_new_zipfile_serialization=False)
    torch.jit.script(Network()).save(str(folder / "script.pt"))
    torch.save(Network(), folder / "module.pt")
    torch.save({"path": pathlib.PurePosixPath("/")}, folder / "path.pt")
    torch.save(
        {
            "good": torch.ones(2),
            "sparse": torch.eye(3).to_sparse(),
            "compressed": torch.eye(3).to_sparse_csr(),
            "quantised": torch.quantize_per_tensor(torch.ones(2, 3), 0.1, 0, torch.qint8),
            "complex": torch.ones(2, 2, dtype=torch.complex64),
            "meta": torch.empty(4, 5, device="meta"),
            "negated": torch.ones(3, dtype=torch.complex64).conj().imag,
        },
        folder / "unread.pt",
    )


def check(path):
    expected = {
        "conv1.weight": torch.arange(24, dtype=torch.float32).reshape(4, 2, 1, 3) / 7,
        "conv1.bias": torch.arange(4, dtype=torch.float32),
        "\u00e4 \"quoted\\ name": torch.arange(3, dtype=torch.float64),
        "bn1.num_batches_tracked": torch.tensor(12345678901, dtype=torch.int64),
        "half": torch.tensor([1.0, -2.0, 0.5], dtype=torch.float16),
        "mask": torch.tensor([True, False, True]),
        "empty": torch.zeros(0, 5),
    }
    loaded = safetensors.torch.load_file(path)
    assert set(loaded) == set(expected), sorted(loaded)
    for name, tensor in expected.items():
        assert loaded[name].dtype == tensor.dtype, (name, loaded[name].dtype)
        assert torch.equal(loaded[name], tensor), (name, loaded[name])
    with safetensors.safe_open(path, "pt") as file:
        assert file.metadata() == {"format": "pt", "made by": "TensorView"}, file.metadata()


def main():
    verb, path = sys.argv[1:]
    {"write": write, "check": check}[verb](pathlib.Path(path))


if __name__ == "__main__":
    main()
