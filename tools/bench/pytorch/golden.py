"""Holds the network to a golden of the published code: evaluation, six training steps, the weights."""

import json
import sys

import torch

from .generator import fill, tiled_images
from .network import FBSD
from .training import optimizer, step

RTOL = 1e-6
"""Of the largest expected value: both sides compute in float64; samples are stored as float32."""


def check(path):
    """Prints a line per quantity; returns whether all are within the tolerance."""
    with open(path, encoding="utf-8") as file:
        golden = json.load(file)
    batch, size = golden["batch"], golden["size"]
    model = FBSD(golden["arch"], golden["classes"])
    fill(model)
    model.double()

    def images_of(name):
        return tiled_images(name, batch, size).double()

    report = Report()
    _check_evaluation(model, golden["eval"], images_of("images"), report)
    _check_training(model, golden["train"], images_of, report)
    return report.passed


def _check_evaluation(model, expected, images, report):
    model.eval()
    with torch.inference_mode():
        taps = model.features(images)
        logits = model(images)
    for level, (tap, sampled) in enumerate(zip(taps, expected["taps"]), start=1):
        report.compare(f"evaluation, boosted map {level}", _samples(tap, sampled), sampled["value"])
    for name, actual, values in zip(("level 1", "level 2", "level 3", "concat"), logits, expected["logits"]):
        report.compare(f"evaluation, logits of {name}", actual, values)


def _check_training(model, expected, images_of, report):
    model.train()
    sgd = optimizer(model, *(expected[key] for key in ("lr_new", "lr_pretrained", "momentum", "weight_decay")))
    for golden in expected["steps"]:
        number, norms = golden["step"], {}

        def measure(norms=norms):
            for name, parameter in model.named_parameters():
                norms[name] = parameter.grad.norm().item()

        total, losses = step(model, sgd, images_of(f"images.{number}"), torch.tensor(golden["labels"]), measure)
        report.compare(f"step {number}, losses", [*losses, total], [*golden["losses"], golden["total"]])
        norm = sum(value**2 for value in norms.values()) ** 0.5
        report.compare(f"step {number}, norm of the gradient", [norm], [golden["grad_norm"]])
        each = golden.get("grad_norms", {})
        if each:
            actual = [norms[name] for name in each]
            report.compare(f"step {number}, norms by parameter", actual, list(each.values()))
    state = model.state_dict()
    for name, sampled in expected["after"].items():
        report.compare(f"after, {name}", _samples(state[name], sampled), sampled["value"])


def _samples(tensor, sampled):
    return tensor.flatten()[torch.tensor(sampled["index"])]


class Report:
    def __init__(self):
        self.passed = True

    def compare(self, what, actual, expected):
        actual = torch.as_tensor(actual, dtype=torch.float64)
        expected = torch.as_tensor(expected, dtype=torch.float64)
        error = ((actual - expected).abs().max() / expected.abs().max()).item()
        ok = actual.shape == expected.shape and error <= RTOL  # not so for NaN
        self.passed = self.passed and ok
        print(f"{'ok  ' if ok else 'FAIL'} {what}: off by {error:.1e} of the largest value")
        sys.stdout.flush()
