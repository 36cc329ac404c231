"""Holds what TensorBoard's own reader finds in a run's events to the run's metrics.jsonl.

Usage: python tools/checks/tensorboard.py RUN      (pip install tensorboard)

The run may have been killed and resumed: what it did twice has to be there once.
"""
import json
import os
import sys

import numpy
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

LEVELS = ["level 1", "level 2", "level 3", "concat"]
PNG = b"\x89PNG\r\n\x1a\n"


def expected_scalars(lines):
    """By tag, the (step, value) that metrics.jsonl says."""
    scalars = {}

    def add(tag, step, value):
        scalars.setdefault(tag, []).append((step, value))

    def averages(part, step, measured):
        add(f"loss/{part}", step, measured["loss"])
        add(f"accuracy/{part}", step, measured["accuracy"])
        for level, loss in zip(LEVELS, measured["losses"]):
            add(f"cross entropy, {part}/{level}", step, loss)

    for line in lines:
        step = line["step"]
        if line["kind"] == "step":
            averages("train", step, line)
            add("learning rate/new layers", step, line["learningRate"]["new"])
            add("learning rate/backbone", step, line["learningRate"]["pretrained"])
            add("images per second", step, line["imagesPerSecond"])
            continue
        part = "validation" if line.get("validation") else "test"
        if tested := line[part]:
            averages(part, step, tested)
            add(f"accuracy/{part}, top-5", step, tested["top5"])
            for level, share in zip(LEVELS, tested["heads"]):
                add(f"accuracy of heads/{level}", step, share)
    return scalars


def main():
    run = sys.argv[1]
    events = EventAccumulator(
        os.path.join(run, "tensorboard"), size_guidance={"scalars": 0, "images": 0}
    )
    events.Reload()
    with open(os.path.join(run, "metrics.jsonl")) as file:
        expected = expected_scalars([json.loads(line) for line in file])

    tags = events.Tags()
    assert set(tags["scalars"]) == set(expected), (tags["scalars"], sorted(expected))
    count = 0
    for tag, values in expected.items():
        found = [(scalar.step, scalar.value) for scalar in events.Scalars(tag)]
        assert [step for step, _ in found] == [step for step, _ in values], (tag, found, values)
        for (_, one), (_, other) in zip(found, values):
            assert one == numpy.float32(other), (tag, one, other)
        count += len(found)

    pictures = [image for tag in tags["images"] for image in events.Images(tag)]
    for image in pictures:
        assert image.encoded_image_string.startswith(PNG)
        assert image.width > 0 and image.height > 0
    for what in ["boosted", "suppressed"]:
        for level in LEVELS[:3]:
            assert any(tag.endswith(f"{level} {what}") for tag in tags["images"]), (level, what)
    print(f"{count} scalars of {len(expected)} kinds as in metrics.jsonl, {len(pictures)} pictures")


if __name__ == "__main__":
    main()
