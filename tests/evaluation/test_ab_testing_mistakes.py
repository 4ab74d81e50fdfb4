"""How each mistake fails."""

import math

import numpy as np

from snippets.evaluation.ab_testing import ratio_and_error, simulate_users
from snippets.evaluation.ab_testing_mistakes import adjusted_difference, click_rate_error_per_view


def test_errors_per_view_make_a_quarter_of_all_empty_tests_significant():
    _, clicks, views = simulate_users(100_000, np.random.default_rng(2))
    ratio = ratio_and_error(clicks, views)[1] / click_rate_error_per_view(clicks, views)
    false_positives = math.erfc(1.959964 / ratio / math.sqrt(2))
    assert 0.22 < false_positives < 0.27
    rng, seen = np.random.default_rng(4), 0
    for _ in range(200):  # tests without effect
        a, b = (simulate_users(200, rng)[1:] for _ in range(2))
        difference = a[0].sum() / a[1].sum() - b[0].sum() / b[1].sum()
        error = math.hypot(click_rate_error_per_view(*a), click_rate_error_per_view(*b))
        seen += abs(difference) > 1.959964 * error
    assert abs(seen / 200 - 0.245) < 5 * math.sqrt(0.245 * 0.755 / 200)


def test_a_covariate_from_the_test_itself_swallows_the_effect():
    rng = np.random.default_rng(0)
    treated = np.arange(20_000) < 10_000
    visits = rng.normal(10.0, 2.0, 20_000) + treated  # the treatment brings one visit more
    spend = 3.0 * visits + rng.normal(0.0, 1.0, 20_000)
    true = spend[treated].mean() - spend[~treated].mean()
    assert abs(true - 3.0) < 0.5 and abs(adjusted_difference(spend, treated, visits)) < 0.1
