"""What the intervals and tests promise. NumPy, the standard library and plain asserts only."""

import math
from statistics import NormalDist

import numpy as np

from snippets.evaluation.confidence_intervals import (
    bca_levels,
    bootstrap,
    holm,
    mcnemar,
    permutation_test,
    wilson,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def mean(rows):
    return float(np.mean(rows))


def test_wilson_s_ends_are_the_proportions_just_accepted():
    z = NormalDist().inv_cdf(0.975)
    for successes, total in ((3, 17), (16, 20), (870, 1000)):
        for p in wilson(successes, total):
            assert abs(abs(successes / total - p) - z * math.sqrt(p * (1 - p) / total)) < 1e-12
    low, high = wilson(3, 17)
    assert low < 3 / 17 < high


def test_wilson_is_symmetric_and_stays_inside_zero_and_one():
    low, high = wilson(0, 20)
    assert low == 0.0 and round(high, 3) == 0.161
    other = wilson(20, 20)
    np.testing.assert_allclose(other, (1 - high, 1.0), atol=1e-12)
    ends = np.array([wilson(n, n) + wilson(0, n) for n in range(1, 200)])
    assert ends.min() == 0 and ends.max() == 1  # although rounding leads outside
    narrow, wide = wilson(7, 31, 0.5), wilson(7, 31, 0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_the_percentile_interval_is_two_quantiles_of_the_resampled_values():
    rows = np.random.default_rng(0).normal(size=(23, 2))
    low, high = bootstrap(mean, rows, np.random.default_rng(1), 50, 0.9)
    rng = np.random.default_rng(1)
    values = [rows[rng.integers(0, 23, 23)].mean() for _ in range(50)]
    np.testing.assert_allclose((low, high), np.quantile(values, [0.05, 0.95]), rtol=1e-12)


def test_2000_resamples_if_nothing_is_said():
    rows = np.random.default_rng(3).normal(size=7)
    default, given = (bootstrap(np.mean, rows, np.random.default_rng(4), *more) for more in ((), (2000,)))
    assert default == given


def test_rows_are_drawn_whole():
    x = np.random.default_rng(0).normal(size=41)
    rows = np.stack([x, x + 0.25], axis=1)
    low, high = bootstrap(lambda r: float(np.mean(r[:, 1] - r[:, 0])), rows, np.random.default_rng(1), 100)
    np.testing.assert_allclose([low, high], 0.25, rtol=1e-12)


def test_bca_is_the_percentile_interval_where_nothing_is_skewed():
    values, left_out = np.linspace(-1, 1, 1001), np.linspace(-0.1, 0.1, 20)
    np.testing.assert_allclose(bca_levels(values, 0.0, left_out), [0.025, 0.975], atol=1e-12)
    np.testing.assert_allclose(bca_levels(values, 0.0, left_out, 0.8), [0.1, 0.9], atol=1e-12)
    np.testing.assert_allclose(bca_levels(values, 0.0, np.ones(5)), [0.025, 0.975], atol=1e-12)


def test_bca_follows_bias_and_skewness():
    normal = NormalDist()
    values = np.arange(1000) / 1000
    bias = normal.inv_cdf(0.3)  # 300 of 1,000 values lie below the estimate
    low, high = bca_levels(values, 0.2995, np.linspace(-0.1, 0.1, 20))
    expected = [normal.cdf(2 * bias - 1.959964), normal.cdf(2 * bias + 1.959964)]
    np.testing.assert_allclose([low, high], expected, rtol=1e-6)
    d = np.array([-1.0, -1.0, -1.0, 3.0])
    a = np.sum(d**3) / (6 * np.sum(d**2) ** 1.5)
    low, high = bca_levels(np.linspace(-1, 1, 1001), 0.0, -d)
    np.testing.assert_allclose([low, high], [normal.cdf(-1.959964 / (1 + 1.959964 * a)),
                                             normal.cdf(1.959964 / (1 - 1.959964 * a))], rtol=1e-6)


def test_bca_of_a_skewed_sample_lies_to_the_right():
    rows = np.random.default_rng(3).exponential(size=40)
    plain = bootstrap(mean, rows, np.random.default_rng(1), 400)
    bca = bootstrap(mean, rows, np.random.default_rng(1), 400, method="bca")
    assert bca[0] > plain[0] and bca[1] > plain[1]


def test_bca_leaves_out_whole_rows_and_keeps_the_level():
    rows = np.stack([np.arange(1.0, 8.0), np.arange(2.0, 16.0, 2.0) ** 2], axis=1)

    def ratio(r):
        return float(r[:, 1].sum() / r[:, 0].sum())

    found = bootstrap(ratio, rows, np.random.default_rng(1), 200, 0.8, "bca")
    rng = np.random.default_rng(1)
    values = np.array([ratio(rows[rng.integers(0, 7, 7)]) for _ in range(200)])
    left_out = np.array([ratio(rows[np.arange(7) != i]) for i in range(7)])
    np.testing.assert_allclose(found, np.quantile(values, bca_levels(values, ratio(rows), left_out, 0.8)))


def test_bca_of_values_on_one_side_is_their_end():
    values, left_out = np.arange(5.0), np.arange(3.0)
    assert bca_levels(values, -1.0, left_out) == [0.0, 0.0]
    assert bca_levels(values, 9.0, left_out) == [1.0, 1.0]


def test_one_trial_and_two_rows_are_enough():
    low, high = wilson(1, 1)
    assert round(low, 3) == 0.207 and high == 1.0
    low, high = bootstrap(mean, np.array([1.0, 3.0]), np.random.default_rng(0), 99)
    assert (low, high) == (1.0, 3.0)


def test_mcnemar_is_a_fair_coin():
    assert mcnemar(0, 0) == 1.0 and mcnemar(5, 5) == 1.0
    assert mcnemar(2, 8) == mcnemar(8, 2) == 2 * (1 + 10 + 45) / 1024
    assert mcnemar(0, 6) == 2 / 64
    # Counts come from np.sum: 2**440 does not fit into 64 bits.
    assert mcnemar(np.int64(200), np.int64(240)) == mcnemar(200, 240) < 0.07
    assert round(mcnemar(20_000, 20_400), 3) == 0.047


def test_permutations_agree_with_all_sign_changes():
    d = np.array([0.3, -0.1, 0.4, 0.2, 0.6, -0.2, 0.5])
    signs = np.array(np.meshgrid(*[[-1, 1]] * 7)).reshape(7, -1)
    exact = np.mean(np.abs(d @ signs / 7) >= d.mean() - 1e-12)
    p = permutation_test(d, np.random.default_rng(0), 4000)
    assert abs(p - exact) < 5 * math.sqrt(exact * (1 - exact) / 4000)
    assert permutation_test(np.full(50, 1.0), np.random.default_rng(0), 99) == 1 / 100
    # The default gives a round p-value.
    assert permutation_test(np.full(50, 1.0), np.random.default_rng(0)) == 1 / 10_000
    assert permutation_test(np.zeros(3), np.random.default_rng(0), 99) == 1.0
    ones = [permutation_test(np.ones(9, dtype), np.random.default_rng(0), 99) for dtype in ("u1", "f8")]
    assert ones[0] == ones[1]


def test_holm_multiplies_the_smallest_most_and_keeps_the_order():
    p = np.array([0.04, 0.001, 0.02, 0.9])
    np.testing.assert_allclose(holm(p), [0.08, 0.004, 0.06, 0.9], rtol=1e-12)
    assert holm(np.array([0.6, 0.7])).tolist() == [1.0, 1.0]
    assert holm(np.array([0.03])).tolist() == [0.03]


def test_the_page_s_comparison():
    assert [round(end, 3) for end in wilson(870, 1000)] == [0.848, 0.889]
    assert [round(end, 3) for end in wilson(890, 1000)] == [0.869, 0.908]
    assert [round(end, 3) for end in wilson(16, 20)] == [0.584, 0.919]
    assert round(mcnemar(20, 40), 4) == 0.0135
    d = np.repeat([0.0, -1.0, 1.0], [940, 20, 40])
    # Two-sided p 0.0135; 5 standard deviations of 999 swaps are 0.018.
    assert permutation_test(d, np.random.default_rng(0), 999) < 0.032
    low, high = bootstrap(mean, d, np.random.default_rng(0), 500)
    assert abs(low - 0.005) < 0.003 and abs(high - 0.035) < 0.003


def test_bad_input_is_named():
    assert "total" in raises(wilson, 1, 0) and "total" in raises(wilson, 0, 0)
    assert "successes" in raises(wilson, 6, 5)
    assert "rows" in raises(bootstrap, mean, np.zeros(1), np.random.default_rng(0))
    assert "method" in raises(bootstrap, mean, np.zeros(3), np.random.default_rng(0), method="basic")
    assert "counts" in raises(mcnemar, -1, 3)
    assert "differences" in raises(permutation_test, np.zeros(0), np.random.default_rng(0))
