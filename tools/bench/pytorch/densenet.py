"""Densely connected networks (Huang et al., arXiv 1608.06993) in stages, as torchvision computes them."""

import torch
from torch import nn

BOTTLENECK = 4


class DenseLayer(nn.Module):
    """All maps so far, concatenated -> `growth` new channels."""

    def __init__(self, inputs, growth):
        super().__init__()
        width = BOTTLENECK * growth
        self.norm1 = nn.BatchNorm2d(inputs)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(width, growth, 3, padding=1, bias=False)

    def forward(self, maps):
        reduced = self.conv1(self.relu1(self.norm1(torch.cat(maps, dim=1))))
        return self.conv2(self.relu2(self.norm2(reduced)))


class DenseBlock(nn.Module):
    def __init__(self, depth, inputs, growth):
        super().__init__()
        for i in range(depth):
            self.add_module(f"denselayer{i + 1}", DenseLayer(inputs + i * growth, growth))

    def forward(self, x):
        maps = [x]
        for layer in self.children():
            maps.append(layer(maps))
        return torch.cat(maps, dim=1)


def transition(inputs, outputs):
    modules = nn.Sequential()
    modules.add_module("norm", nn.BatchNorm2d(inputs))
    modules.add_module("relu", nn.ReLU(inplace=True))
    modules.add_module("conv", nn.Conv2d(inputs, outputs, 1, bias=False))
    modules.add_module("pool", nn.AvgPool2d(2, 2))
    return modules


def stages(growth, depths, width):
    """The stages behind the stem, each a list of modules, and their output channels."""
    inputs, made, channels = width, [], []
    for i, depth in enumerate(depths):
        modules = []
        if i > 0:
            modules.append(transition(inputs, inputs // 2))
            inputs //= 2
        modules.append(DenseBlock(depth, inputs, growth))
        inputs += depth * growth
        made.append(modules)
        channels.append(inputs)
    return made, channels
