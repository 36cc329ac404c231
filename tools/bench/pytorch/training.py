"""One step of training: forward, loss, gradients, update."""

import torch
from torch.nn import functional as F

LOSS_WEIGHTS = (2, 2, 2, 1)


def optimizer(model, lr_new=0.002, lr_pretrained=0.0002, momentum=0.9, weight_decay=5e-4):
    """SGD with the small learning rate for the backbone, the other one for FBSMs and heads."""
    new, pretrained = [], []
    for name, parameter in model.named_parameters():
        is_backbone = name.startswith(("features.layer", "features.block"))
        (pretrained if is_backbone else new).append(parameter)
    groups = [{"params": new, "lr": lr_new}, {"params": pretrained, "lr": lr_pretrained}]
    return torch.optim.SGD(groups, lr=lr_new, momentum=momentum, weight_decay=weight_decay)


def step(model, sgd, images, labels, on_gradients=None, precision="float32"):
    """Trains one batch. Returns (total, [CE of level 1, 2, 3, concat]) from before the update."""
    sgd.zero_grad()
    with autocast(precision):
        losses = [F.cross_entropy(logits, labels) for logits in model(images)]
    total = sum(weight * loss for weight, loss in zip(LOSS_WEIGHTS, losses))
    total.backward()
    if on_gradients:
        on_gradients()
    sgd.step()
    return total.item(), [loss.item() for loss in losses]


def autocast(precision):
    """Forward passes in which PyTorch computes and keeps in bfloat16 what it holds to be safe; or in float32."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16")


def use_device(device):
    """Makes whatever is created from here on lie on the device; float32 there means float32, not TF32."""
    torch.set_default_device(device)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
