"""A training in PyTorch that records, as a stranger would write it, for tests of its remote control.

    outside_training.py RUN.tvr [HOST:PORT]

Trains until it is asked to stop, and prints the learning rate that it had last. Run by $TENSORVIEW_PYTHON.
"""

import logging
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Trainer" / "Python"))

import torch  # noqa: E402

import tensorview  # noqa: E402


def main(path, live=None):
    logging.basicConfig()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(8 * 36, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    going_on = True
    with tensorview.Recorder(model, path, optimizer=optimizer, snapshot_interval=20, live=live) as recorder:
        while going_on:
            images, classes = torch.randn(16, 1, 8, 8), torch.randint(0, 10, (16,))
            outputs = model(images)
            loss = torch.nn.functional.cross_entropy(outputs, classes)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            accuracy = (outputs.argmax(1) == classes).float().mean()
            going_on = recorder.step(loss=loss, accuracy=accuracy)
            time.sleep(0.005)  # leaves the machine to the viewer that is tested
        print("learning rate", optimizer.param_groups[0]["lr"])


if __name__ == "__main__":
    main(*sys.argv[1:])
