"""Loss, gradient and Hessian from PyTorch in float64."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from snippets.backpropagation.backpropagate_softmax_cross_entropy import cross_entropy, hessian, log_softmax


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("kind", ["classes", "probabilities", "weights"])
def test_loss_and_gradient_match_torch(seed, reduction, kind):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(2, 7, 5)) * 10.0**seed
    if kind == "classes":
        targets = np.where(rng.random((2, 7)) < 0.3, -100, rng.integers(0, 5, (2, 7)))
        theirs_target = torch.tensor(targets)
    else:
        targets = rng.dirichlet(np.ones(5), (2, 7)) * (1 if kind == "probabilities" else 1.7)
        theirs_target = torch.tensor(targets).movedim(-1, 1)
    leaf = torch.tensor(logits, requires_grad=True)
    expected = F.cross_entropy(leaf.movedim(-1, 1), theirs_target, reduction=reduction)
    expected.sum().backward()
    loss, grad = cross_entropy(logits, targets, reduction=reduction)
    np.testing.assert_allclose(loss, expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(grad, leaf.grad.numpy(), atol=1e-12)


def test_the_hessian_matches_torch():
    logits = np.random.default_rng(0).normal(size=5)
    expected = torch.autograd.functional.hessian(
        lambda z: F.cross_entropy(z[None], torch.tensor([3])), torch.tensor(logits))
    np.testing.assert_allclose(hessian(np.exp(log_softmax(logits))), expected.numpy(), atol=1e-14)


def test_the_whole_linear_classifier_is_convex():
    """The Hessian in the weights, not only in the logits, has no negative eigenvalue."""
    rng = np.random.default_rng(1)
    x, targets = torch.tensor(rng.normal(size=(7, 2))), torch.tensor(rng.integers(0, 3, 7))
    full = torch.autograd.functional.hessian(
        lambda w: F.cross_entropy(x @ w, targets), torch.tensor(rng.normal(size=(2, 3))))
    assert torch.linalg.eigvalsh(full.reshape(6, 6)).min() > -1e-12


def test_torch_gives_nan_where_everything_is_ignored():
    assert F.cross_entropy(torch.zeros(2, 3), torch.tensor([-100, -100])).isnan()


def test_a_sequence_s_classes_are_torch_s_second_axis():
    logits, targets = torch.zeros(2, 7, 5), torch.zeros(2, 7, dtype=torch.long)
    with pytest.raises((ValueError, RuntimeError)):
        F.cross_entropy(logits, targets)
    square = torch.randn(2, 5, 5, generator=torch.Generator().manual_seed(0))  # T = K: no error, wrong loss
    targets = torch.zeros(2, 5, dtype=torch.long)
    wrong, right = F.cross_entropy(square, targets), F.cross_entropy(square.movedim(-1, 1), targets)
    assert abs(wrong - right) > 0.01


def test_a_class_out_of_range_is_named_with_the_range():
    for wrong in (3, -1):
        with pytest.raises(ValueError, match=f"^targets must be 0 to 2, got {wrong}$"):
            cross_entropy(np.zeros((2, 3)), np.array([0, wrong]))


def test_targets_without_a_row_that_counts_are_shown():
    with pytest.raises(ValueError, match=r"^targets have no row that counts: \[-100 -100\]$"):
        cross_entropy(np.zeros((2, 3)), np.full(2, -100))
