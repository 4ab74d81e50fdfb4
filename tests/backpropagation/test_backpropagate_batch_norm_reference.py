"""Forward and gradients from PyTorch in float64, in both modes, also for images."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from snippets.backpropagation.backpropagate_batch_norm import (
    batchnorm_backward,
    batchnorm_backward_eval,
    batchnorm_forward,
)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_training_mode_matches_torch(seed, eps):
    rng = np.random.default_rng(seed)
    shape = (2 + 3 * seed, 5)
    arrays = [rng.normal(size=shape) * 10.0 ** (seed - 1) + seed, rng.normal(size=5), rng.normal(size=5)]
    grad = rng.normal(size=shape)
    leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
    out = F.batch_norm(leaves[0], None, None, leaves[1], leaves[2], training=True, eps=eps)
    (out * torch.tensor(grad)).sum().backward()
    y, cache = batchnorm_forward(*arrays, eps)
    np.testing.assert_allclose(y, out.detach().numpy(), atol=1e-11)
    for ours, leaf in zip(batchnorm_backward(grad, cache), leaves, strict=True):
        np.testing.assert_allclose(ours, leaf.grad.numpy(), rtol=1e-9, atol=1e-10)


def test_images_are_rows_of_channels():
    rng = np.random.default_rng(0)
    x, grad, gamma = rng.normal(size=(2, 3, 5, 7)), rng.normal(size=(2, 3, 5, 7)), rng.normal(size=3)
    leaf = torch.tensor(x, requires_grad=True)
    out = F.batch_norm(leaf, None, None, torch.tensor(gamma), training=True)
    (out * torch.tensor(grad)).sum().backward()
    rows, grad_rows = (np.moveaxis(a, 1, -1).reshape(-1, 3) for a in (x, grad))
    found = batchnorm_backward(grad_rows, batchnorm_forward(rows, gamma, np.zeros(3))[1])[0]
    np.testing.assert_allclose(np.moveaxis(found.reshape(2, 5, 7, 3), -1, 1), leaf.grad.numpy(), atol=1e-12)


def test_evaluation_mode_matches_torch():
    rng = np.random.default_rng(1)
    x, grad, gamma = rng.normal(size=(7, 3)), rng.normal(size=(7, 3)), rng.normal(size=3)
    mean, var = rng.normal(size=3), rng.uniform(0.5, 2, 3)
    leaf = torch.tensor(x, requires_grad=True)
    out = F.batch_norm(leaf, torch.tensor(mean), torch.tensor(var), torch.tensor(gamma), training=False)
    (out * torch.tensor(grad)).sum().backward()
    np.testing.assert_allclose(batchnorm_backward_eval(grad, gamma, var), leaf.grad.numpy(), atol=1e-12)


def test_two_halves_need_two_sums_to_agree_on_the_whole():
    """What synchronized batch normalization exchanges in the backward pass."""
    rng = np.random.default_rng(2)
    x, grad, gamma = rng.normal(size=(8, 3)), rng.normal(size=(8, 3)), rng.normal(size=3)
    _, (x_hat, inv_std, _) = batchnorm_forward(x, gamma, np.zeros(3))
    halves = [slice(0, 4), slice(4, 8)]
    total = sum(grad[h].sum(axis=0) for h in halves)
    along = sum((grad[h] * x_hat[h]).sum(axis=0) for h in halves)
    parts = [gamma * inv_std * (grad[h] - (total + x_hat[h] * along) / 8) for h in halves]
    whole = batchnorm_backward(grad, (x_hat, inv_std, gamma))[0]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-12)


def test_torch_refuses_one_value_per_channel_in_training():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        F.batch_norm(torch.zeros(1, 3), None, None, training=True)
