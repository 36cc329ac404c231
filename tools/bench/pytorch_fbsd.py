#!/usr/bin/env python3
"""FBSD training in plain PyTorch: what `npm run bench` measures against.

  pytorch_fbsd.py --check GOLDEN.json   holds the network to a golden of the published code
  pytorch_fbsd.py --losses SETTINGS     losses of training steps on generated weights and images, as
                                        JSON; SETTINGS is JSON: arch, classes, batch, size, steps
  pytorch_fbsd.py --serve CASE          measures a case of cases.js, for `npm run bench`
"""

import argparse
import json
import sys

sys.dont_write_bytecode = True  # leave no __pycache__ in the source tree

import torch

from pytorch import generator, golden, serve, training
from pytorch.network import FBSD


def losses(settings):
    """Shapes of the weights by name, and the four losses of each step."""
    batch, classes, size = settings["batch"], settings["classes"], settings["size"]
    model = FBSD(settings["arch"], classes)
    shapes = generator.fill(model)
    model.train()
    sgd = training.optimizer(model)
    labels = torch.arange(batch) % classes
    steps = []
    for number in range(settings["steps"]):
        images = generator.signal(f"images.{number}", [batch, 3, size, size])
        steps.append(training.step(model, sgd, images, labels)[1])
    return {"shapes": shapes, "losses": steps}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--check", metavar="GOLDEN.json")
    mode.add_argument("--losses", metavar="SETTINGS", type=json.loads)
    mode.add_argument("--serve", metavar="CASE", type=json.loads)
    parser.add_argument("--device", default="cpu", help="of --serve: cpu or cuda")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--precision", choices=["float32", "bf16"], default="float32", help="of --serve")
    parser.add_argument("--mode", choices=["eager", "channels-last", "compile"], default="eager", help="of --serve")
    parser.add_argument("--round-seconds", type=float, default=0.25, help="shortest round of --serve")
    parser.add_argument("--warm-up-seconds", type=float, help="before --serve is ready (default: a round)")
    args = parser.parse_args()
    if args.check:
        sys.exit(0 if golden.check(args.check) else 1)
    elif args.losses:
        print(json.dumps(losses(args.losses)))
    else:
        training.use_device(args.device)
        serve.serve(args.serve, args.threads, args.round_seconds, args.mode, args.warm_up_seconds, args.precision)


if __name__ == "__main__":
    main()
