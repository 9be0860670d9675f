#!/usr/bin/env python3
"""The engine's VGG-16 and residual networks against PyTorch's: names, shapes, outputs, one training step, files of weights.

  check_networks.py --program build/bin/tensorview-train --engine libTensorViewEngine.so --work FOLDER

For each network: PyTorch draws weights and saves its state dict; tensorview-train loads it, takes one step on images that
both have (all of them in one batch, so that their order does not matter) and saves its weights, which PyTorch loads. The step
is plain SGD with a large learning rate, so that the difference of the weights is the gradient.
"""
import argparse
import json
import os
import shutil
import struct
import subprocess
import sys

import h5py
import numpy
import torch
import torch.nn.functional as functional

from torch_networks import make

TRAINING, IMAGES, SIZE, CLASSES = 36, 40, 32, 10
RATE = 100.0


def write_images(folder):
    """CIFAR-10's binary format; of the training file the last tenth is the engine's validation part."""
    os.makedirs(folder, exist_ok=True)
    generator = numpy.random.default_rng(7)
    labels = (numpy.arange(IMAGES) % CLASSES).astype(numpy.uint8)
    pixels = generator.integers(0, 256, (IMAGES, 3 * SIZE * SIZE), dtype=numpy.uint8)
    for name in ("data_batch_1.bin", "test_batch.bin"):
        numpy.concatenate([labels[:, None], pixels], 1).tofile(os.path.join(folder, name))
    images = torch.from_numpy(pixels[:TRAINING].reshape(-1, 3, SIZE, SIZE)).float() / 255
    return images, torch.from_numpy(labels[:TRAINING].astype(numpy.int64))


def read_safetensors(path):
    types = {"F32": numpy.float32, "I64": numpy.int64}
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = numpy.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
            tensors[name] = torch.from_numpy(values.copy())
    return tensors


def layout_of(run):
    return json.loads(bytes(run["layout"][:]))


def distance(a, b, floor=1e-12):
    """Largest difference as a share of the largest value (or of `floor`)."""
    return float((a.double() - b.double()).abs().max() / b.double().abs().max().clamp_min(floor))


