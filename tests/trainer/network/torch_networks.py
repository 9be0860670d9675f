"""VGG-16 and residual networks in PyTorch with the layer names that PyTorch's published weights have.

Written from the papers (Simonyan and Zisserman 2014, He et al. 2015) and the names; only for comparing the engine with.
"""
import torch.nn as nn


class Vgg16(nn.Module):
    """For images of size x size; the classifier follows the feature map."""

    def __init__(self, size, classes, dropout=0.5):
        super().__init__()
        layers, channels = [], 3
        for stage, (filters, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))):
            for _ in range(count):
                layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
                channels = filters
            layers.append(nn.MaxPool2d(2))
            size //= 2
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(min(size, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * min(size, 7) ** 2, 4096), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(4096, classes))

    def forward(self, x):
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


class Block(nn.Module):
    """Two 3x3 convolutions, or 1x1, 3x3 and 1x1 ones, around a shortcut."""

    def __init__(self, inputs, filters, stride, bottleneck):
        super().__init__()
        outputs = 4 * filters if bottleneck else filters
        plan = ([(filters, 1, 1), (filters, 3, stride), (outputs, 1, 1)] if bottleneck
                else [(filters, 3, stride), (outputs, 3, 1)])
        self.depth = len(plan)
        channels = inputs
        for i, (count, kernel, step) in enumerate(plan, 1):
            setattr(self, f"conv{i}", nn.Conv2d(channels, count, kernel, step, kernel // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(count))
            channels = count
        self.relu = nn.ReLU()
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = x
        for i in range(1, self.depth + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            if i < self.depth:
                y = self.relu(y)
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, blocks, bottleneck, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        channels = 64
        for stage, count in enumerate(blocks):
            filters, sequence = 64 << stage, []
            for i in range(count):
                sequence.append(Block(channels, filters, 2 if stage and not i else 1, bottleneck))
                channels = 4 * filters if bottleneck else filters
            setattr(self, f"layer{stage + 1}", nn.Sequential(*sequence))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for stage in range(1, 5):
            x = getattr(self, f"layer{stage}")(x)
        return self.fc(self.avgpool(x).flatten(1))


def make(name, size, classes, dropout=0.5):
    if name == "vgg16":
        return Vgg16(size, classes, dropout)
    return ResNet(*{"resnet18": ((2, 2, 2, 2), False), "resnet50": ((3, 4, 6, 3), True)}[name], classes)
