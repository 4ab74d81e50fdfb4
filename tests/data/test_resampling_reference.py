"""Sampling against scikit-learn's balanced weights, correction against a model of all data."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.class_weight import compute_sample_weight

from snippets.data.resampling import balanced_draw, smote, under_sample, undo_under_sampling


def test_draws_follow_the_balanced_weights():
    targets = np.repeat([0, 1, 2], [500, 30, 10])
    weights = compute_sample_weight("balanced", targets)
    counts = np.bincount(balanced_draw(targets, 200_000, np.random.default_rng(0)), minlength=540)
    expected = 200_000 * weights / weights.sum()
    assert np.abs((counts - expected) / np.sqrt(expected)).max() < 5


def test_corrected_model_agrees_with_one_of_all_data():
    rng = np.random.default_rng(0)
    targets = (rng.random(200_000) < 0.02).astype(np.int64)
    x = rng.standard_normal((200_000, 2)) + 1.5 * targets[:, None]
    rows = under_sample(targets, 0.1, rng)
    full = LogisticRegression(C=1e6).fit(x, targets).predict_proba(x[:5000])[:, 1]
    part = LogisticRegression(C=1e6).fit(x[rows], targets[rows]).predict_proba(x[:5000])[:, 1]
    assert np.abs(part - full).mean() > 0.05
    assert np.abs(undo_under_sampling(part, 0.1) - full).mean() < 0.001


def test_neighbors_are_those_of_the_library():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((40, 3))
    neighbors = NearestNeighbors(n_neighbors=4).fit(x).kneighbors(x, return_distance=False)[:, 1:]
    for point in smote(x, 50, 3, rng):
        gaps = [np.linalg.norm(point - x[i]) + np.linalg.norm(point - x[j]) - np.linalg.norm(x[i] - x[j])
                for i in range(40) for j in neighbors[i]]
        assert min(gaps) < 1e-9  # on the segment to one of its three nearest
