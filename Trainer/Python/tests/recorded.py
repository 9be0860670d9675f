"""What the tests share: small trainings, and a look at what was recorded of them."""

import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as functional  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(1)


class SmallNetwork(nn.Module):
    """Its layers are registered in another order than they are used."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6 * 4 * 4, 3)
        self.conv1 = nn.Conv2d(1, 5, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(5)
        self.conv2 = nn.Conv2d(5, 6, 3, padding=1)

    def forward(self, images):
        maps = functional.relu(self.bn1(self.conv1(images)), inplace=True)
        maps = functional.max_pool2d(maps, 2)
        maps = functional.relu(functional.max_pool2d(self.conv2(maps), 2))  # pooled first
        return self.fc(torch.flatten(maps, 1))


def batch(step, size=7, features=(1, 16, 16), classes=3):
    generator = torch.Generator().manual_seed(step)
    images = torch.randn(size, *features, generator=generator)
    return images, torch.randint(0, classes, (size,), generator=generator)


def train_step(network, optimizer, step, **kind):
    images, labels = batch(step, **kind)
    optimizer.zero_grad()
    loss = functional.cross_entropy(network(images).float(), labels)
    loss.backward()
    optimizer.step()
    return loss


class Run:
    """A run file, read back with h5py; checked by tensorview-check where $TENSORVIEW_CHECK names it."""

    def __init__(self, path, whole=True):
        if whole and os.environ.get("TENSORVIEW_CHECK"):
            done = subprocess.run(
                [os.environ["TENSORVIEW_CHECK"], path], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        try:
            self.file = h5py.File(path, "r", locking=False)
        except OSError:  # its writer is at work, or was killed
            self.file = h5py.File(path, "r", swmr=True, locking=False)
        dated = []
        self.file.visititems(lambda name, thing: dated.append(name) if h5py.h5o.get_info(thing.id).mtime else None)
        assert not dated, f"the time of day stands in {dated}"
        self.layout = json.loads(bytes(self.file["layout"][:]))
        self.counters = [int(n) for n in self.file["counters"][:]]
        self.steps = list(self.file["steps/step"][: self.counters[0]])
        self.snapshots = [int(n) for n in self.file["snapshots/step"][: self.counters[2]]]
        self.layers = [layer["name"] for layer in self.layout["layers"]]
        self.kinds = {(x["layer"], x["kind"]): tuple(x["shape"]) for x in self.layout["tensors"]}

    def tensor(self, layer, kind, step):
        """None: not recorded at that step."""
        at = self.snapshots.index(step)
        if not self.file["snapshots/recorded"][at][list(self.kinds).index((layer, kind))]:
            return None
        return self.file[f"tensors/{layer.replace('/', '%2F')}/{kind}"][at]

    def metric(self, name):
        return self.file["steps/metrics"][: self.counters[0], self.layout["metrics"].index(name)]

    def events(self):
        return [json.loads(x) for x in bytes(self.file["text/events"][:]).decode().splitlines()]

    def tracked(self, layer):
        """Indices and their values [step, index]."""
        number = next(x["id"] for x in self.layout["layers"] if x["name"] == layer)
        columns = [i for i, pair in enumerate(self.layout["tracked"]) if pair[0] == number]
        indices = [self.layout["tracked"][i][1] for i in columns]
        return indices, self.file["steps/tracked"][: self.counters[0]][:, columns]


def same(recorded, expected, tolerance=0.0):
    """Whether a recorded tensor holds the values of a torch tensor, in C order."""
    values = expected.detach().float().cpu().numpy()
    return recorded is not None and recorded.size == values.size and np.allclose(
        recorded.reshape(-1), values.reshape(-1), rtol=tolerance, atol=tolerance, equal_nan=True)
