"""The counter-based generator of the goldens: the same numbers in every language.

FNV-1a of the name seeds mulberry32, whose output at position i is value i.
"""

import math

import torch

MASK = 0xFFFFFFFF


def _seed(name):
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & MASK
    return value


def _symmetric(name, shape):
    """Uniform in [-1, 1) as float64. The int64 products wrap; their low 32 bits are what counts."""
    count = math.prod(shape)
    a = (torch.arange(1, count + 1) * 0x6D2B79F5 + _seed(name)) & MASK
    t = ((a ^ (a >> 15)) * (a | 1)) & MASK
    t = ((t + (((t ^ (t >> 7)) * (t | 61)) & MASK)) & MASK) ^ t
    u = ((t ^ (t >> 14)) & MASK).double() / 2**32
    return (2 * u - 1).reshape(shape)


def signal(name, shape):
    """Inputs and images: uniform in [-1, 1), float32."""
    return _symmetric(name, shape).float()


def parameter(name, shape):
    """A weight or a statistic by its name in the state dict, float32."""
    r = _symmetric(name, shape)
    if name.endswith("running_var"):
        r = 1 + 0.5 * r
    elif name.endswith(("bias", "running_mean")):
        r = 0.1 * r
    elif len(shape) > 1:
        r = r * math.sqrt(6 / math.prod(shape[1:]))
    elif name.endswith("bn3.weight"):
        r = 0.2 + 0.02 * r
    else:
        r = 1 + 0.1 * r
    return r.float()


def fill(model):
    """Gives every parameter and running statistic its value. Returns their shapes by name."""
    shapes = {}
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                continue
            shapes[name] = list(value.shape)
            value.copy_(parameter(name, shapes[name]))
    return shapes


def tiled_images(name, batch, size):
    """The goldens' images [B,3,S,S], float32: tiles of 8 x 8, enlarged, and a quarter of noise."""
    tiles = signal(f"{name}.tiles", [batch, 3, 8, 8])
    enlarged = tiles.repeat_interleave(size // 8, dim=2).repeat_interleave(size // 8, dim=3)
    return enlarged + 0.25 * signal(f"{name}.noise", [batch, 3, size, size])
