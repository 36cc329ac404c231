"""PyTorch's side of the round trip: see README.md. Needs torch, torchvision and safetensors."""

import sys
from pathlib import Path

import safetensors.torch
import torch
import torchvision

MODELS = ["resnet50", "densenet161"]
BATCH, SIZE = 2, 224


def create(name, seed):
    """A model of torchvision with random weights and statistics, none of them left at 0 or 1."""
    torch.manual_seed(seed)
    model = getattr(torchvision.models, name)(weights=None)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
            torch.nn.init.normal_(module.bias, 0, 0.1)
            torch.nn.init.normal_(module.running_mean, 0, 0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model.eval()


def write(folder):
    """Weights in three formats, a batch of images, and the logits that PyTorch computes."""
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
    for name in MODELS:
        original = torch.load(folder / f"{name}.zip.pth", weights_only=True)
        saved = safetensors.torch.load_file(folder / f"{name}.saved.safetensors")
        model = create(name, 2)
        model.load_state_dict(saved)  # strict
        expected = {key for key in original if not key.endswith("num_batches_tracked")}
        assert set(saved) == expected, set(saved) ^ expected
        different = [key for key in expected if not torch.equal(saved[key], original[key])]
        assert not different, different
        io = torch.load(folder / f"{name}.io.pth", weights_only=True)
        with torch.no_grad():
            difference = (model(io["images"]) - io["logits"]).abs().max().item()
        assert difference == 0, difference
        print(f"{name}: {len(saved)} tensors came back bit by bit, the logits too")


if __name__ == "__main__":
    command, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    {"write": write, "check": check}[command](folder)
