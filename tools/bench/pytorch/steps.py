"""What one measured step of a case does: a function without arguments, for a case of cases.js."""

import torch

from .modules import FBSM, FDM, TopKPool
from .network import FBSD
from .training import autocast, optimizer, step


def make(case, mode="eager", precision="float32"):
    """Builds the case's model and data, and returns its step.

    mode, of networks: eager; channels-last, the layout that PyTorch recommends for convolutions; compile,
    torch.compile's, which needs a C++ compiler. Modules alone are eager.
    precision: float32; bf16, by autocast.
    """
    if case["kind"] == "train":
        return _train(case, mode, precision)
    if case["kind"] == "infer":
        return _infer(case, mode, precision)
    return {"fbsm": _fbsm, "fdm": _fdm, "pool": _pool}[case["kind"]](case, precision)


def _network(case, mode):
    """The network and its images."""
    model = FBSD(case["arch"], case["classes"])
    images = _images(case)
    if mode == "channels-last":
        return model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
    if mode == "compile":
        model.compile()
    return model, images


def _train(case, mode, precision):
    model, images = _network(case, mode)
    model.train()
    sgd = optimizer(model)
    labels = torch.arange(case["batch"]) % case["classes"]
    return lambda: step(model, sgd, images, labels, precision=precision)


def _infer(case, mode, precision):
    model, images = _network(case, mode)
    model.eval()

    def run():
        with torch.inference_mode(), autocast(precision):
            return sum(model(images)).argmax(dim=1).tolist()

    return run


def _fbsm(case, precision):
    modules = [FBSM(shape[2], parts).train() for shape, parts in zip(case["maps"], case["parts"])]
    maps = _maps(case)
    upstream = [(torch.rand_like(m), torch.rand_like(m)) for m in maps]

    def run():
        for module, x, dy in zip(modules, maps, upstream):
            _clear([x, *module.parameters()])
            with autocast(precision):
                y = module(x)
            torch.autograd.backward(y, dy)

    return run


def _fdm(case, precision):
    module = FDM()
    maps = _maps(case)
    upstream = [torch.rand_like(m) for m in maps]

    def run():
        _clear(maps)
        with autocast(precision):
            diversified = module(maps)
        torch.autograd.backward(diversified, upstream)

    return run


def _pool(case, precision):
    module = TopKPool()
    maps = _maps(case)
    upstream = [torch.rand(m.shape[:2]) for m in maps]

    def run():
        _clear(maps)
        with autocast(precision):
            pooled = [module(m) for m in maps]
        torch.autograd.backward(pooled, upstream)

    return run


def _images(case):
    return torch.rand(case["batch"], 3, case["size"], case["size"]) * 2 - 1


def _maps(case):
    """Random maps that want a gradient; case.maps holds [H,W,C] of each."""
    shapes = [(case["batch"], channels, height, width) for height, width, channels in case["maps"]]
    return [torch.rand(shape).requires_grad_() for shape in shapes]


def _clear(tensors):
    for tensor in tensors:
        tensor.grad = None
