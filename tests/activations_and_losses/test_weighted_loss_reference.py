"""The same numbers as PyTorch and scikit-learn, and what PyTorch divides by."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional

from snippets.activations_and_losses import weighted_loss_experiment as experiment
from snippets.activations_and_losses.weighted_loss import (
    balanced_weights,
    weighted_binary_cross_entropy,
    weighted_cross_entropy,
)

WEIGHTS = torch.tensor([1.0, 5.0, 20.0], dtype=torch.float64)
TARGETS = torch.tensor([0, 0, 1, 2, 0, 0, 2])


def make_logits() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(7, 3, generator=generator, dtype=torch.float64).requires_grad_()


def test_classes_match_torch():
    logits = make_logits()
    loss = functional.cross_entropy(logits, TARGETS, weight=WEIGHTS)
    loss.backward()
    ours, grad = weighted_cross_entropy(logits.detach().numpy(), TARGETS.numpy(), WEIGHTS.numpy())
    np.testing.assert_allclose(ours, loss.item(), rtol=1e-12)
    np.testing.assert_allclose(grad, logits.grad, rtol=1e-10)


def test_binary_matches_torch():
    logits = make_logits()[:, 0].detach().requires_grad_()
    targets = (TARGETS == 2).double()
    loss = functional.binary_cross_entropy_with_logits(logits, targets, pos_weight=torch.tensor(9.0))
    loss.backward()
    ours, grad = weighted_binary_cross_entropy(logits.detach().numpy(), targets.numpy(), 9.0)
    np.testing.assert_allclose(ours, loss.item(), rtol=1e-6)
    np.testing.assert_allclose(grad, logits.grad, rtol=1e-6)


def test_torch_divides_indices_by_the_weights_and_rows_of_probabilities_by_n():
    logits, rows = make_logits().detach(), functional.one_hot(TARGETS, 3).double()
    by_index = functional.cross_entropy(logits, TARGETS, weight=WEIGHTS)
    by_row = functional.cross_entropy(logits, rows, weight=WEIGHTS)
    torch.testing.assert_close(by_row / by_index, WEIGHTS[TARGETS].sum() / 7)


def test_torch_does_not_average_other_weights():
    logits = make_logits()[:, 0].detach()
    targets = (TARGETS == 2).double()
    one_by_one = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    for options, factor in (({"pos_weight": torch.tensor(9.0)}, torch.where(targets == 1, 9.0, 1.0)),
                            ({"weight": torch.arange(7.0)}, torch.arange(7.0))):
        whole = functional.binary_cross_entropy_with_logits(logits, targets, **options)
        torch.testing.assert_close(whole, (factor * one_by_one).mean(), check_dtype=False)


def test_balanced_weights_match_scikit_learn():
    labels = np.repeat([0, 1, 2], [70, 20, 10])
    np.testing.assert_allclose(balanced_weights(np.array([70, 20, 10])),
                               compute_class_weight("balanced", classes=np.arange(3), y=labels))


def test_the_experiments_fit_matches_scikit_learn():
    x, labels = experiment.sample(2000, np.random.default_rng(0), bent=False)
    theirs = LogisticRegression(C=1e10, class_weight={0: 1.0, 1: 49.0}, tol=1e-10, max_iter=1000)
    theirs.fit(x[:, 1:], labels)
    ours = experiment.fit(x, labels, 49.0)
    np.testing.assert_allclose(ours, [theirs.intercept_[0], *theirs.coef_[0]], rtol=1e-3)


@pytest.mark.parametrize(("kind", "ratio"), [(torch.optim.SGD, 10.0), (torch.optim.Adam, 1.0)])
def test_a_factor_on_the_whole_loss_scales_sgd_and_not_adam(kind, ratio):
    moved = []
    for factor in (1.0, 10.0):
        weight = torch.nn.Parameter(torch.tensor([[0.3, -0.2]], dtype=torch.float64))
        optimizer = kind([weight], lr=0.01)
        inputs = torch.tensor([[1.0], [-2.0]], dtype=torch.float64)
        (factor * functional.cross_entropy(inputs @ weight, torch.tensor([0, 1]))).backward()
        before = weight.detach().clone()
        optimizer.step()
        moved.append((weight.detach() - before)[0, 0].item())
    assert abs(moved[1] / moved[0] - ratio) < 1e-5
