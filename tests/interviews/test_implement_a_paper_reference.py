"""The summary against SciPy."""

import numpy as np
from scipy import stats

from snippets.interviews.implement_a_paper import paired_difference, sign_flip_p


def test_p_matches_the_exact_permutation_test():
    rng = np.random.default_rng(5)
    for size in (2, 3, 6, 9):
        d = rng.normal(0.5, 1.0, size)
        exact = stats.permutation_test(
            (d,), lambda values, axis: values.mean(axis=axis), permutation_type="samples",
            vectorized=True, n_resamples=np.inf, alternative="two-sided",
        )
        np.testing.assert_allclose(sign_flip_p(d), exact.pvalue)


def test_mean_over_error_is_the_paired_t():
    rng = np.random.default_rng(6)
    ours, baseline = rng.normal(size=7), rng.normal(size=7)
    mean, error = paired_difference(ours, baseline)
    np.testing.assert_allclose(mean / error, stats.ttest_rel(ours, baseline).statistic)


def test_results_in_float32_are_added_in_float64():
    # in float32 the sum would be 2^24, which +2^24 + 1 - 1 reaches as well
    assert sign_flip_p(np.array([2**24, 1, 1], dtype=np.float32)) == 0.25
