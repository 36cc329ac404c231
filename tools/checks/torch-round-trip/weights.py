"""What both round trips need of weights. Needs torch and safetensors."""

import safetensors.torch
import torch


def randomize(model):
    """Random statistics and norms, none of them left at 0 or 1; the rest is random from its start."""
    for module in model.modules():
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
            torch.nn.init.normal_(module.bias, 0, 0.1)
            torch.nn.init.normal_(module.running_mean, 0, 0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model.eval()


def bits(tensor):
    return tensor.reshape(-1).view(torch.uint8)


def same(a, b):
    """Whether two tensors are equal bit by bit."""
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(bits(a), bits(b))


def load(path):
    """Tensors of a file, by PyTorch's restricted unpickler, or by safetensors."""
    if path.suffix == ".safetensors":
        return safetensors.torch.load_file(path)
    mapped = torch.load(path, weights_only=True, mmap=True)
    assert all(tensor.data_ptr() % 64 == 0 for tensor in mapped.values()), "not aligned"
    return torch.load(path, weights_only=True)


def check_came_back(model, original, saved):
    """Loads what was saved into a model with other weights, strictly; every value must be the same."""
    model.load_state_dict(saved, strict=True)
    expected = {key for key in original if not key.endswith("num_batches_tracked")}
    assert set(saved) == expected, set(saved) ^ expected
    different = [key for key in expected if not same(saved[key], original[key])]
    assert not different, different
