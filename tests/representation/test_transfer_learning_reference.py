"""The same gradients and the same fine-tuning from PyTorch in float64."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from snippets.representation.transfer_learning import fine_tune, forward, loss_and_grads


def both(seed=0):
    rng = np.random.default_rng(seed)
    sizes = (3, 7, 5, 2)
    layers = [(rng.standard_normal((a, b)), rng.standard_normal(b))
              for a, b in pairwise(sizes)]
    modules = []
    for weight, bias in layers:
        linear = torch.nn.Linear(*weight.shape, dtype=torch.float64)
        linear.weight.data = torch.tensor(weight.T.copy())
        linear.bias.data = torch.tensor(bias)
        modules += [linear, torch.nn.ReLU()]
    return layers, torch.nn.Sequential(*modules[:-1]), rng.standard_normal((11, 3)), rng.integers(2, size=11)


def test_loss_and_gradients_match_torch_with_frozen_layers():
    for frozen in range(3):
        layers, model, x, targets = both()
        for linear in list(model)[0:2 * frozen:2]:
            linear.requires_grad_(False)
        logits = model(torch.tensor(x))
        expected = torch.nn.functional.cross_entropy(logits, torch.tensor(targets))
        expected.backward()
        loss, grads = loss_and_grads(layers, x, targets, frozen)
        np.testing.assert_allclose(forward(layers, x)[-1], logits.detach().numpy(), rtol=1e-12)
        assert abs(loss - expected.item()) < 1e-12
        for linear, grad in zip(list(model)[::2], grads, strict=True):
            if grad is None:
                assert linear.weight.grad is None
            else:
                np.testing.assert_allclose(grad[0].T, linear.weight.grad.numpy(), atol=1e-13)
                np.testing.assert_allclose(grad[1], linear.bias.grad.numpy(), atol=1e-13)


def test_fine_tuning_matches_torch_with_one_group_per_layer():
    layers, model, x, targets = both(3)
    linears = list(model)[::2]
    linears[0].requires_grad_(False)
    optimizer = torch.optim.SGD([{"params": linears[2].parameters(), "lr": 0.2},
                                 {"params": linears[1].parameters(), "lr": 0.06}])
    for _ in range(30):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(torch.tensor(x)), torch.tensor(targets)).backward()
        optimizer.step()
    tuned = fine_tune(layers, x, targets, 1, 0.2, 30, decay=0.3)
    for linear, (weight, bias) in zip(linears, tuned, strict=True):
        np.testing.assert_allclose(weight.T, linear.weight.detach().numpy(), atol=1e-12)
        np.testing.assert_allclose(bias, linear.bias.detach().numpy(), atol=1e-12)


def test_nothing_to_tune_is_an_error_and_not_a_network_as_before():
    layers, _, x, targets = both()
    with pytest.raises(ValueError, match="frozen must be 0 to 2, not 3"):
        fine_tune(layers, x, targets, 3, 0.1, 1)
