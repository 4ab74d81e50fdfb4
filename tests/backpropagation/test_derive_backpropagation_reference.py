"""The same network in PyTorch: forward, gradients, one SGD step, and a count of operations."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from snippets.backpropagation.derive_backpropagation import (
    backward,
    cross_entropy,
    forward,
    sgd_step,
)


def torch_network(sizes: list[int], seed: int) -> torch.nn.Sequential:
    torch_layers = []
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for d_in, d_out in pairwise(sizes):
            torch_layers += [torch.nn.Linear(d_in, d_out, dtype=torch.float64), torch.nn.Tanh()]
    return torch.nn.Sequential(*torch_layers[:-1])


@pytest.mark.parametrize("sizes", [[3, 5], [2, 7, 3], [5, 3, 7, 2], [7, 2, 5, 3, 11]])
@pytest.mark.parametrize("batch", [1, 13])
def test_forward_gradients_and_step_match_torch(sizes, batch):
    model = torch_network(sizes, seed=sum(sizes))
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    # torch keeps a weight as (out, in); ours is (in, out)
    weights = [layer.weight.detach().numpy().T.copy() for layer in linear]
    biases = [layer.bias.detach().numpy().copy() for layer in linear]
    rng = np.random.default_rng(batch)
    x = rng.normal(size=(batch, sizes[0]))
    targets = rng.integers(0, sizes[-1], size=batch)

    logits = model(torch.from_numpy(x))
    loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(targets))
    loss.backward()
    activations = forward(x, weights, biases)
    our_loss, grad_logits = cross_entropy(activations[-1], targets)
    grads, grad_biases = backward(activations, weights, grad_logits)

    np.testing.assert_allclose(activations[-1], logits.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(our_loss, loss.item(), rtol=1e-12)
    for layer, grad, grad_bias in zip(linear, grads, grad_biases, strict=True):
        np.testing.assert_allclose(grad, layer.weight.grad.numpy().T, atol=1e-13)
        np.testing.assert_allclose(grad_bias, layer.bias.grad.numpy(), atol=1e-13)

    torch.optim.SGD(model.parameters(), lr=0.3).step()
    new_weights, new_biases = sgd_step(weights, grads, 0.3), sgd_step(biases, grad_biases, 0.3)
    for layer, weight, bias in zip(linear, new_weights, new_biases, strict=True):
        np.testing.assert_allclose(weight, layer.weight.detach().numpy().T, atol=1e-13)
        np.testing.assert_allclose(bias, layer.bias.detach().numpy(), atol=1e-13)


def count(sizes: list[int]) -> tuple[int, int, int]:
    """Parameters, and the matrix operations of forward and backward for one row."""
    model = torch_network(sizes, seed=0)
    x = torch.zeros(1, sizes[0], dtype=torch.float64)
    with FlopCounterMode(display=False) as counter:
        loss = model(x).sum()
        forward_flops = counter.get_total_flops()
        loss.backward()
    backward_flops = counter.get_total_flops() - forward_flops
    return sum(p.numel() for p in model.parameters()), forward_flops, backward_flops


def test_backward_costs_two_forwards_less_the_first_layer():
    # The counts that the page gives: a wide first layer, then four equal layers.
    assert count([784, 256, 10]) == (203_530, 406_528, 411_648)
    _, forward_flops, backward_flops = count([64] * 5)
    assert backward_flops / forward_flops == 2 - 1 / 4
