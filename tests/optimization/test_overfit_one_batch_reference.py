"""The gradient check agrees with autograd; the p value with scikit-learn's."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import PredefinedSplit, permutation_test_score

from snippets.optimization.overfit_one_batch import depends_on, initial_loss, permutation_test, slope_error


def test_autograd_passes_and_a_changed_gradient_fails():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x = torch.tensor(rng.standard_normal((7, 3)))
        params = [rng.standard_normal((3, 5)), rng.standard_normal(5)]

        def loss(p, x=x):
            return float(torch.tanh(x @ torch.tensor(p[0]) + torch.tensor(p[1])).square().sum())

        tensors = [torch.tensor(p, requires_grad=True) for p in params]
        torch.tanh(x @ tensors[0] + tensors[1]).square().sum().backward()
        grads = [t.grad.numpy() for t in tensors]
        assert slope_error(loss, params, grads, rng).max() < 1e-6
        assert slope_error(loss, params, [grads[0], 1.1 * grads[1]], rng)[1] > 0.05


def test_score_and_p_value_match_scikit_learn_s():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((60, 3)), np.arange(60) % 2
    x[:, 0] += 1.5 * y
    fold = np.where(np.arange(60) < 40, -1, 0)

    def score(x, y):
        return LogisticRegression().fit(x[:40], y[:40]).score(x[40:], y[40:])

    true, null, p = permutation_test(score, x, y, 19, rng)
    expected = permutation_test_score(LogisticRegression(), x, y, cv=PredefinedSplit(fold),
                                      n_permutations=19, random_state=0)
    assert true == expected[0] and p == expected[2] == 0.05
    assert abs(null.mean() - expected[1].mean()) < 0.15


def test_shares_of_single_precision_give_a_loss_of_double():
    shares = np.array([0.5, 0.25, 0.25], dtype=np.float32)  # 1.5 bits
    assert abs(initial_loss(shares, bias_at_shares=True) - 1.5 * np.log(2)) < 1e-15


def test_a_function_that_changes_the_length_is_told_both_lengths():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"^function must keep length 5, got 4$"):
        depends_on(lambda x: x[:, 1:], rng.standard_normal((2, 5)), rng, 1)
