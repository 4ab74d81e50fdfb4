"""The same network, loss, optimizer and loop in PyTorch, from the same weights and batches."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn


# --8<-- [start:model]
def build(
    params: list[np.ndarray], dtype: torch.dtype = torch.float64
) -> nn.Sequential:
    """A Sequential of Linear and ReLU that starts from NumPy parameters.

    Args:
        params: ``[weight_1, bias_1, ...]`` with weights of shape (D_in, D_out).
        dtype: Precision of the parameters.
    """
    layers = []
    for weight, bias in zip(params[::2], params[1::2], strict=True):
        linear = nn.Linear(*weight.shape, dtype=dtype)
        with torch.no_grad():
            # nn.Linear keeps its weight as (out, in)
            linear.weight.copy_(torch.from_numpy(weight.T))
            linear.bias.copy_(torch.from_numpy(bias))
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])  # no ReLU on the logits
# --8<-- [end:model]


# --8<-- [start:train]
def train_steps(
    model: nn.Sequential, x: torch.Tensor, targets: torch.Tensor,
    batches: list[np.ndarray], lr: float, momentum: float = 0.9,
) -> Iterator[float]:
    """Take one step per batch of row indices; yield each batch's loss.

    Args:
        model: From ``build``; changed in place.
        x: Inputs, shape (N, D_0).
        targets: Class indices, shape (N,), int64.
        batches: Row indices, one array per step.
        lr: Learning rate.
        momentum: Factor of the velocity.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    for rows in batches:
        loss = nn.functional.cross_entropy(model(x[rows]), targets[rows])
        optimizer.zero_grad()  # gradients add up otherwise
        loss.backward()
        optimizer.step()
        yield loss.item()
# --8<-- [end:train]
