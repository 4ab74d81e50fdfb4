"""The same intervals and p-values as SciPy's."""

import numpy as np
from scipy import stats

from snippets.evaluation.confidence_intervals import bca_levels, bootstrap, mcnemar, permutation_test, wilson


def test_wilson_and_mcnemar():
    for successes, total in ((0, 7), (3, 19), (870, 1000)):
        for level in (0.8, 0.95):
            expected = stats.binomtest(successes, total).proportion_ci(level, "wilson")
            np.testing.assert_allclose(wilson(successes, total, level), expected, atol=1e-12)
    for only_a, only_b in ((3, 11), (20, 40), (300, 251)):
        np.testing.assert_allclose(mcnemar(only_a, only_b),
                                   stats.binomtest(only_a, only_a + only_b).pvalue, rtol=1e-12)


def test_bca_from_the_same_resamples():
    rng = np.random.default_rng(0)
    for statistic in (np.mean, np.std):
        x = rng.exponential(size=37)
        result = stats.bootstrap((x,), statistic, n_resamples=2000, method="BCa",
                                 rng=np.random.default_rng(1))
        left_out = np.array([statistic(np.delete(x, i)) for i in range(37)])
        levels = bca_levels(result.bootstrap_distribution, statistic(x), left_out)
        np.testing.assert_allclose(np.quantile(result.bootstrap_distribution, levels),
                                   result.confidence_interval, rtol=1e-9)
        for method in ("percentile", "BCa"):
            theirs = stats.bootstrap((x,), statistic, method=method, n_resamples=5000,
                                     rng=np.random.default_rng(2)).confidence_interval
            ours = bootstrap(statistic, x, np.random.default_rng(3), 5000, method=method.lower())
            # A quantile at 2.5 % of 5,000 draws has a relative deviation of a few percent of the width.
            np.testing.assert_allclose(ours, theirs, atol=0.1 * (theirs[1] - theirs[0]))


def test_the_permutation_test():
    rng = np.random.default_rng(1)
    x = rng.normal(0.4, 1.0, 11)
    exact = stats.permutation_test((x, np.zeros(11)), lambda a, b, axis: np.mean(a - b, axis=axis),
                                   permutation_type="samples", n_resamples=np.inf, vectorized=True).pvalue
    p = permutation_test(x, rng, 20_000)
    assert abs(p - exact) < 5 * np.sqrt(exact * (1 - exact) / 20_000)
