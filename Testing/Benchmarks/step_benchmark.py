#!/usr/bin/env python3
"""The engine's training step against PyTorch eager, alternately in one go.

lenet5-simplified, batch 100, SGD with momentum 0.9 on MNIST, the same number of threads everywhere. PyTorch runs in its
default layout and in channels-last, each as a user would write it. Medians of rounds; ratios are medians of paired rounds.

  Testing/Benchmarks/step_benchmark.py --program build/bin/tensorview-step-benchmark --mnist $TENSORVIEW_DATA_DIR/mnist

With --paraview scripts/pvpython the same step also runs as a Trainer inside ParaView's process, once for the system's BLAS and
once for each --blas FOLDER (which holds another libblas.so.3): ParaView's process has it in global scope.

Needs the project's Python environment (torch, numpy).
"""
import argparse
import gzip
import os
import statistics
import subprocess
import time

import numpy
import torch
import torch.nn.functional as functional


def read_mnist(folder):
    def read(name, offset):
        path = os.path.join(folder, name)
        opener = gzip.open if not os.path.exists(path) else open
        with opener(path if os.path.exists(path) else path + ".gz", "rb") as file:
            return numpy.frombuffer(file.read(), numpy.uint8, offset=offset).copy()

    images = torch.from_numpy(read("train-images-idx3-ubyte", 16)).view(-1, 1, 28, 28).float() / 255
    return images[:55000], torch.from_numpy(read("train-labels-idx1-ubyte", 8)).long()[:55000]


class LeNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = torch.nn.Conv2d(16, 32, 3, padding=1)
        self.fc1 = torch.nn.Linear(1568, 512)
        self.fc2 = torch.nn.Linear(512, 10)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        return self.fc2(functional.relu(self.fc1(x.flatten(1))))


class PyTorch:
    def __init__(self, images, labels, channels_last):
        torch.manual_seed(1)
        self.images, self.labels, self.channels_last = images, labels, channels_last
        self.network = LeNet()
        if channels_last:
            self.network = self.network.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.01, momentum=0.9)
        self.order = torch.randperm(len(images))
        self.step = 0

    def run(self, steps):
        begin = time.perf_counter()
        for _ in range(steps):
            indices = self.order[self.step % 550 * 100:][:100]
            self.step += 1
            x, y = self.images[indices], self.labels[indices]
            if self.channels_last:
                x = x.contiguous(memory_format=torch.channels_last)
            self.optimizer.zero_grad()
            loss = functional.cross_entropy(self.network(x), y)
            loss.backward()
            self.optimizer.step()
            loss.item()
        return 1000 * (time.perf_counter() - begin) / steps


class Ours:
    def __init__(self, process, mode):
        self.process, self.mode = process, mode

    def run(self, steps):
        self.process.stdin.write(f"{self.mode} {steps}\n")
        return float(self.process.stdout.readline().split()[0])


class InParaView:
    def __init__(self, pvpython, threads, mnist, blas):
        environment = dict(os.environ)
        if blas:
            environment["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, [blas, environment.get("LD_LIBRARY_PATH")]))
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "steps_in_paraview.py")
        self.process = subprocess.Popen([pvpython, script, str(threads), mnist], text=True, bufsize=1, env=environment,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.blas = ""

    def run(self, steps):
        self.process.stdin.write(f"{steps}\n")
        milliseconds, self.blas = self.process.stdout.readline().split()
        return float(milliseconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/bin/tensorview-step-benchmark")
    parser.add_argument("--mnist", default=os.path.join(os.environ.get("TENSORVIEW_DATA_DIR", ""), "mnist"))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--steps", type=int, default=100, help="per round; a multiple of 100 meets whole snapshots")
    parser.add_argument("--paraview", metavar="PVPYTHON", help="scripts/pvpython")
    parser.add_argument("--blas", action="append", default=[], metavar="FOLDER", help="of another libblas.so.3, for --paraview")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    images, labels = read_mnist(arguments.mnist)
    # The environment of the test is the user's: no settings of OpenMP for either side.
    process = subprocess.Popen([arguments.program, str(arguments.threads), "mnist", arguments.mnist], text=True, bufsize=1,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    runners = {"PyTorch eager": PyTorch(images, labels, False), "PyTorch channels-last": PyTorch(images, labels, True),
               "TensorView": Ours(process, "bare"), "TensorView watched": Ours(process, "watched")}
    if arguments.paraview:
        for number, blas in enumerate([None] + arguments.blas):
            runners["in ParaView" + (f", BLAS {number}" if blas else "")] = InParaView(
                arguments.paraview, arguments.threads, arguments.mnist, blas)
    times = {name: [] for name in runners}
    for round_number in range(arguments.rounds + 1):
        for name, runner in runners.items():
            result = runner.run(arguments.steps)
            if round_number > 0:  # the first warms up
                times[name].append(result)
            time.sleep(0.02)
    for runner in runners.values():
        if not isinstance(runner, PyTorch):
            runner.process.stdin.close()
            runner.process.wait()

    def ratio(name, base):
        return statistics.median(a / b for a, b in zip(times[name], times[base]))

    print(f"{arguments.threads} threads, {arguments.rounds} rounds of {arguments.steps} steps")
    for name, values in times.items():
        print(f"{name:24s} {statistics.median(values):8.3f} ms a step, least {min(values):8.3f}")
    print(f"TensorView / PyTorch eager          {ratio('TensorView', 'PyTorch eager'):.3f}")
    print(f"TensorView / PyTorch channels-last  {ratio('TensorView', 'PyTorch channels-last'):.3f}")
    for name, runner in runners.items():
        if isinstance(runner, InParaView):
            print(f"{name} ({runner.blas}) / PyTorch eager {ratio(name, 'PyTorch eager'):.3f}, "
                  f"/ channels-last {ratio(name, 'PyTorch channels-last'):.3f}")
    print(f"TensorView watched / bare           {ratio('TensorView watched', 'TensorView'):.3f}")


if __name__ == "__main__":
    main()
