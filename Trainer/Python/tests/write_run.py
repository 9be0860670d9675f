"""A training for tests: write_run.py FILE [--steps N] [--interval N] [--pause SECONDS] [--expected NPZ].

Prints a line when the first step is done. With --expected the tensors of the last snapshot, as torch has
them, go to an .npz whose names are layer/kind.
"""

import argparse
import time

import numpy as np
from recorded import SmallNetwork, torch, train_step

import tensorview


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--steps", type=int, default=1 << 40)
    parser.add_argument("--interval", type=int, default=20)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--expected")
    arguments = parser.parse_args()
    torch.manual_seed(3)
    network = SmallNetwork()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    limits = tensorview.Limits(flush_seconds=0.05)
    expected = {}
    with tensorview.Recorder(
        network, arguments.file, optimizer=optimizer, overwrite=True, snapshot_interval=arguments.interval,
        limits=limits,
    ) as recorder:
        step = 0
        while step < arguments.steps:
            step += 1
            going_on = recorder.step(loss=train_step(network, optimizer, step), accuracy=step % 100 / 100)
            if step == 1:
                print("recording", flush=True)
            if not going_on:
                break
            if step % arguments.interval == 0:
                expected = {}
                for name, value in network.named_parameters():
                    path = name.replace(".", "/")
                    expected[path] = value.detach().numpy().copy()
                    expected[path + "_gradient"] = value.grad.numpy().copy()
            time.sleep(arguments.pause)
    if arguments.expected:
        np.savez(arguments.expected, **expected)


if __name__ == "__main__":
    main()
