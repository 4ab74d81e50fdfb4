"""Dropout, wrong in four ways that people write.

tests/regularization/test_dropout_mistakes.py shows how each one fails.
"""

import numpy as np
import torch
from torch import nn


# --8<-- [start:unscaled]
def forward_without_scale(x, p, rng, training=True):
    """WRONG: drops in training, does nothing at inference, scales nowhere."""
    if not training:
        return x
    return x * (rng.random(x.shape) >= p)
# --8<-- [end:unscaled]


# --8<-- [start:one_over_p]
def forward_scaled_by_one_over_p(x, p, rng, training=True):
    """WRONG: 1 / p instead of 1 / (1 - p). At p = 0.5 nobody notices."""
    if not training:
        return x
    return x * (rng.random(x.shape) >= p) / p
# --8<-- [end:one_over_p]


# --8<-- [start:redrawn]
def backward_with_a_new_mask(grad_out, p, rng):
    """WRONG: the gradient flows through other units than the forward pass did."""
    return grad_out * (rng.random(grad_out.shape) >= p) / (1 - p)
# --8<-- [end:redrawn]


# --8<-- [start:always_on]
class AlwaysOn(nn.Module):
    """WRONG: the functional form does not know that model.eval() was called."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 3)

    def forward(self, x):
        # right: nn.functional.dropout(x, 0.5, training=self.training)
        return self.linear(nn.functional.dropout(x, 0.5))


class AttentionAlwaysOn(nn.Module):
    """WRONG: so does fused attention. It has no module, hence no training mode."""

    def forward(self, query, key, value):
        # right: dropout_p=0.1 if self.training else 0.0
        return nn.functional.scaled_dot_product_attention(
            query, key, value, dropout_p=0.1)
# --8<-- [end:always_on]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    x = np.ones(1_000_000)
    for p in (0.5, 0.75):
        print(f"p = {p}, mean in training: no scale {forward_without_scale(x, p, rng).mean():.2f}, "
              f"1 / p {forward_scaled_by_one_over_p(x, p, rng).mean():.2f}, right 1.00")
    model = AlwaysOn().eval()
    x = torch.ones(1, 8)
    print("eval(), same input twice:", torch.equal(model(x), model(x)))
