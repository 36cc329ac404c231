"""The three modules of FBSD, on maps [B,C,H,W]. Source: Song and Yang, arXiv 2103.02782."""

import torch
from torch import nn
from torch.nn import functional as F


class FBSM(nn.Module):
    """Boosts every strip of rows by its probability and suppresses the likeliest one.

    [B,C,H,W] -> (boosted, suppressed), each of that shape. Strip i of k holds the rows
    floor(iH/k) ... floor((i+1)H/k) - 1. In training each strip has batch statistics of its own and
    moves the running ones, first strip first.
    """

    def __init__(self, channels, parts, alpha=0.5, beta=0.5):
        super().__init__()
        self.parts, self.alpha, self.beta = parts, alpha, beta
        self.stripconv = nn.Sequential(nn.Conv2d(channels, 1, 1), nn.BatchNorm2d(1), nn.ReLU())

    def forward(self, x):
        height = x.shape[2]
        borders = [i * height // self.parts for i in range(self.parts + 1)]
        rows = [end - begin for begin, end in zip(borders, borders[1:])]
        convolution, norm, relu = self.stripconv
        strips = convolution(x).split(rows, dim=2)  # k times [B,1,rows,W]
        scores = torch.cat([relu(norm(strip)).mean(dim=(1, 2, 3))[:, None] for strip in strips], dim=1)
        p = scores.softmax(dim=1)  # [B,k]
        gate = torch.where(p == p.amax(dim=1, keepdim=True), 1 - self.beta, 1.0).to(x.dtype)
        of_row = torch.repeat_interleave(torch.arange(self.parts), torch.tensor(rows))  # [H]
        boost = (1 + self.alpha * p)[:, of_row, None].unsqueeze(1)  # [B,1,H,1]
        suppress = gate.detach()[:, of_row, None].unsqueeze(1)
        return x * boost, x * suppress


class FDM(nn.Module):
    """Adds to every position of a map what the other maps hold that resembles it least.

    A list of [B,C,H,W] of any H and W -> a list of the same shapes.
    """

    def __init__(self, gamma=1.0, scale=0.001):
        super().__init__()
        self.factor = gamma * scale

    def forward(self, maps):
        flat = [m.flatten(2) for m in maps]  # [B,C,S]
        unit = [F.normalize(f, dim=1) for f in flat]
        gains = [0.0] * len(maps)
        for i in range(len(maps)):
            for j in range(i + 1, len(maps)):
                a = -torch.bmm(unit[i].transpose(1, 2), unit[j])  # [B,S,C] x [B,C,M] -> [B,S,M]
                gains[i] = gains[i] + torch.bmm(flat[j], a.softmax(dim=2).transpose(1, 2))
                gains[j] = gains[j] + torch.bmm(flat[i], a.softmax(dim=1))
        return [m + self.factor * gain.view_as(m) for m, gain in zip(maps, gains)]


class TopKPool(nn.Module):
    """Mean of the k largest responses of each channel: [B,C,H,W] -> [B,C]."""

    def __init__(self, k=5):
        super().__init__()
        self.k = k

    def forward(self, x):
        return x.flatten(2).topk(self.k, dim=2).values.mean(dim=2)
