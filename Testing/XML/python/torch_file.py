"""A state dict as torch.save writes it, without torch: ParaView's Python has none."""

import io
import pickle
import struct
import zipfile


class _Global:
    """Pickled as the name of something of torch."""

    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return self.name


class _Storage:
    def __init__(self, key, count):
        self.id = ("storage", _Global("FloatStorage"), key, "cpu", count)


class _Pickler(pickle._Pickler):  # the one in Python, as its globals can be named at will
    def persistent_id(self, obj):
        return obj.id if isinstance(obj, _Storage) else None

    def save_global(self, obj, name=None):
        known = {"FloatStorage": b"ctorch\nFloatStorage\n", "rebuild": b"ctorch._utils\n_rebuild_tensor_v2\n"}
        self.write(known[name])

    def save(self, obj, save_persistent_id=True):
        if isinstance(obj, _Global):
            self.save_global(obj, obj.name)
        elif isinstance(obj, _Tensor):
            strides = [1]
            for extent in obj.shape[:0:-1]:
                strides.insert(0, strides[0] * extent)
            self.save_global(obj, "rebuild")
            super().save((_Storage(obj.key, len(obj.values)), 0, tuple(obj.shape), tuple(strides), False, None))
            self.write(pickle.REDUCE)
        else:
            super().save(obj, save_persistent_id)


class _Tensor:
    def __init__(self, key, shape, values):
        self.key, self.shape, self.values = key, shape, values


def write(path, tensors):
    """tensors: {name: (shape, values)}"""
    numbered = {name: _Tensor(str(i), shape, list(values)) for i, (name, (shape, values)) in enumerate(tensors.items())}
    stream = io.BytesIO()
    _Pickler(stream, protocol=2).dump(numbered)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net/data.pkl", stream.getvalue())
        for tensor in numbered.values():
            archive.writestr(f"net/data/{tensor.key}", struct.pack(f"<{len(tensor.values)}f", *tensor.values))
        archive.writestr("net/version", "3\n")
