"""The size of the test set, by simulation with SciPy's normal quantiles."""

import numpy as np
from scipy.stats import norm

from snippets.language_models.fine_tuning import examples_needed


def test_so_many_examples_show_the_change_four_times_in_five():
    rng = np.random.default_rng(0)
    for before, after in ((0.80, 0.85), (0.6, 0.7), (0.9, 0.94)):
        n = examples_needed(before, after)
        a, b = (rng.binomial(n, p, 20_000) / n for p in (before, after))
        z = (b - a) / np.sqrt((a * (1 - a) + b * (1 - b)) / n)
        # 20,000 draws: deviation 0.003; the normal approximation adds less than 0.015.
        assert abs(np.mean(np.abs(z) > norm.ppf(0.975)) - 0.8) < 0.02


def test_the_quantiles_are_scipy_s():
    for alpha, power in ((0.05, 0.8), (0.01, 0.95)):
        z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
        expected = z**2 * (0.7 * 0.3 + 0.6 * 0.4) / 0.01
        assert examples_needed(0.7, 0.6, alpha, power) == np.ceil(expected)
