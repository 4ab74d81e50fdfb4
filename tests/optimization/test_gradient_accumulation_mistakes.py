"""How each mistake fails."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from snippets.optimization.gradient_accumulation_mistakes import add_up, clip_each, mean_of_means_step


def test_a_short_micro_batch_weighs_too_much():
    model = nn.Linear(3, 5, bias=False).double()
    with torch.no_grad():
        model.weight.copy_(torch.arange(15.0).view(5, 3) / 7)
    x = torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    targets = torch.tensor([[0, 1, 2, 3]])
    (right,) = torch.autograd.grad(functional.cross_entropy(model(x)[0], targets[0]), model.weight)
    mean_of_means_step(model, [(x[:, :1], targets[:, :1]), (x[:, 1:], targets[:, 1:])])
    each = [torch.autograd.grad(functional.cross_entropy(model(x)[0, t], targets[0, t]), model.weight)[0]
            for t in range(4)]
    weighted = each[0] / 2 + sum(each[1:]) / 6
    torch.testing.assert_close(model.weight.grad, weighted)
    assert (weighted - right).norm() > 0.1 * right.norm()


def test_clipping_each_micro_batch_can_remove_the_gradient():
    grads = np.array([[3.0], [-1.0]])
    assert clip_each(grads, 1.0).item() == 0.0
    assert np.clip(grads.mean(), -1, 1) == 1.0


def test_bfloat16_stops_adding_at_256_and_float16_at_2048():
    one = torch.ones(1, dtype=torch.bfloat16)
    assert add_up(one, 1000).item() == 256
    assert add_up(one.half(), 5000).item() == 2048
    assert add_up(one.float(), 5000).item() == 5000