class Case:
    def __init__(self, arguments, images, labels):
        self.arguments, self.images, self.labels = arguments, images, labels

    def train(self, network, *more, batch=TRAINING):
        command = [self.arguments.program, "--network", network, "--dataset", "cifar10", "--data-directory",
                   self.arguments.work, "--batch-size", str(batch), "--device", "cpu", "--json", *more]
        environment = dict(os.environ, TENSORVIEW_ENGINE_LIBRARY=self.arguments.engine)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
        return done.returncode, done.stdout, done.stderr

    def step(self, description, weights, result):
        status, out, messages = self.train(
            description, "--load-model", weights, "--steps", "1", "--learning-rate", str(RATE), "--momentum", "0",
            "--save-model", result)
        assert status == 0, messages
        return json.loads(out.splitlines()[0])

    def check_step(self, name, description, tolerance):
        torch.manual_seed(11)
        network = make(name, SIZE, CLASSES, dropout=0.0).train()
        for part in network.modules():
            if isinstance(part, torch.nn.Conv2d):  # else VGG's signals vanish
                torch.nn.init.kaiming_normal_(part.weight, mode="fan_out")
            # Most values behind a batch norm above zero: where half of 50 layers' ReLUs are at their edge, float32 gradients
            # are off by per cents, PyTorch's own too.
            if isinstance(part, torch.nn.BatchNorm2d):
                torch.nn.init.constant_(part.bias, 2)
        weights = os.path.join(self.arguments.work, name + ".pt")
        result = os.path.join(self.arguments.work, name + ".safetensors")
        torch.save({"epoch": 3, "state_dict": network.state_dict(), "optimizer": {"lr": 0.1}}, weights)
        before = {key: value.clone() for key, value in network.state_dict().items()}
        report = self.step(description, weights, result)

        loss = functional.cross_entropy(network(self.images), self.labels)
        loss.backward()
        after = read_safetensors(result)
        assert abs(report["loss"] - loss.item()) < 1e-5 * max(1.0, loss.item()), (report, loss.item())
        distances = []
        # A batch norm takes away again what the bias before it adds: such gradients are zero but for rounding.
        floor = 0.01 * max(float(parameter.grad.abs().max()) for parameter in network.parameters())
        for key, parameter in network.named_parameters():
            gradient = (before[key].double() - after[key].double()) / RATE
            distances.append(distance(gradient, parameter.grad, floor))
            assert distances[-1] < tolerance, f"gradient of {key} is off by {distances[-1]}"
        assert sorted(distances)[len(distances) // 2] < 2e-5, distances
        for key, buffer in network.named_buffers():
            assert key in after and after[key].dtype == buffer.dtype, key
            if buffer.dtype == torch.float32:
                assert distance(after[key], buffer) < 1e-5, key
            else:
                assert after[key] == 1 and after[key].shape == (), key
        network.load_state_dict(after, strict=True)
        print(f"{name}: loss {loss.item():.5f}, {len(after)} tensors, largest difference of a gradient {max(distances):.1e}")
        os.remove(weights)
        return result

    def check_prediction(self, name, last):
        """Scores, loss and activations of images that are scaled and normalised, in evaluation mode, over three batches."""
        torch.manual_seed(12)
        network = make(name, 2 * SIZE, CLASSES).eval()
        for part in network.modules():
            if isinstance(part, torch.nn.BatchNorm2d):
                part.running_mean.uniform_(-0.1, 0.1)
                part.running_var.uniform_(0.5, 2)
        weights = os.path.join(self.arguments.work, name + ".pth")
        run = os.path.join(self.arguments.work, name + ".tvr")
        torch.save(network.state_dict(), weights)
        status, out, messages = self.train(
            name, "--predict", "--load-model", weights, "--image-size", str(2 * SIZE), "--normalization", "imagenet",
            "--accumulate-batches", "3", "--snapshot-interval", "1", "--record-file", run, batch=TRAINING // 3)
        assert status == 0, messages
        seen = {}
        first = network.features[0] if name == "vgg16" else network.bn1
        first.register_forward_hook(lambda part, inputs, output: seen.update(first=output.relu()))
        mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]).view(2, 1, 3, 1, 1)
        scaled = functional.interpolate(self.images, size=2 * SIZE, mode="bilinear", align_corners=False)
        with torch.no_grad():
            scores = network((scaled - mean) / deviation)
        report = json.loads(out.splitlines()[0])
        assert report["step"] == 3 and report["validation_accuracy"] is None, report
        loss = functional.cross_entropy(scores, self.labels).item()
        assert abs(report["loss"] - loss) < 1e-5 * max(1.0, loss), (report, loss)
        with h5py.File(run) as file:
            layer = "features.0" if name == "vgg16" else "conv1"
            worst = max(distance(torch.from_numpy(file[f"tensors/{key}/activation"][3]).flatten(), wanted.sum(0).flatten())
                        for key, wanted in ((layer, seen["first"]), (last, scores)))
            assert worst < 1e-5, worst
            recorded = {(tensor["layer"], tensor["kind"]): column.tolist()
                        for tensor, column in zip(layout_of(file)["tensors"], file["snapshots/recorded"][:].T)}
            assert recorded[layer, "weight"] == [1, 0, 0, 0], "weights that do not change are recorded once"
            assert recorded[last, "activation"] == [1, 0, 0, 1], recorded[last, "activation"]
            assert numpy.array_equal(file[f"tensors/{layer}/weight"][0], network.state_dict()[layer + ".weight"].numpy())
        os.remove(weights)
        os.remove(run)
        print(f"{name}: prediction, largest difference {worst:.1e}")

    def check_initial(self, name):
        """A network of its own weights, saved, is one that PyTorch takes, of sensible size."""
        result = os.path.join(self.arguments.work, name + "-drawn.safetensors")
        status, _, messages = self.train(name, "--steps", "1", "--learning-rate", "1e-9", "--save-model", result)
        assert status == 0, messages
        drawn = read_safetensors(result)
        network = make(name, SIZE, CLASSES)
        network.load_state_dict(drawn, strict=True)
        for key, part in network.named_modules():
            if isinstance(part, torch.nn.Conv2d):
                fan_out = part.out_channels * part.kernel_size[0] ** 2
                assert abs(part.weight.std().item() * (fan_out / 2) ** 0.5 - 1) < 0.05, key
                assert part.bias is None or part.bias.abs().max() < 1e-6, key
        os.remove(result)
        print(f"{name}: {sum(p.numel() for p in network.parameters())} parameters drawn")

    def check_refusals(self, weights):
        """What is wrong with a file of weights is told at once and by name."""
        tensors = read_safetensors(weights)
        tensors["head.weight"] = torch.zeros(3)
        del tensors["layer1.0.conv1.weight"]
        tensors["fc.weight"] = torch.zeros(1000, 512)
        tensors["fc.bias"] = torch.zeros(1000)
        other = os.path.join(self.arguments.work, "other.pt")
        torch.save(tensors, other)
        status, _, messages = self.train("resnet18", "--load-model", other, "--steps", "1")
        assert status == 1, status
        for part in ("missing: layer1.0.conv1.weight;", "unexpected: head.weight;",
                     "fc.weight [1000, 512] where the network has [10, 512]",
                     "LoadModelSkip 'fc'", "Classes 1000"):
            assert part in messages, f"{part!r} is missing in: {messages}"
        del tensors["head.weight"]
        tensors["layer1.0.conv1.weight"] = torch.zeros(64, 64, 3, 3)
        torch.save(tensors, other)
        status, _, messages = self.train("resnet18", "--load-model", other, "--load-model-skip", "fc", "--steps", "1")
        assert status == 0, messages
        status, _, messages = self.train("resnet18", "--load-model", other, "--classes", "1000", "--steps", "1")
        assert status == 0, messages
        status, _, messages = self.train("resnet18", "--load-model", other, "--load-model-skip", "fd", "--steps", "1")
        assert status == 1 and "no layer with weights is called so" in messages, messages
        os.remove(other)
        print("files that do not fit are refused by name")


