"""How each wrong backward pass fails."""

import numpy as np
import torch

from snippets.backpropagation.backpropagate_batch_norm import batchnorm_backward, batchnorm_forward
from snippets.backpropagation.backpropagate_batch_norm_mistakes import (
    backward_without_variance,
    forward_with_unbiased_variance,
    layernorm_backward,
)

X = np.array([[1.0], [2.0], [3.0], [6.0]])
GRAD = np.array([[1.0], [0.0], [0.0], [0.0]])
GAMMA, BETA = np.array([2.0]), np.zeros(1)


def test_without_the_variance_the_scale_of_the_batch_gets_a_gradient():
    _, cache = batchnorm_forward(X, GAMMA, BETA, 0.5)
    wrong = backward_without_variance(GRAD, cache)
    np.testing.assert_allclose(wrong.ravel(), [0.75, -0.25, -0.25, -0.25])
    assert abs(wrong.sum()) < 1e-12 and (wrong * cache[0]).sum() == -1.0


def test_an_unbiased_variance_does_not_fit_the_backward_pass():
    def loss(x):
        return np.sum(forward_with_unbiased_variance(x, GAMMA, BETA, 0.5)[0] * GRAD)

    _, cache = forward_with_unbiased_variance(X, GAMMA, BETA, 0.5)
    found = batchnorm_backward(GRAD, cache)[0].ravel()
    numeric = [(loss(X + 1e-5 * e[:, None]) - loss(X - 1e-5 * e[:, None])) / 2e-5 for e in np.eye(4)]
    assert np.linalg.norm(found - numeric) / np.linalg.norm(numeric) > 0.05


def test_layer_normalization_needs_gamma_inside_the_means():
    rng = np.random.default_rng(0)
    x, grad, gamma = rng.normal(size=(3, 5)), rng.normal(size=(3, 5)), rng.uniform(0.5, 2, 5)
    leaf = torch.tensor(x, requires_grad=True)
    out = torch.nn.functional.layer_norm(leaf, (5,), torch.tensor(gamma))
    (out * torch.tensor(grad)).sum().backward()
    right = leaf.grad.numpy()
    inv_std = 1 / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    x_hat = (x - x.mean(axis=1, keepdims=True)) * inv_std
    wrong = layernorm_backward(grad, x_hat, inv_std, gamma)
    assert np.abs(wrong - right).max() > 0.1
    inside = layernorm_backward(grad * gamma, x_hat, inv_std, np.ones(5))
    np.testing.assert_allclose(inside, right, atol=1e-12)
