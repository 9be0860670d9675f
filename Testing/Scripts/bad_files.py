"""Inputs that a training must refuse, and what the refusal must say; for the tests of the Trainer and of tensorview-train.
Only the standard library is used; a run of another format version needs h5py, of $TENSORVIEW_PYTHON if it is set."""
import gzip
import json
import os
import random
import struct
import subprocess

# Data that can be trained on; every refused setting below replaces some of these.
GOOD = {"Dataset": "mnist", "DataDirectory": "good", "Network": "lenet5-simplified", "BatchSize": 10, "Threads": 1}


def _mnist(**data):
    return {"Dataset": "mnist", "DataDirectory": data.pop("folder"), **data}


# Settings and the parts of the message: what, where, remedy. Files and folders are below the current one.
REFUSED = [
    (_mnist(folder="missing"), ["missing", "train-images-idx3-ubyte", "DataDirectory must be"]),
    (_mnist(folder="nowhere"), ["nowhere' does not exist", "correct DataDirectory"]),
    (_mnist(folder="empty"), ["empty/train-images-idx3-ubyte", "it is empty", "fetch it again"]),
    (_mnist(folder="truncated"), ["truncated/train-images-idx3-ubyte", "it is truncated", "fetch it again"]),
    (_mnist(folder="truncated-gz"), ["train-images-idx3-ubyte.gz", "it is truncated", "fetch it again"]),
    (_mnist(folder="wrong-magic"), ["wrong-magic/train-images-idx3-ubyte", "0 0 8 3", "fetch it again"]),
    (_mnist(folder="other-count"), ["40 images", "39 labels", "fetch both again"]),
    (_mnist(folder="tiny"), ["lenet5-simplified", "pool2", "larger images"]),
    (_mnist(folder="good", BatchSize=1000), ["BatchSize", "1000", "36"]),
    (_mnist(folder="good", BatchSize=0), ["BatchSize", "at least 1"]),
    ({"Dataset": "cifar10", "DataDirectory": "cifar-missing"}, ["cifar-missing", "test_batch.bin", "DataDirectory must be"]),
    ({"Dataset": "cifar10", "DataDirectory": "cifar-empty"}, ["cifar-empty/data_batch_1.bin", "it is empty", "fetch"]),
    ({"Dataset": "cifar10", "DataDirectory": "cifar-truncated"}, ["cifar-truncated/data_batch_1.bin", "truncated", "fetch"]),
    ({"Dataset": "cifar10", "DataDirectory": "cifar-labels"}, ["cifar-labels/data_batch_1.bin", "label 77", "fetch it again"]),
    ({"Network": "nowhere.json"}, ["nowhere.json", "no file of that name", "give the path"]),
    ({"Network": "empty.json"}, ["empty.json"]),
    ({"Network": "truncated.json"}, ["truncated.json", "not valid JSON"]),
    ({"Network": "wrong-magic.json"}, ["wrong-magic.json", "not valid JSON"]),
    ({"Network": "wrong-version.json"}, ["wrong-version.json", "version 9"]),
    ({"Network": "other-format.json"}, ["other-format.json", "'format' must be"]),
    ({"Network": "too-few-outputs.json"}, ["too-few-outputs.json", "layer 'fc'", "5 outputs", "at least 10"]),
    ({"Network": "other-images.json"}, ["other-images.json", "1 x 32 x 32", "1 x 28 x 28"]),
    ({"Network": "unknown-layer.json"}, ["unknown-layer.json", "layer 'sum'", "'nowhere' is no earlier layer"]),
    ({"Network": "vgg16"}, ["vgg16", "layer 'features.30'", "larger images would (ImageSize)"]),
    ({"Classes": 9}, ["Classes is 9", "at least the number of classes", "10"]),
    ({"LoadModel": "other.safetensors"}, ["other.safetensors", "do not fit the network 'lenet5-simplified'", "conv1.weight"]),
    ({"LoadModel": "cut.safetensors"}, ["cut.safetensors"]),
    ({"LoadModel": "wrong-magic.json"}, ["wrong-magic.json"]),
    ({"LoadModel": "nowhere.safetensors"}, ["nowhere.safetensors"]),
    ({"TrackedWeights": "nowhere:0"}, ["no layer 'nowhere'", "there are conv1"]),
    ({"TrackedWeights": "conv1:144"}, ["'144' is no weight of layer 'conv1'", "0 to 143"]),
    ({"LearningRate": 0.0}, ["LearningRate is 0", "above 0"]),
    ({"LearningRate": -1.0}, ["LearningRate is -1", "above 0"]),
    ({"LearningRate": float("nan")}, ["LearningRate is nan", "above 0"]),
]
NO_CUDA = ({"Device": "cuda"}, ["no CUDA device", "choose the Device cpu or auto"])

# Record files that cannot be.
UNWRITABLE = [
    ("/proc/run.tvr", ["/proc/run.tvr", "choose another"]),
    ("/proc/nowhere/run.tvr", ["/proc/nowhere/run.tvr", "create its folder"]),
    ("good.json/run.tvr", ["good.json/run.tvr", "create its folder"]),
    ("good", ["good", "name a file"]),
    ("there.tvr", ["there.tvr exists already", "choose another name"]),
]