def without_dropout(case, name):
    """The engine's own description of a built-in network, as its run file has it, with dropout made harmless."""
    run = os.path.join(case.arguments.work, "description.tvr")
    status, _, messages = case.train(name, "--steps", "1", "--mode", "predict", "--record-file", run, "--overwrite")
    assert status == 0, messages
    with h5py.File(run) as file:
        graph = json.loads(layout_of(file)["graph"])
    os.remove(run)
    for layer in graph["layers"]:
        if layer["type"] == "dropout":
            layer["probability"] = 0
    path = os.path.join(case.arguments.work, name + ".json")
    with open(path, "w") as file:
        json.dump(graph, file)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--program", "--engine", "--work"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    torch.set_num_threads(2)
    case = Case(arguments, *write_images(arguments.work))
    resnet = case.check_step("resnet18", "resnet18", 1e-4)
    case.check_refusals(resnet)
    case.check_step("resnet50", "resnet50", 1e-4)
    # A value at the edge of a ReLU, or two equal ones in a pooling window, change sides by rounding now and then; the gradients of
    # this layer and those before then differ by some 1e-3, PyTorch's own with channels last and first too.
    case.check_step("vgg16", without_dropout(case, "vgg16"), 2e-2)
    case.check_prediction("resnet18", "fc")
    case.check_prediction("vgg16", "classifier.6")
    for name in ("vgg16", "resnet18"):
        case.check_initial(name)
    shutil.rmtree(arguments.work)


if __name__ == "__main__":
    sys.exit(main())
