"""The same numbers as PyTorch, and the same symmetry under its optimizers."""

import numpy as np
import pytest
import torch

from snippets.optimization.weight_initialization import gradients, initialize, spread


def torch_loss(params, x, targets, activation):
    h = x
    for i, (weight, bias) in enumerate(params):
        h = h @ weight + bias
        if i < len(params) - 1:
            h = getattr(torch, activation)(h)
    return torch.nn.functional.cross_entropy(h, targets)


def test_loss_and_gradients_match_autograd():
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(11, 5)), rng.integers(0, 3, 11)
    for activation in ("tanh", "relu", "sigmoid"):
        params = initialize([5, 7, 2, 3], ["he"] * 3, rng)
        theirs = [tuple(torch.tensor(p, requires_grad=True) for p in layer) for layer in params]
        loss = torch_loss(theirs, torch.tensor(x), torch.tensor(targets), activation)
        loss.backward()
        ours, grads = gradients(params, x, targets, activation)
        np.testing.assert_allclose(ours, loss.item(), rtol=1e-12)
        for mine, layer in zip(grads, theirs, strict=True):
            for grad, parameter in zip(mine, layer, strict=True):
                np.testing.assert_allclose(grad, parameter.grad.numpy(), atol=1e-12)


def test_gradients_keep_single_precision():
    rng = np.random.default_rng(2)
    x, targets = rng.normal(size=(11, 5)).astype(np.float32), rng.integers(0, 3, 11)
    params = [tuple(p.astype(np.float32) for p in layer) for layer in initialize([5, 7, 3], ["he"] * 2, rng)]
    for activation in ("tanh", "relu", "sigmoid"):
        _, grads = gradients(params, x, targets, activation)
        assert {grad.dtype for layer in grads for grad in layer} == {np.dtype(np.float32)}, activation


@pytest.mark.slow  # the first optimizer loads much of PyTorch
def test_adam_and_weight_decay_keep_copies_too():
    rng = np.random.default_rng(1)
    x, targets = torch.tensor(rng.normal(size=(20, 5))), torch.tensor(rng.integers(0, 3, 20))
    params = [tuple(torch.tensor(p, requires_grad=True) for p in layer)
              for layer in initialize([5, 8, 3], ["constant"] * 2, rng)]
    flat = [p for layer in params for p in layer]
    for optimizer in (torch.optim.AdamW(flat, lr=0.01, weight_decay=0.1),
                      torch.optim.SGD(flat, lr=0.1, momentum=0.9, weight_decay=0.01)):
        for _ in range(30):
            optimizer.zero_grad()
            torch_loss(params, x, targets, "tanh").backward()
            optimizer.step()
        assert spread(params[0][0].detach().numpy()) < 1e-9
        assert (params[0][0] - 0.1).abs().max() > 0.01


def test_variances_are_those_of_torch_init():
    torch.manual_seed(0)
    weight = torch.empty(100, 300, dtype=torch.float64)  # torch: (fan_out, fan_in)
    bound = 10 * (2 / weight.numel()) ** 0.5
    for scheme, fill in (("xavier", torch.nn.init.xavier_normal_),
                         ("he", lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu"))):
        fill(weight)
        ((ours, _),) = initialize([300, 100], [scheme], np.random.default_rng(0))
        assert abs(weight.pow(2).mean().item() / (ours**2).mean() - 1) < bound


def test_torch_linear_starts_with_variance_1_over_3_fan_in():
    generator_state = torch.random.get_rng_state()
    torch.manual_seed(0)
    layer = torch.nn.Linear(300, 100)
    torch.random.set_rng_state(generator_state)
    limit = 300**-0.5
    assert layer.weight.abs().max().item() <= limit
    assert layer.bias.abs().max().item() <= limit and layer.bias.std().item() > 0
    assert abs(layer.weight.pow(2).mean().item() * 3 * 300 - 1) < 0.05