# Run files that cannot be read; damage_run() makes them.
UNREADABLE = [
    ("nowhere.tvr", ["nowhere.tvr", "no such file", "check the name"]),
    ("empty.tvr", ["empty.tvr", "it is empty", "take another file"]),
    ("cut-header.tvr", ["cut-header.tvr", "it is cut off", "copy it again"]),
    ("truncated.tvr", ["truncated.tvr", "it is cut off", "copy it again"]),
    ("wrong-magic.tvr", ["wrong-magic.tvr", "not a TensorView run", "take a file"]),
    ("wrong-version.tvr", ["wrong-version.tvr", "format version is 9", "use a newer TensorView"]),
]


def _write(path, content):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def _idx(shape, values):
    return bytes([0, 0, 8, len(shape)]) + b"".join(struct.pack(">I", length) for length in shape) + values


def write_mnist(folder, size=28, **other):
    """40 images of noise; `other` files by stem replace those, None leaves one out."""
    noise = random.Random(1)
    images = _idx((40, size, size), bytes(noise.randrange(256) for _ in range(40 * size * size)))
    labels = _idx((40,), bytes(i % 10 for i in range(40)))
    files = {"train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels,
             "t10k-images-idx3-ubyte": images, "t10k-labels-idx1-ubyte": labels,
             **{name.replace("_", "-"): content for name, content in other.items()}}
    for name, content in files.items():
        if content is not None:
            _write(os.path.join(folder, name), content)


def _write_models():
    """Weights of a network with other shapes, whole and cut off."""
    shape, count = [32, 1, 5, 5], 32 * 25
    header = json.dumps({"conv1.weight": {"dtype": "F32", "shape": shape, "data_offsets": [0, 4 * count]}}).encode()
    whole = struct.pack("<Q", len(header)) + header + bytes(4 * count)
    _write("other.safetensors", whole)
    _write("cut.safetensors", whole[:200])


def _write_networks():
    def network(**members):
        return {"layers": [{"name": "conv1", "type": "convolution", "filters": 4, "kernel": 3}, {"type": "relu"},
                           {"type": "max_pool"}, {"type": "flatten"},
                           {"name": "fc", "type": "dense", "units": "classes"}], **members}

    good = json.dumps(network()).encode()
    few = network()
    few["layers"][-1]["units"] = 5
    unknown = network()
    unknown["layers"].append({"name": "sum", "type": "add", "inputs": ["fc", "nowhere"]})
    _write("good.json", good)
    _write("empty.json", b"")
    _write("truncated.json", good[:len(good) // 2])
    _write("wrong-magic.json", b"\x89PNG\r\n" + bytes(100))
    for name, document in (("wrong-version", network(version=9)), ("other-format", network(format="another")),
                           ("too-few-outputs", few), ("other-images", network(input=[1, 32, 32])),
                           ("unknown-layer", unknown)):
        _write(name + ".json", json.dumps(document).encode())


def write():
    """All but the run files, into the current folder."""
    images = "train_images_idx3_ubyte"
    write_mnist("good")
    write_mnist("missing", **{images: None})
    write_mnist("empty", **{images: b""})
    write_mnist("truncated", **{images: _idx((40, 28, 28), bytes(1000))})
    write_mnist("truncated-gz", **{images: None})
    with open("good/train-images-idx3-ubyte", "rb") as file:
        packed = gzip.compress(file.read())
    _write("truncated-gz/train-images-idx3-ubyte.gz", packed[:len(packed) // 2])
    write_mnist("wrong-magic", **{images: b"\x89PNG" + bytes(4000)})
    write_mnist("other-count", train_labels_idx1_ubyte=_idx((39,), bytes(39)))
    write_mnist("tiny", size=2)

    record = bytes([1]) + bytes(3072)
    for folder, training, test in (("cifar-missing", record * 10, None), ("cifar-empty", b"", record),
                                   ("cifar-truncated", record * 10 + b"more", record),
                                   ("cifar-labels", (bytes([77]) + bytes(3072)) * 10, record)):
        _write(os.path.join(folder, "data_batch_1.bin"), training)
        if test:
            _write(os.path.join(folder, "test_batch.bin"), test)
    _write_networks()
    _write_models()
    _write("there.tvr", b"in the way")


def damage_run(path):
    """The files of UNREADABLE, from a good run, into the current folder. False if there is no h5py to write wrong-version.tvr."""
    with open(path, "rb") as file:
        content = file.read()
    _write("empty.tvr", b"")
    _write("cut-header.tvr", content[:100])
    _write("truncated.tvr", content[:len(content) // 3])
    _write("wrong-magic.tvr", b"\x89PNG\r\n" + bytes(5000))
    _write("wrong-version.tvr", content)
    program = "import h5py; h5py.File('wrong-version.tvr', 'r+').attrs['version_major'] = 9"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LD_"))}
    done = subprocess.run([os.environ.get("TENSORVIEW_PYTHON") or "python3", "-c", program], env=environment,
                          check=False, capture_output=True)
    if done.returncode != 0:
        os.remove("wrong-version.tvr")
    return done.returncode == 0
