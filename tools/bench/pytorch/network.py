"""The complete FBSD network. The parts bear the names that the goldens' weights are made from."""

from collections import namedtuple
from functools import partial

import torch
from torch import nn

from . import densenet, resnet
from .modules import FBSM, FDM, TopKPool
from .resnet import Basic, Bottleneck, conv, stem

Architecture = namedtuple("Architecture", "prefix stages width stem_size conv_widths hidden_units")

RESNET50 = partial(resnet.stages, Bottleneck, (3, 4, 6, 3))
MINI = partial(resnet.stages, Basic, (2, 2, 2, 2))
DENSENET161 = partial(densenet.stages, 48, (6, 12, 36, 24))
ARCHITECTURES = {
    "resnet50": Architecture("layer", RESNET50, 64, 7, (512, 1024), 512),
    "mini": Architecture("layer", MINI, 32, 3, (128, 256), 128),
    "densenet161": Architecture("block", DENSENET161, 96, 7, (512, 1024), 512),
}
PARTS = (8, 4, 2)
CONV_BLOCK_MOMENTUM = 0.01


class Features(nn.Module):
    """The backbone with an FBSM after each of its last three stages: images -> 3 boosted maps."""

    def __init__(self, architecture):
        super().__init__()
        prefix, stages, width, stem_size, *_ = architecture
        (stage1, stage2, stage3, stage4), channels = stages(width)
        first = [*stem(width, stem_size), *stage1, *stage2]
        self.names = [f"{prefix}0_2", f"{prefix}3", f"{prefix}4"]
        for name, modules in zip(self.names, (first, stage3, stage4)):
            self.add_module(name, nn.Sequential(*modules))
        self.channels = channels[1:]
        self.strip1, self.strip2, self.strip3 = map(FBSM, self.channels, PARTS)

    def forward(self, x):
        maps = []
        for name, strip in zip(self.names, (self.strip1, self.strip2, self.strip3)):
            boosted, x = strip(self.get_submodule(name)(x))
            maps.append(boosted)
        return maps


class ConvBnRelu(nn.Module):
    def __init__(self, inputs, outputs, size):
        super().__init__()
        self.conv = conv(inputs, outputs, size)
        self.bn = nn.BatchNorm2d(outputs, momentum=CONV_BLOCK_MOMENTUM)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.bn(self.conv(x)))


def classifier(inputs, hidden_units, classes):
    return nn.Sequential(
        nn.BatchNorm1d(inputs),
        nn.Linear(inputs, hidden_units),
        nn.BatchNorm1d(hidden_units),
        nn.ELU(inplace=True),
        nn.Linear(hidden_units, classes),
    )


class FBSD(nn.Module):
    """Images [B,3,S,S] -> four logits [B,classes]: level 1, 2, 3, concat."""

    def __init__(self, arch, classes):
        super().__init__()
        architecture = ARCHITECTURES[arch]
        reduced, width = architecture.conv_widths
        hidden_units = architecture.hidden_units
        self.features = Features(architecture)
        for level, channels in enumerate(self.features.channels, start=1):
            block = nn.Sequential(ConvBnRelu(channels, reduced, 1), ConvBnRelu(reduced, width, 3))
            self.add_module(f"conv_block{level}", block)
            self.add_module(f"classifier{level}", classifier(width, hidden_units, classes))
        self.classifier_concat = classifier(3 * width, hidden_units, classes)
        self.fdm = FDM()
        self.pool = TopKPool()

    def forward(self, images):
        boosted1, boosted2, boosted3 = self.features(images)
        maps = [self.conv_block1(boosted1), self.conv_block2(boosted2), self.conv_block3(boosted3)]
        pooled1, pooled2, pooled3 = map(self.pool, self.fdm(maps))
        return (
            self.classifier1(pooled1),
            self.classifier2(pooled2),
            self.classifier3(pooled3),
            self.classifier_concat(torch.cat([pooled1, pooled2, pooled3], dim=1)),
        )
