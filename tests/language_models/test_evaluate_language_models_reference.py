"""The same estimates from SciPy, scikit-learn, PyTorch, a bootstrap and exact fractions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
import torch
from scipy.stats import hypergeom, norm, sem
from sklearn.linear_model import LogisticRegression

from snippets.language_models.evaluate_language_models import bradley_terry, mean_and_error, pass_at_k


def test_pass_at_k_is_the_exact_fraction_and_scipy_s_hypergeometric_tail():
    rng = np.random.default_rng(0)
    for _ in range(50):
        n = int(rng.integers(1, 201))
        c, k = int(rng.integers(0, n + 1)), int(rng.integers(1, n + 1))
        exact = 1 - Fraction(comb(n - c, k), comb(n, k))
        assert abs(pass_at_k(n, c, k) - float(exact)) < 1e-12
        assert abs(pass_at_k(n, c, k) - hypergeom.sf(0, n, c, k)) < 1e-9


def test_errors_match_scipy_and_a_bootstrap_of_passages():
    rng = np.random.default_rng(1)
    scores = rng.random(37)
    assert abs(mean_and_error(scores)[1] - sem(scores)) < 1e-14
    passages = np.repeat(np.arange(80), rng.integers(2, 6, 80))
    scores = rng.standard_normal(80)[passages] + 0.3 * rng.standard_normal(len(passages))
    sums, sizes = np.bincount(passages, scores), np.bincount(passages)
    draws = rng.integers(0, 80, (20_000, 80))
    means = sums[draws].sum(1) / sizes[draws].sum(1)
    assert abs(mean_and_error(scores, passages)[1] / means.std() - 1) < 0.05


def test_ratings_are_an_unpenalized_logistic_regression():
    rng = np.random.default_rng(2)
    for models in (3, 6):
        wins = rng.integers(5, 60, (models, models)).astype(float)
        rows, targets, weights = [], [], []
        for i in range(models):
            for j in range(models):
                if i != j:  # i beat j: a 1 for i - j, and a 0 for j - i
                    row = np.eye(models)[i] - np.eye(models)[j]
                    rows += [row, -row]
                    targets += [1, 0]
                    weights += [wins[i, j]] * 2
        fit = LogisticRegression(C=1e9, fit_intercept=False, tol=1e-10, max_iter=10_000)
        fit.fit(np.array(rows), targets, sample_weight=weights)
        strength = fit.coef_[0] - fit.coef_[0].mean()
        np.testing.assert_allclose(bradley_terry(wins), strength, atol=1e-4)


def test_the_gradient_of_the_likelihood_is_zero_at_the_ratings():
    rng = np.random.default_rng(3)
    wins = torch.tensor(rng.integers(1, 30, (5, 5)).astype(float)).fill_diagonal_(0)
    s = torch.tensor(bradley_terry(wins.numpy()), requires_grad=True)
    (wins * torch.nn.functional.logsigmoid(s[:, None] - s[None, :])).sum().backward()
    assert s.grad.abs().max() < 1e-10


def test_the_best_of_27_equal_models_is_two_errors_ahead():
    rng = np.random.default_rng(4)
    top = rng.standard_normal((100_000, 27)).max(axis=1)
    grid = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    exact = np.mean(grid * 27 * norm.cdf(grid) ** 26)
    assert abs(top.mean() - exact) < 5 * top.std() / 100_000**0.5 and round(exact, 1) == 2.0
    error = 400 / np.log(10) * 2 / 2000**0.5
    assert round(error, 1) == 7.8 and round(error * exact) == 16


def test_the_mean_of_float32_scores_is_taken_in_float64():
    # in float32 the sum 2^24 + 2 would be 2^24
    assert mean_and_error(np.array([2**24, 1, 1], np.float32))[0] == (2**24 + 2) / 3


def test_more_games_than_a_byte_holds_are_counted():
    s = bradley_terry(np.array([[0, 200], [100, 0]], np.uint8))
    assert abs(s[0] - s[1] - np.log(2)) < 1e-8


def test_too_little_to_compare_is_told_with_how_much_there_is():
    alone, same = (np.ones(1), None, 1), (np.ones(4), np.zeros(4), 1)
    for scores, clusters, found in (alone, (np.ones(0), None, 0), same):
        with pytest.raises(ValueError, match=rf"^need 2 scores or clusters or more, got {found}$"):
            mean_and_error(scores, clusters)
    with pytest.raises(ValueError, match=r"^wins must connect all models both ways, got \[\[0"):
        bradley_terry(np.array([[0, 3, 4], [0, 0, 1], [0, 2, 0]]))
