"""The published FBSD class's side of its round trip: see README.md. Needs torch, numpy and safetensors.

  published.py write FOLDER ARCH       random weights as published.pth, images and their logits as io.pth
  published.py check FOLDER ARCH FILE  FILE, saved by TensorFlow.js from these, loads strictly and gives the same logits
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True  # leave no __pycache__ in the source tree

import torch

from weights import check_came_back, load, randomize

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from pytorch.network import FBSD  # the published class in plain torch, held to its goldens by `npm run bench -- --check`

CLASSES, BATCH, SIZE = 7, 2, 128


def create(arch, seed):
    torch.manual_seed(seed)
    return randomize(FBSD(arch, CLASSES))


def write(folder, arch):
    model = create(arch, 1)
    images = torch.rand(BATCH, 3, SIZE, SIZE) * 2 - 1
    torch.save(model.state_dict(), folder / "published.pth")
    with torch.no_grad():
        logits = {f"logits.{i}": each for i, each in enumerate(model(images))}
    torch.save({"images": images, **logits}, folder / "io.pth")


def check(folder, arch, file):
    io, original, saved = load(folder / "io.pth"), load(folder / "published.pth"), load(Path(file))
    model = create(arch, 2)
    check_came_back(model, original, saved)
    with torch.no_grad():
        for i, logits in enumerate(model(io["images"])):
            assert torch.equal(logits, io[f"logits.{i}"]), f"other logits {i}"
    print(f"{len(saved)} tensors came back bit by bit, the logits too")


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    {"write": write, "check": check}[command](Path(folder), *rest)
