"""How each recomputation goes wrong."""

import numpy as np
import torch
from torch import nn

from snippets.backpropagation.gradient_checkpointing_mistakes import (
    dropout_gradient,
    forward_without_rng_state,
)


def test_half_of_the_gradients_belong_to_another_mask():
    y, grad = dropout_gradient(np.ones(10_000), np.random.default_rng(0))
    wrong = np.mean((y > 0) != (grad > 0))
    assert abs(wrong - 0.5) < 5 * 0.5 / 100  # five deviations


def test_torch_without_rng_state_gives_another_mask_and_no_error():
    x = torch.ones(1000, requires_grad=True)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        y = forward_without_rng_state(nn.Sequential(nn.Identity(), nn.Dropout(0.5), nn.Identity()), x)
        (y * y).sum().backward()
    right = torch.where(y > 0, 2 * 2 * 2.0, 0.0)  # 2 y times the mask's 2
    assert not torch.equal(x.grad, right)
