"""The same numbers from scikit-learn and torch."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from snippets.generative.autoencoder import best_denoiser, linear_loss_and_grads, loss_and_grads, pca


def test_pca_matches():
    x = np.random.default_rng(0).normal(size=(23, 5)) * [3.0, 2.0, 1.0, 0.5, 0.1] + 7.0
    mean, directions, left_over = pca(x, 2)
    theirs = PCA(2).fit(x)
    np.testing.assert_allclose(mean, theirs.mean_)
    np.testing.assert_allclose(np.abs(directions), np.abs(theirs.components_), atol=1e-10)
    rebuilt = theirs.inverse_transform(theirs.transform(x))
    np.testing.assert_allclose(left_over, np.sum((x - rebuilt) ** 2) / 23)


def test_linear_gradients_match():
    rng = np.random.default_rng(1)
    x, encoder, decoder = rng.normal(size=(7, 5)), rng.normal(size=(5, 2)), rng.normal(size=(2, 5))
    tensors = [torch.tensor(a, requires_grad=True) for a in (encoder, decoder)]
    data = torch.tensor(x)
    theirs = (data @ tensors[0] @ tensors[1] - data).pow(2).sum(dim=1).mean()
    theirs.backward()
    loss, *grads = linear_loss_and_grads(x, encoder, decoder)
    assert abs(loss - theirs.item()) < 1e-12
    for tensor, grad in zip(tensors, grads, strict=True):
        np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_network_gradients_match():
    rng = np.random.default_rng(2)
    sizes = [3, 5, 2, 4, 3]
    layers = [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in pairwise(sizes)]
    inputs, targets = rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    tensors = [[torch.tensor(a, requires_grad=True) for a in pair] for pair in layers]
    value = torch.tensor(inputs)
    for i, (weight, bias) in enumerate(tensors):
        value = value @ weight + bias
        value = torch.tanh(value) if i < len(tensors) - 1 else value
    theirs = (value - torch.tensor(targets)).pow(2).sum() / 7
    theirs.backward()
    loss, grads = loss_and_grads(inputs, targets, layers)
    assert abs(loss - theirs.item()) < 1e-12
    for pair, ours in zip(tensors, grads, strict=True):
        for tensor, grad in zip(pair, ours, strict=True):
            np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_the_denoiser_follows_the_gradient_that_autograd_finds():
    rng = np.random.default_rng(3)
    data, x = rng.normal(size=(11, 3)), rng.normal(size=(5, 3))
    point = torch.tensor(x, requires_grad=True)
    log_density = torch.logsumexp(-torch.cdist(point, torch.tensor(data)) ** 2 / (2 * 0.5**2), dim=1)
    log_density.sum().backward()
    np.testing.assert_allclose(best_denoiser(x, data, 0.5), x + 0.25 * point.grad.numpy(), atol=1e-9)


def test_layers_that_end_in_another_shape_are_refused_with_both_shapes():
    narrow = [(np.ones((2, 3)), np.zeros(3)), (np.ones((3, 1)), np.zeros(1))]
    with pytest.raises(ValueError, match=r"^layers end in \(5, 1\), not \(5, 2\)$"):
        loss_and_grads(np.ones((5, 2)), np.ones((5, 2)), narrow)
