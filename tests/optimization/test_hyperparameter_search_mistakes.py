"""The wrong code fails, and the right way beside it does not."""

import math

import numpy as np

from snippets.optimization.hyperparameter_search import to_value
from snippets.optimization.hyperparameter_search_mistakes import (
    draw_learning_rates,
    reported_error,
)


def test_uniform_draws_crowd_into_the_last_decade():
    rng = np.random.default_rng(0)
    linear = draw_learning_rates(10_000, rng)
    logarithmic = np.array([to_value(u, 1e-4, 1.0) for u in rng.uniform(size=10_000)])
    assert abs(np.mean(linear > 0.1) - 0.9) < 4 * 0.003
    assert abs(np.mean(logarithmic > 0.1) - 0.25) < 4 * 0.0043
    assert np.mean(linear < 0.001) < 0.002


def test_the_winner_of_equal_models_looks_better_than_it_is():
    # 81 models, each wrong on 5 % of all images, validated on 300: the smallest number of errors.
    def tail(k):  # P(one model makes at least k errors)
        return 1 - sum(math.comb(300, i) * 0.05**i * 0.95 ** (300 - i) for i in range(k))

    expected = sum(tail(k) ** 81 for k in range(1, 301)) / 300
    assert round(100 * expected, 1) == 2.2
    rng = np.random.default_rng(1)
    reports = [reported_error(rng.binomial(300, 0.05, size=81) / 300) for _ in range(400)]
    error = np.std(reports) / 20
    assert abs(np.mean(reports) - expected) < 4 * error
    fresh = rng.binomial(300, 0.05, size=400) / 300  # the winner again, on new images
    assert abs(np.mean(fresh) - 0.05) < 4 * 0.0126 / 20
