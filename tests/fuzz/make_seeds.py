#!/usr/bin/env python3
"""make_seeds.py FOLDER: writes the fuzzers' seeds, FOLDER/<target>/<name>, small files of every
format, put together byte by byte; the same ones each time. Those in seeds/ are its output."""

import gzip
import io
import json
import pathlib
import pickletools
import struct
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def npy(description, data, version=1, fortran=False, shape="(2, 3)"):
    header = f"{{'descr': '{description}', 'fortran_order': {fortran}, 'shape': {shape}, }}"
    length = "<H" if version == 1 else "<I"
    start = 8 + struct.calcsize(length)
    header += " " * (-(start + len(header) + 1) % 64) + "\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack(length, len(header)) + header.encode() + data


def zip_of(parts, compression=zipfile.ZIP_STORED):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return memory.getvalue()


def safetensors(header, data):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


class Pickle:
    """Pieces of a pickle, protocol 2, as torch.save writes them."""

    @staticmethod
    def text(value):
        data = value.encode()
        return b"X" + struct.pack("<I", len(data)) + data

    @staticmethod
    def integer(value):
        return b"K" + bytes([value]) if value < 256 else b"J" + struct.pack("<i", value)

    @classmethod
    def integers(cls, *values):
        return b"(" + b"".join(map(cls.integer, values)) + b"t"

    @classmethod
    def tensor(cls, kind, key, elements, shape, strides, offset=0):
        storage = (b"(" + cls.text("storage") + b"ctorch\n" + kind.encode() + b"\n" + cls.text(key)
                   + cls.text("cpu") + cls.integer(elements) + b"tQ")
        return (b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + cls.integer(offset)
                + cls.integers(*shape) + cls.integers(*strides) + b"\x89ccollections\nOrderedDict\n)RtR")

    @classmethod
    def dictionary(cls, entries, ordered=False):
        items = b"(" + b"".join(cls.text(name) + value for name, value in entries.items()) + b"u"
        return (b"ccollections\nOrderedDict\n)R" if ordered else b"}") + items

    @staticmethod
    def whole(value):
        data = b"\x80\x02" + value + b"."
        for _ in pickletools.genops(data):
            pass  # raises if it is none
        return data


def onnx():
    """A ModelProto: a Gemm and its initialisers, in raw_data, in packed numbers and in another file."""

    def varint(field, value):
        return bytes([field << 3, value])

    def message(field, content):
        return bytes([field << 3 | 2, len(content)]) + content

    gemm = b"".join(message(1, name) for name in (b"x", b"w", b"b")) + message(2, b"y")
    gemm += message(4, b"Gemm") + message(5, message(1, b"transB") + varint(3, 1))
    raw = varint(1, 2) + varint(1, 3) + varint(2, 1) + message(8, b"w") + message(9, bytes(24))
    packed = message(1, b"\x03") + varint(2, 6) + message(8, b"b") + message(5, b"\x01\xac\x02\x03")
    place = message(13, message(1, b"location") + message(2, b"data"))
    elsewhere = varint(1, 1) + varint(2, 1) + message(8, b"e") + place + varint(14, 1)
    graph = message(1, gemm) + b"".join(message(5, one) for one in (raw, packed, elsewhere))
    return varint(1, 8) + message(2, b"seeds") + b"\x3a" + bytes([len(graph) & 127 | 128, len(graph) >> 7]) + graph


def pickles():
    weight = Pickle.tensor("FloatStorage", "0", 1024, (4, 2, 3, 3), (18, 9, 3, 1))
    turned = Pickle.tensor("HalfStorage", "1", 6, (2, 3), (1, 2))
    state = Pickle.dictionary({"conv1.weight": weight, "fc.bias": turned}, ordered=True)
    yield "state_dict", Pickle.whole(state)
    yield "checkpoint", Pickle.whole(Pickle.dictionary(
        {"epoch": Pickle.integer(3), "model": state, "names": b"]" + Pickle.text("a") + b"a"}))
    yield "calls_code", Pickle.whole(b"cos\nsystem\n(" + Pickle.text("true") + b"tR")


