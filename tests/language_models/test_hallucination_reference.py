"""The same entropies from SciPy and PyTorch, risks from scikit-learn, and a score maximized by hand."""

import numpy as np
import pytest
import torch
from scipy.stats import entropy
from sklearn.metrics import accuracy_score

from snippets.language_models.hallucination import (
    good_turing_missing_mass,
    mean_score,
    risk_coverage,
    semantic_entropy,
)


def test_entropies_match_scipy_and_torch():
    rng = np.random.default_rng(0)
    meanings, weights = rng.integers(0, 4, (5, 11)), rng.random((5, 11))
    for labels, w, found in zip(meanings, weights, semantic_entropy(meanings, weights), strict=True):
        mass = np.bincount(labels, w)
        assert abs(found - entropy(mass)) < 1e-12
        assert abs(found - torch.distributions.Categorical(torch.tensor(mass)).entropy().item()) < 1e-12
    for labels, found in zip(meanings, semantic_entropy(meanings), strict=True):
        assert abs(found - entropy(np.unique(labels, return_counts=True)[1])) < 1e-12


def test_risk_is_one_less_accuracy_of_the_surest():
    rng = np.random.default_rng(1)
    confidence, correct = rng.random(23), rng.random(23) < 0.7
    coverage, risk = risk_coverage(confidence, correct)
    order = torch.argsort(torch.tensor(confidence), descending=True).numpy()
    for k in (1, 5, 23):
        assert abs(coverage[k - 1] - k / 23) < 1e-15
        assert abs(risk[k - 1] - (1 - accuracy_score(np.ones(k), correct[order[:k]]))) < 1e-12


def test_the_best_policy_answers_above_the_threshold():
    rng = np.random.default_rng(2)
    confidence = rng.random(20_000)
    correct = rng.random(20_000) < confidence  # calibrated
    for threshold in (0.3, 0.6, 0.8):
        cuts = np.linspace(0, 1, 41)[:-1]
        scores = [mean_score(correct, confidence > cut, threshold) for cut in cuts]
        assert abs(cuts[int(np.argmax(scores))] - threshold) < 0.08


def test_leaving_one_out_finds_the_same_mass():
    # The share of observations that no other observation repeats.
    rng = np.random.default_rng(3)
    draws = rng.zipf(1.6, 500) % 97
    alone = np.mean([np.count_nonzero(draws == one) == 1 for one in draws])
    assert abs(good_turing_missing_mass(np.bincount(draws)) - alone) < 1e-15


def test_an_entropy_of_nothing_is_not_minus_zero():
    assert not np.signbit(semantic_entropy(np.zeros(10, np.int32)))


def test_counts_without_an_observation_are_told_so():
    with pytest.raises(ValueError, match=r"^counts must hold an observation, got \[0 2\]$"):
        good_turing_missing_mass(np.array([[0, 0, 0], [1, 0, 1]]))
