"""ReLU and its relatives as PyTorch computes them."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from snippets.activations_and_losses.relu import he_normal, relu, relu_backward, unit_step


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.3])
def test_values_and_gradients_match_torch_also_at_zero(slope):
    rng = np.random.default_rng(0)
    data, grad_out = rng.standard_normal((5, 7)), rng.standard_normal((5, 7))
    data[2] = 0.0
    z = torch.tensor(data, requires_grad=True)
    theirs = F.leaky_relu(z, slope) if slope else torch.relu(z)
    theirs.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(relu(data, slope), theirs.detach().numpy(), rtol=1e-15)
    np.testing.assert_allclose(relu_backward(grad_out, data, slope), z.grad.numpy(), rtol=1e-15)


@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_scale_of_he_matches_torch(slope):
    weight = torch.empty(300, 400)  # PyTorch stores (out, in)
    torch.nn.init.kaiming_normal_(weight, a=slope, generator=torch.Generator().manual_seed(0))
    ours = he_normal(400, 300, np.random.default_rng(0), slope)
    np.testing.assert_allclose(ours.std(), weight.std().item(), rtol=0.02)


@pytest.mark.parametrize("slope", [0.0, 0.01])
def test_unit_step_matches_autograd(slope):
    x, targets = np.array([1.0, 2.0, -3.0]), np.array([0.5, 0.2, 0.1])
    weight = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(-0.2, dtype=torch.float64, requires_grad=True)
    out = F.leaky_relu(weight * torch.tensor(x) + bias, slope)
    loss = ((out - torch.tensor(targets)) ** 2).mean() / 2
    loss.backward()
    expected = [weight.item() - 0.3 * weight.grad.item(), bias.item() - 0.3 * bias.grad.item(),
                loss.item()]
    np.testing.assert_allclose(unit_step(0.7, -0.2, x, targets, 0.3, slope), expected, rtol=1e-12)


def slope_at(function, at: float) -> float:
    z = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    function(z).backward()
    return z.grad.item()


def test_relatives_in_the_table():
    z = torch.linspace(-8, 2, 100_001, dtype=torch.float64)
    for function, low, where in ((F.gelu, -0.170, -0.752), (F.silu, -0.278, -1.278)):
        values = function(z)
        np.testing.assert_allclose(values.min().item(), low, atol=5e-4)
        np.testing.assert_allclose(z[values.argmin()].item(), where, atol=1e-3)
    np.testing.assert_allclose(F.elu(torch.tensor(-30.0)).item(), -1, atol=1e-6)
    for function, expected in ((torch.relu, 0.0), (F.leaky_relu, 0.01), (F.elu, 6.7e-3),
                               (F.gelu, -7.1e-6), (F.silu, -2.7e-2)):
        np.testing.assert_allclose(slope_at(function, -5.0), expected, rtol=0.02,
                                   err_msg=str(function))


def test_a_unit_behind_batch_normalization_is_not_dead_in_training():
    # The normalized column has mean zero, so with shift 0 some example is positive.
    torch.manual_seed(0)
    z = torch.randn(50, 7) * 3 - 100  # dead without the normalization
    norm = torch.nn.BatchNorm1d(7)
    assert not (z > 0).any()
    assert (norm(z) > 0).any(dim=0).all()
