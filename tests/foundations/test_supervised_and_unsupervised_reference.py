"""The same numbers from scikit-learn and PyTorch."""

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from snippets.foundations.supervised_and_unsupervised import (
    fit_classifier,
    masked_loss,
    pretrain,
    principal_components,
)


def test_classifier_predicts_the_probabilities_of_scikit_learn():
    rng = np.random.default_rng(0)
    x, targets, l2 = rng.standard_normal((40, 3)), rng.integers(0, 4, 40), 0.05
    weight, bias = fit_classifier(x, targets, 4, l2, steps=3000)
    logits = x @ weight + bias
    ours = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    # scikit-learn sums the losses and halves the squared weight: C = 1 / (l2 * N).
    theirs = LogisticRegression(C=1 / (l2 * 40), tol=1e-10, max_iter=1000).fit(x, targets)
    np.testing.assert_allclose(ours, theirs.predict_proba(x), atol=1e-5)


def test_components_are_those_of_scikit_learn():
    x = np.random.default_rng(1).standard_normal((20, 5)) * np.array([1, 5, 2, 0.5, 3])
    mean, directions = principal_components(x, 3)
    theirs = PCA(3).fit(x)
    np.testing.assert_allclose(mean, theirs.mean_)
    np.testing.assert_allclose(np.abs(directions.T), np.abs(theirs.components_), atol=1e-9)


def test_masked_loss_and_gradients_are_those_of_torch():
    rng = np.random.default_rng(2)
    x, visible = rng.standard_normal((7, 3)), rng.random((7, 3)) < 0.5
    params = [rng.standard_normal(s) for s in ((3, 5), (5,), (5, 3), (3,))]
    loss, grads = masked_loss(x, visible, params)
    w1, b1, w2, b2 = (torch.tensor(p, requires_grad=True) for p in params)
    data, look = torch.tensor(x), torch.tensor(visible)
    out = torch.relu(data * look @ w1 + b1) @ w2 + b2
    theirs = torch.nn.functional.mse_loss(out[~look], data[~look])
    theirs.backward()
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-12)
    for g, p in zip(grads, (w1, b1, w2, b2), strict=True):
        np.testing.assert_allclose(g, p.grad.numpy(), atol=1e-12)


def test_an_update_is_on_100_rows():
    # All is hidden and the biases are 0, so b2 alone moves, by Adam's first step, 0.003 g / (g + 1e-8),
    # g = 2e-8 times the share of ones among the rows that were drawn.
    for seed in range(3):
        step = pretrain(np.array([[0.0], [1e-8]]), 3, 1.0, 1, np.random.default_rng(seed))[3].item() / 0.003
        ones = 100 * step / (2 * (1 - step))
        assert 0 < round(ones) < 100 and abs(ones - round(ones)) < 1e-6
