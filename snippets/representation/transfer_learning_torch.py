"""Freezing in PyTorch: what has to be set besides requires_grad, and rates that fall with depth."""

import torch
from torch import nn


# --8<-- [start:freeze]
def freeze(module: nn.Module) -> nn.Module:
    """Stop a module from changing: no gradients, and batch norm in evaluation mode.

    ``model.train()`` puts batch norm back into training mode, so call this after
    it. Dropout inside the frozen part is off as well, which makes its features
    repeatable.
    """
    module.requires_grad_(False)
    return module.eval()
# --8<-- [end:freeze]


# --8<-- [start:groups]
def parameter_groups(layers: list[nn.Module], lr: float,
                     decay: float) -> list[dict]:
    """Groups for an optimizer, with rates that fall from the head down.

    Frozen layers are left out, so weight decay and momentum cannot move them.

    Args:
        layers: From the input to the head.
        lr: Rate of the head.
        decay: Factor per layer.
    """
    groups = []
    for depth, layer in enumerate(reversed(layers)):
        trainable = [p for p in layer.parameters() if p.requires_grad]
        if trainable:
            groups.append({"params": trainable, "lr": lr * decay**depth})
    return groups
# --8<-- [end:groups]


if __name__ == "__main__":
    layers = [nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(2, 2)]
    freeze(layers[0])
    optimizer = torch.optim.AdamW(parameter_groups(layers, 1e-3, 0.1))
    print([(group["lr"], len(group["params"])) for group in optimizer.param_groups])
