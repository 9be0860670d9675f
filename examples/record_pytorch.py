"""Records a training in PyTorch, for ParaView to follow: record_pytorch.py [RUN.tvr [STEPS]].

Needs torch and the package of Trainer/Python (docs/recording.md). The lines of TensorView are marked.
"""

import sys

import tensorview  # <-- 1
import torch
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.fc1 = nn.Linear(32 * 7 * 7, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, images):
        maps = nn.functional.max_pool2d(nn.functional.relu(self.conv1(images)), 2)
        maps = nn.functional.max_pool2d(nn.functional.relu(self.conv2(maps)), 2)
        return self.fc2(nn.functional.relu(self.fc1(maps.flatten(1))))


def strokes(count):
    """Images [count, 1, 28, 28] of a bright bar in one of ten directions, and the directions."""
    classes = torch.randint(0, 10, (count,))
    angle = (classes * torch.pi / 10).view(-1, 1, 1)
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, 28), torch.linspace(-1, 1, 28), indexing="ij")
    distance = rows * torch.cos(angle) - columns * torch.sin(angle)
    bar = torch.exp(-((distance + 0.2 * torch.randn(count, 1, 1)) ** 2) * 40)
    return (bar + 0.1 * torch.randn(count, 28, 28)).unsqueeze(1), classes


def main(path="run.tvr", steps=200):
    torch.manual_seed(1)
    network = Network()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
    with tensorview.Recorder(network, path, optimizer=optimizer) as recorder:  # <-- 2
        for step in range(1, int(steps) + 1):
            images, classes = strokes(64)
            scores = network(images)
            loss = nn.functional.cross_entropy(scores, classes)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            accuracy = (scores.argmax(1) == classes).float().mean()
            if not recorder.step(loss=loss, accuracy=accuracy):  # <-- 3
                break
            if step % 50 == 0:
                print(f"step {step}: loss {loss.item():.3f}, accuracy {accuracy.item():.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
