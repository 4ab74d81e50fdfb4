"""Losses, gradients and the tree against PyTorch in float64."""

import itertools

import numpy as np
import torch
from torch.nn import functional as F

from snippets.detection_and_segmentation import detect_many_classes_torch as in_torch
from snippets.detection_and_segmentation.detect_many_classes import (
    federated_loss,
    sampled_softmax,
    tree_log_probs,
)


def test_sampled_softmax_and_its_gradients_by_torch():
    rng = np.random.default_rng(0)
    features, weight = rng.normal(size=(7, 5)), rng.normal(size=(30, 5))
    targets, sampled = rng.integers(0, 30, 7), rng.integers(0, 30, 12)
    sampled[:2] = targets[:2]  # accidental hits
    log_expected = np.log(12 * rng.dirichlet(np.ones(30)))
    x, w = (torch.tensor(a, requires_grad=True) for a in (features, weight))
    # written anew: a mask over all 30 classes, with the multiplicity of each draw
    counts = np.bincount(sampled, minlength=30)[None] * (np.arange(30) != targets[:, None])
    counts[np.arange(7), targets] = 1
    logits = x @ w.T - torch.tensor(log_expected) + torch.tensor(counts).log()
    loss = F.cross_entropy(logits, torch.tensor(targets))
    loss.backward()
    ours, grad_features, rows, grad = sampled_softmax(features, weight, targets, sampled, log_expected)
    np.testing.assert_allclose(ours, loss.item())
    np.testing.assert_allclose(grad_features, x.grad.numpy(), atol=1e-14)
    dense = np.zeros_like(weight)
    np.add.at(dense, rows, grad)
    np.testing.assert_allclose(dense, w.grad.numpy(), atol=1e-14)
    theirs = in_torch.sampled_softmax(*(torch.tensor(a) for a in (
        features, weight, targets, sampled, log_expected)))
    np.testing.assert_allclose(theirs.item(), ours)


def test_with_many_draws_the_optimum_is_exact_only_if_a_drawn_target_stays():
    """The expected gradient over all targets and all five draws, descended to its zero."""
    p, q, draws = np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.3, 0.1]), 5
    counts = np.zeros((3, 3**draws, 3))  # target, draws, class: how often it is a candidate
    for row, drawn in enumerate(itertools.product(range(3), repeat=draws)):
        counts[:, row] = np.bincount(drawn, minlength=3)
    weight = p[:, None] * np.prod(q ** counts[0], axis=1)  # (3, 243), sums to 1
    own = np.broadcast_to(np.eye(3)[:, None], counts.shape)

    def optimum(candidates):
        z = np.log(p)
        for _ in range(1500):
            probs = candidates * np.exp(z) / (draws * q)
            probs /= probs.sum(axis=2, keepdims=True)
            z = z - ((probs - own) * weight[..., None]).sum(axis=(0, 1))
        return np.exp(z) / np.exp(z).sum()

    np.testing.assert_allclose(optimum(counts + own), p, atol=1e-9)
    np.testing.assert_allclose(optimum(np.where(own == 1, 1, counts)), [0.60, 0.24, 0.16], atol=6e-3)

    def mean_gradient(target, row):  # the snippet drops a drawn target
        drawn = np.repeat(np.arange(3), counts[0, row].astype(int))
        _, _, rows, grad = sampled_softmax(np.ones((1, 1)), np.log(p)[:, None], np.array([target]),
                                           drawn, np.log(draws * q))
        return np.bincount(rows, grad[:, 0], minlength=3)

    total = sum(weight[y, row] * mean_gradient(y, row) for y in range(3) for row in range(3**draws))
    assert total[0] < -0.05 and total[1:].min() > 0  # at ln p it still pushes the frequent class up


def test_the_tree_by_torch_one_path_at_a_time():
    rng = np.random.default_rng(1)
    parent = np.array([-1, -1, -1, 0, 0, 1, 1, 1, 5, 5])
    logits = rng.normal(0, 2, (3, 10))
    found = tree_log_probs(logits, parent)
    for node in range(10):
        total, step = 0.0, node
        while step >= 0:
            siblings = [n for n in range(10) if parent[n] == parent[step]]
            given = torch.tensor(logits[:, siblings]).log_softmax(dim=1)
            total = total + given[:, siblings.index(step)].numpy()
            step = parent[step]
        np.testing.assert_allclose(found[:, node], total)


def test_the_federated_loss_and_its_gradient_by_torch():
    rng = np.random.default_rng(2)
    logits, targets = rng.normal(0, 4, (5, 7)), (rng.random((5, 7)) < 0.3).astype(float)
    checked = rng.random((5, 7)) < 0.5
    z = torch.tensor(logits, requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(z, torch.tensor(targets), reduction="sum",
                                              weight=torch.tensor(checked).double()) / 5
    loss.backward()
    ours, grad = federated_loss(logits, targets, checked)
    np.testing.assert_allclose(ours, loss.item())
    np.testing.assert_allclose(grad, z.grad.numpy(), atol=1e-15)
