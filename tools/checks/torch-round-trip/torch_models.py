"""PyTorch's side of the round trip: see README.md. Needs torch, torchvision and safetensors."""

import sys
from pathlib import Path

sys.dont_write_bytecode = True  # leave no __pycache__ in the source tree

import safetensors.torch
import torch
import torchvision

from weights import check_came_back, load, randomize, same

MODELS = ["resnet50", "densenet161"]
BATCH, SIZE = 2, 224
DTYPES = "float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool".split()


def create(name, seed):
    """A model of torchvision with random weights and statistics, none of them left at 0 or 1."""
    torch.manual_seed(seed)
    return randomize(getattr(torchvision.models, name)(weights=None))


def every_dtype():
    """A tensor of each type with random bits, NaNs among them; of several axes, none, and no elements."""
    torch.manual_seed(3)
    tensors = {}
    for name in DTYPES:
        dtype = getattr(torch, name)
        size = 4099 * torch.empty(0, dtype=dtype).element_size()
        bits = torch.randint(0, 2 if name == "bool" else 256, (size,), dtype=torch.uint8)
        tensors[name] = bits.view(dtype)
    tensors["axes"] = torch.arange(24.0).reshape(1, 2, 3, 4)
    tensors["scalar"] = torch.tensor(3)
    tensors["empty"] = torch.zeros(2, 0, 3)
    tensors["name with ü, \n and \""] = torch.tensor([1.0])
    return tensors


def write(folder):
    """Weights in three formats, a batch of images, and the logits that PyTorch computes."""
    torch.save(every_dtype(), folder / "dtypes.zip.pth")
    for name in MODELS:
        model = create(name, 1)
        images = torch.rand(BATCH, 3, SIZE, SIZE) * 2 - 1
        with torch.no_grad():
            logits = model(images)
        weights = model.state_dict()
        torch.save(weights, folder / f"{name}.zip.pth")
        torch.save(weights, folder / f"{name}.legacy.pth", _use_new_zipfile_serialization=False)
        safetensors.torch.save_file(weights, folder / f"{name}.torch.safetensors")
        torch.save({"images": images, "logits": logits}, folder / f"{name}.io.pth")
        print(f"{name}: wrote weights, images [{BATCH},3,{SIZE},{SIZE}] and logits to {folder}")


def check(folder):
    """Loads what TensorFlow.js saved into a model with other weights; every value must be the same."""
    for format in ["pth", "safetensors"]:
        saved, original = load(folder / f"dtypes.saved.{format}"), every_dtype()
        assert set(saved) == set(original), set(saved) ^ set(original)
        different = [key for key in original if not same(saved[key], original[key])]
        assert not different, different
        print(f"dtypes.saved.{format}: {len(saved)} tensors came back bit by bit")
        for name in MODELS:
            check_model(folder, name, format)


def check_model(folder, name, format):
    original = torch.load(folder / f"{name}.zip.pth", weights_only=True)
    saved = load(folder / f"{name}.saved.{format}")
    model = create(name, 2)
    check_came_back(model, original, saved)
    io = torch.load(folder / f"{name}.io.pth", weights_only=True)
    with torch.no_grad():
        difference = (model(io["images"]) - io["logits"]).abs().max().item()
    assert difference == 0, difference
    print(f"{name}.saved.{format}: {len(saved)} tensors came back bit by bit, the logits too")


if __name__ == "__main__":
    command, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    {"write": write, "check": check}[command](folder)
