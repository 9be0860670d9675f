#!/usr/bin/env python3
"""What recording costs a training in PyTorch: the step of lenet5-simplified (batch 100, SGD with momentum 0.9) bare, with
tensorview.Recorder (metrics, norms and tracked weights every step, weights, gradients and activations every 100), with
scalars of loss and norms for TensorBoard, and with W&B's watch (offline); the last two where they are installed.

All train in one process, taking turns of so many steps; ratios are medians of paired turns. Beside the time that passed
stands the ratio of what the processors did, all turns together, which other work on the machine changes less.

  $PYTHON Testing/Benchmarks/recorder_cost.py
"""
import argparse
import contextlib
import importlib.util
import pathlib
import statistics
import sys
import tempfile
import time

import torch
import torch.nn.functional as functional

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(REPOSITORY / "Trainer" / "Python"), str(REPOSITORY / "Testing" / "Benchmarks")]

import tensorview  # noqa: E402
from step_benchmark import LeNet  # noqa: E402


class Training:
    """A training of its own; tell() is called after each step."""

    def __init__(self):
        torch.manual_seed(1)
        self.network = LeNet()
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.01, momentum=0.9)
        self.images = torch.rand(2000, 1, 28, 28)
        self.labels = torch.randint(0, 10, (2000,))
        self.steps = 0

    def step(self):
        begin = self.steps * 100 % 2000
        self.steps += 1
        scores = self.network(self.images[begin:begin + 100])
        loss = functional.cross_entropy(scores, self.labels[begin:begin + 100])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.tell(loss)

    def tell(self, loss):
        pass

    def close(self):
        pass


class Recorded(Training):
    def __init__(self, folder):
        super().__init__()
        self.recorder = tensorview.Recorder(self.network, folder + "/run.tvr", optimizer=self.optimizer)

    def tell(self, loss):
        self.recorder.step(loss=loss)

    def close(self):
        self.recorder.close()


class TensorBoard(Training):
    def __init__(self, folder):
        super().__init__()
        from torch.utils.tensorboard import SummaryWriter

        self.writer = SummaryWriter(folder + "/tensorboard")

    def tell(self, loss):
        self.writer.add_scalar("loss", loss.item(), self.steps)
        for name, value in self.network.named_parameters():
            if value.dim() > 1:
                self.writer.add_scalar(name + "/norm", value.norm().item(), self.steps)
                self.writer.add_scalar(name + "/gradient_norm", value.grad.norm().item(), self.steps)

    def close(self):
        self.writer.close()


class Watched(Training):
    def __init__(self, folder):
        super().__init__()
        import wandb

        self.run = wandb.init(mode="offline", dir=folder)
        self.run.watch(self.network, log="all", log_freq=100)

    def tell(self, loss):
        self.run.log({"loss": loss.item()})

    def close(self):
        self.run.finish()


def seconds_per_step(training, steps):
    """Of the clock and of the processors."""
    begin, work = time.perf_counter(), time.process_time()
    for _ in range(steps):
        training.step()
    return (time.perf_counter() - begin) / steps, (time.process_time() - work) / steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=100, help="of a turn")
    parser.add_argument("--threads", type=int, default=0, help="0: as torch has it")
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    kinds = {"bare": lambda folder: Training(), "recorded": Recorded}
    for name, kind, module in (("TensorBoard scalars", TensorBoard, "tensorboard"), ("W&B watch", Watched, "wandb")):
        if importlib.util.find_spec(module):
            kinds[name] = kind
        else:
            print(f"{name}: left out, {module} is not installed")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as closing:
        trainings = {}
        for name, kind in kinds.items():
            trainings[name] = kind(folder)
            closing.callback(trainings[name].close)
            seconds_per_step(trainings[name], 10)
        times = {name: [] for name in trainings}
        for number in range(arguments.rounds):
            for name, training in trainings.items():
                times[name].append(seconds_per_step(training, arguments.steps))
            print(f"round {number + 1}: " + ", ".join(f"{x} {1000 * y[-1][0]:.2f} ms" for x, y in times.items()), flush=True)
        recorder = trainings["recorded"].recorder
    for name, values in times.items():
        ratio = statistics.median(a / b for (a, _), (b, _) in zip(values, times["bare"]))
        work = sum(a for _, a in values) / sum(b for _, b in times["bare"])
        median = 1000 * statistics.median(a for a, _ in values)
        print(f"{name}: median {median:.2f} ms, {ratio:.3f} of the bare step; {work:.3f} of its processor time")
    print(f"left out: {recorder.progress.dropped_rows} rows, {recorder.progress.dropped_snapshots} snapshots")


if __name__ == "__main__":
    main()
