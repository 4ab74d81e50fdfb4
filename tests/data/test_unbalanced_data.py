"""What scores and corrections for rare classes promise. NumPy and plain asserts only."""

import numpy as np

from snippets.data.unbalanced_data import (
    average_precision,
    correct_prior,
    cost_threshold,
    estimate_rate,
    precision_from_rates,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_average_precision_by_hand():
    # Hits at ranks 1 and 3 of 5: (1/1 + 2/3) / 2.
    targets, scores = np.array([0, 1, 0, 1, 0]), np.array([0.8, 0.9, 0.1, 0.7, 0.2])
    np.testing.assert_allclose(average_precision(targets, scores), 5 / 6, rtol=1e-12)
    np.testing.assert_allclose(average_precision(targets, -scores), (1 / 3 + 2 / 5) / 2, rtol=1e-12)


def test_a_perfect_ranking_has_average_precision_one():
    targets = np.array([0, 0, 1, 0, 1, 1, 0])
    assert average_precision(targets, targets + 0.1) == 1.0


def test_equal_scores_pass_together_whatever_their_order():
    targets = np.array([1, 0, 0, 0, 1, 0, 0])
    expected = 2 / 7  # one step to recall 1 at precision 2 of 7
    for shuffled in (targets, targets[::-1], np.sort(targets)):
        np.testing.assert_allclose(average_precision(shuffled, np.zeros(7)), expected, rtol=1e-12)
    # + | - + tied | -: recall rises by 1/2 at precision 1, by 1/2 at 2/3.
    value = average_precision(np.array([1, 0, 1, 0]), np.array([3.0, 2.0, 2.0, 1.0]))
    np.testing.assert_allclose(value, 5 / 6, rtol=1e-12)


def test_infinite_and_unsigned_scores_are_ranked_like_any_others():
    targets = np.array([1, 0, 1, 0])
    # The last two share the score of log(0): one step, to recall 1 at precision 2 of 4.
    tied = average_precision(targets, np.array([2.0, 1.0, -np.inf, -np.inf]))
    np.testing.assert_allclose(tied, (1 + 2 / 4) / 2, rtol=1e-12)
    small = average_precision(targets, np.array([200, 0, 100, 50], dtype=np.uint8))
    np.testing.assert_allclose(small, 1.0, rtol=1e-12)


def test_average_precision_of_a_random_ranking_is_about_the_share_of_positives():
    rng = np.random.default_rng(0)
    targets = (np.arange(5000) < 500).astype(np.int64)
    values = [average_precision(targets, rng.random(5000)) for _ in range(20)]
    # One value has a standard deviation near sqrt(0.1 * 0.9 / 500) = 0.013; plus a small bias.
    assert abs(np.mean(values) - 0.1) < 0.012


def test_only_the_order_counts():
    rng = np.random.default_rng(1)
    targets, scores = (rng.random(300) < 0.1).astype(np.int64), rng.random(300)
    ours = average_precision(targets, scores)
    np.testing.assert_allclose(average_precision(targets, np.log(scores) * 5 + 3), ours, rtol=1e-12)
    np.testing.assert_allclose(average_precision(targets, correct_prior(scores, 0.5, 0.01)), ours, rtol=1e-12)


def test_precision_falls_with_the_share_of_positives():
    for rate, precision in ((0.5, 0.989), (0.01, 0.476), (0.001, 0.083)):
        np.testing.assert_allclose(precision_from_rates(0.9, 0.01, rate), precision, atol=5e-4)
    # 100,000 examples at 1:1000: 90 of 100 found, 999 false alarms.
    np.testing.assert_allclose(precision_from_rates(0.9, 0.01, 0.001), 90 / (90 + 999), rtol=1e-12)


def test_threshold_is_where_both_costs_are_equal():
    for miss, alarm in ((99.0, 1.0), (500.0, 10.0), (1.0, 3.0)):
        p = cost_threshold(miss, alarm)
        np.testing.assert_allclose(p * miss, (1 - p) * alarm, rtol=1e-12)
    np.testing.assert_allclose(cost_threshold(500.0, 10.0), 10 / 510, rtol=1e-12)


def test_correction_follows_bayes_rule():
    # Two outcomes of one measurement, with likelihoods 0.8 and 0.2 for positives, 0.3 and 0.7 else.
    like_positive, like_negative = np.array([0.8, 0.2]), np.array([0.3, 0.7])

    def posterior(rate):
        return rate * like_positive / (rate * like_positive + (1 - rate) * like_negative)

    for train, true in ((0.5, 0.01), (0.2, 0.6), (0.01, 0.5), (0.3, 0.3)):
        np.testing.assert_allclose(correct_prior(posterior(train), train, true), posterior(true), rtol=1e-12)


def test_correction_by_hand_and_back():
    # Odds 9, times (0.001 / 0.999) / (0.5 / 0.5): 0.009009, probability 0.00893.
    np.testing.assert_allclose(correct_prior(np.array([0.9]), 0.5, 0.001), [0.0089286], atol=1e-7)
    for prob, corrected in ((0.5, 0.0010), (0.99, 0.0902)):
        np.testing.assert_allclose(correct_prior(np.array([prob]), 0.5, 0.001), [corrected], atol=5e-5)
    probs = np.array([0.0, 0.01, 0.5, 0.99, 1.0])
    np.testing.assert_allclose(correct_prior(correct_prior(probs, 0.5, 0.02), 0.02, 0.5), probs, atol=1e-12)


def test_the_new_rate_is_found_without_labels():
    rng = np.random.default_rng(0)
    labels = rng.random(40_000) < 0.05
    x = rng.standard_normal(40_000) + 3.0 * labels
    probs = 1 / (1 + np.exp(-(3.0 * x - 4.5)))  # the true posterior at 50 % positives
    rate = estimate_rate(probs, 0.5)
    # A share counted in 40,000 labels scatters by 0.0011; the overlap may double that.
    assert abs(rate - labels.mean()) < 0.005, f"estimated {rate}, in the data {labels.mean()}"
    assert abs(np.mean(probs) - 0.05) > 0.03  # the uncorrected mean would be wrong


def test_no_step_leaves_the_old_rate():
    assert estimate_rate(np.array([0.3, 0.9]), 0.4, 0) == 0.4
    np.testing.assert_allclose(estimate_rate(np.array([0.3, 0.9]), 0.4, 1), 0.6, rtol=1e-12)


def test_the_search_takes_100_steps_if_nothing_is_said():
    unsure = np.array([0.49, 0.5, 0.52])  # from such outputs the rate moves slowly
    assert estimate_rate(unsure, 0.5) == estimate_rate(unsure, 0.5, 100) != estimate_rate(unsure, 0.5, 99)


def test_a_rate_of_zero_or_one_ends_the_search():
    assert estimate_rate(np.zeros(3), 0.3) == 0.0
    assert estimate_rate(np.ones(3), 0.3) == 1.0


def test_bad_input_is_named():
    ones = np.ones(2)
    assert "targets" in raises(average_precision, np.zeros(2), ones)
    assert "targets" in raises(average_precision, np.zeros(0), np.zeros(0))
    assert "targets" in raises(average_precision, np.ones(3), ones)
    assert "cost_miss" in raises(cost_threshold, 0.0, 1.0)
    for cost in (0.0, -1.0):
        assert "cost_alarm" in raises(cost_threshold, 1.0, cost)
    assert raises(correct_prior, ones, 0.0, 0.5).startswith("train_rate must")
    assert raises(correct_prior, ones, 0.5, 1.0).startswith("true_rate must")
