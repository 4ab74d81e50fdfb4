"""Gradients at every layer against PyTorch in float64, and nn.Linear's initialization."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from snippets.backpropagation.vanishing_gradients import backward, forward


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_every_layer_matches_autograd(name):
    rng = np.random.default_rng(0)
    sizes = [3, 5, 2, 7]
    weights = [rng.standard_normal(s) for s in pairwise(sizes)]
    biases = [rng.standard_normal(n) for n in sizes[1:]]
    x, top = rng.standard_normal((4, 3)), rng.standard_normal((4, 7))
    layers, slopes = forward(x, weights, biases, name)
    grads = backward(top, weights, slopes)
    states = [torch.tensor(x, requires_grad=True)]
    for weight, bias in zip(weights, biases, strict=True):
        z = states[-1] @ torch.tensor(weight) + torch.tensor(bias)
        states.append(getattr(torch, name)(z))
        states[-1].retain_grad()
    states[-1].backward(torch.tensor(top))
    for ours, mine, theirs in zip(layers, grads, states, strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(mine, theirs.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_the_default_of_a_linear_layer_has_variance_one_third_over_fan_in():
    torch.manual_seed(0)
    layer = torch.nn.Linear(64, 2000)
    assert layer.weight.abs().max() <= 1 / 8 and layer.bias.abs().max() <= 1 / 8
    # 128,000 draws: the variance has a relative deviation of 0.9 / sqrt(128,000) = 0.0025.
    assert abs(layer.weight.var().item() * 3 * 64 - 1) < 0.0125


def test_the_smallest_numbers_of_float16_and_float32():
    quarter = torch.tensor(0.25)
    assert (quarter.half() ** 12).item() == 2.0**-24 and (quarter.half() ** 13).item() == 0
    assert np.float32(0.25) ** 74 > 0 and np.float32(0.25) ** np.float32(76) == 0