def seeds():
    floats = struct.pack("<6f", *range(6))
    arrays = {
        "float32": npy("<f4", floats),
        "fortran": npy("<f4", floats, fortran=True),
        "big_endian": npy(">f4", floats, version=2),
        "bool": npy("|b1", bytes(6), version=3),
        "scalar": npy("<f8", struct.pack("<d", 1.5), shape="()"),
        "object": npy("|O", b""),
        "record": npy("|V8", bytes(48)),
    }
    tensors = {"__metadata__": {"format": "pt"},
               "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
               "b": {"dtype": "BF16", "shape": [], "data_offsets": [24, 26]}}
    one_pickle = dict(pickles())["state_dict"]
    torch = {"m/data.pkl": one_pickle, "m/byteorder": "little", "m/data/0": bytes(4096),
             "m/data/1": bytes(12), "m/version": "3\n"}

    for name, data in arrays.items():
        yield "NumpyArchive", name, data
        yield "TensorFile", f"{name}.npy", data
    for name, data in pickles():
        yield "Pickle", name, data
        yield "TorchFile", name, data
    yield "SafetensorsHeader", "two", json.dumps(tensors).encode()
    yield "TensorFile", "two.safetensors", safetensors(tensors, bytes(26))
    yield "TensorFile", "gemm.onnx", onnx()
    yield "TensorFile", "torch.pt", zip_of(torch)
    yield "TensorFile", "arrays.npz", zip_of({f"{n}.npy": d for n, d in arrays.items()})
    yield "TensorFile", "deflated.npz", zip_of({"a.npy": arrays["float32"]}, zipfile.ZIP_DEFLATED)
    yield "Zip", "stored", zip_of({"a": b"abc", "b/c": b""})
    yield "Zip", "deflated", zip_of({"a": bytes(1000)}, zipfile.ZIP_DEFLATED)

    yield "Onnx", "gemm", onnx()
    yield "Hdf5Listing", "one", json.dumps({
        "run": False, "texts": {"model_weights@layer_names": ["conv"]},
        "arrays": [{"path": "conv/kernel", "shape": [2, 2], "type": 0, "bigEndian": False, "offset": 800,
                    "address": 400, "problem": ""}]}).encode()
    yield "ShardIndex", "two", json.dumps({
        "metadata": {"total_size": 12},
        "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}).encode()
    layer = {"class_name": "Conv2D", "config": {"name": "conv", "filters": 4}}
    norm = {"class_name": "BatchNormalization", "config": {"name": "bn", "scale": False}}
    model = {"class_name": "Sequential", "config": {"name": "inner", "layers": [layer, norm]}}
    yield "KerasConfig", "nested", json.dumps(
        {"class_name": "Functional", "config": {"name": "outer", "layers": [model, layer]}}).encode()

    idx = b"\0\0\x08\x03" + struct.pack(">3I", 2, 2, 2) + bytes(8)
    yield "Idx", "images", idx
    yield "Idx", "labels", b"\0\0\x08\x01" + struct.pack(">I", 4) + bytes(4)
    yield "Idx", "images.gz", gzip.compress(idx, mtime=0)
    yield "Cifar", "three", (b"\x03" + bytes(3072)) * 2 + b"\x09" + bytes(3072)
    yield "NetworkJson", "all_layers", (ROOT / "tests/trainer/network/all-layers.json").read_bytes()
    yield "NetworkJson", "large_number", b'{"name": "a", "version": 1e999}'
    yield "RunLayout", "small", json.dumps({
        "model": "small", "graph": "{}", "layers": [{"id": 1, "name": "conv1", "type": "convolution"}],
        "tensors": [{"layer_id": 1, "layer": "conv1", "kind": "weight", "shape": [4, 1, 3, 3],
                     "channel_layer_id": -1, "constant": True}],
        "probe": [{"layer_id": 1, "layer": "conv1", "kind": "activation", "shape": [4, 1, 1, 9]}],
        "gram": [{"layer_id": 1, "layer": "conv1", "slots": 4, "images": 100}],
        "metrics": ["loss", "accuracy"], "statistics": [{"layer": "conv1", "kind": "weight"}],
        "tracked": [[1, 0], [1, 9]],
        "filter_series": [{"name": "conv1/weight_norm", "layer_id": 1, "slots": 4}],
        "change_band_layers": ["conv1"], "classes": ["a"], "options": "{}", "steps_per_epoch": 5,
        "snapshot_interval": 10, "filter_interval": 2, "threads": 1, "instruction_set": "",
        "parent_segment": "run.tvr", "parent_step": 4}).encode()
    yield "RunLayout", "large_number", b'{"tracked": [[15555555555555555555551, 0]], "parent_step": 1e21}'
    # See RunFuzzer.cxx: marks of a writer, then changes.
    yield "Run", "unchanged", b"\0"
    yield "Run", "killed", b"\5"
    yield "Run", "counters", b"\0" + bytes([3, 0, 2, 1, 100]) + bytes([3, 0, 2, 1, 100])
    yield "Run", "replaced", b"\0" + bytes([1, 7, 0, 1, 1, 5, 3, 1, 4, 4, 0])
    yield "Run", "many_rows_promised", bytes.fromhex("00732121223affffff01ec0079012bd1")
    yield "Run", "much_room_little_stored", bytes.fromhex("057f7f00000021dcfcb64b01fc005d0225fceb02010102")
    yield "Run", "a_chunk_for_each_value", bytes.fromhex("002100fd0002b9002100fd0002b900020164")
    yield "Run", "values", b"\0" + bytes([5, 0, 2, 0, 70, 8]) + b'"layers":'


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        sys.exit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 2)
    for target, name, data in seeds():
        folder = pathlib.Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
