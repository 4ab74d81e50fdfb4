"""What the curves and the areas under them promise. NumPy and plain asserts only."""

import numpy as np

from snippets.evaluation.roc_and_pr_curves import (
    area,
    average_precision,
    best_threshold,
    cumulative,
    gaussian_rates,
    partial_auc,
    probability_of_ranking,
    roc_curve,
)

TARGETS = np.array([1, 0, 1, 0, 1, 0, 0])
SCORES = np.array([0.9, 0.8, 0.6, 0.6, 0.4, 0.3, 0.2])


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def close(ours, expected):
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-15)


def test_equal_scores_pass_the_threshold_together():
    tp, fp, thresholds = cumulative(TARGETS[::-1], SCORES[::-1])
    close(tp, [1, 1, 2, 3, 3, 3])
    close(fp, [0, 1, 2, 2, 3, 4])
    close(thresholds, [0.9, 0.8, 0.6, 0.4, 0.3, 0.2])


def test_the_curve_runs_from_zero_to_one():
    fpr, tpr, thresholds = roc_curve(TARGETS, SCORES)
    close(fpr, [0, 0, 1 / 4, 2 / 4, 2 / 4, 3 / 4, 1])
    close(tpr, [0, 1 / 3, 1 / 3, 2 / 3, 1, 1, 1])
    assert thresholds[0] == np.inf and thresholds[-1] == 0.2


def test_the_area_is_the_probability_of_ranking_ties_counting_one_half():
    close(probability_of_ranking(TARGETS, SCORES), 8.5 / 12)
    rng = np.random.default_rng(0)
    for levels in (2, 5, 1000):
        targets = rng.integers(0, 2, 83)
        scores = rng.integers(0, levels, 83).astype(np.float32)
        fpr, tpr, _ = roc_curve(targets, scores)
        close(area(fpr, tpr), probability_of_ranking(targets, scores))
        pairs = scores[targets == 1][:, None] - scores[targets == 0]
        close(area(fpr, tpr), np.mean((pairs > 0) + 0.5 * (pairs == 0)))


def test_one_example_of_each_class_is_enough():
    for scores, expected in (([0.2, 0.1], 1.0), ([0.1, 0.2], 0.0), ([0.1, 0.1], 0.5)):
        fpr, tpr, _ = roc_curve(np.array([1, 0]), np.array(scores))
        assert area(fpr, tpr) == probability_of_ranking(np.array([1, 0]), np.array(scores)) == expected


def test_constant_scores_have_area_one_half_and_the_share_of_positives():
    scores = np.full(7, 0.3)
    fpr, tpr, _ = roc_curve(TARGETS, scores)
    close([area(fpr, tpr), average_precision(TARGETS, scores)], [0.5, 3 / 7])


def test_average_precision_by_hand_and_below_it_the_trapezoid():
    close(average_precision(TARGETS, SCORES), (1 + 1 / 2 + 3 / 5) / 3)
    tp, fp, _ = cumulative(TARGETS, SCORES)
    line = area(np.append(0.0, tp / 3), np.append(1.0, tp / (tp + fp)))
    close(line, (1 + 0.5 + 0.55) / 3)


def test_only_the_order_of_the_scores_counts():
    rng = np.random.default_rng(1)
    targets, scores = rng.integers(0, 2, 60), rng.random(60)
    for changed in (scores / 100, np.exp(9 * scores), np.round(scores * 1e6).astype(np.int64)):
        close(average_precision(targets, changed), average_precision(targets, scores))
        close(probability_of_ranking(targets, changed), probability_of_ranking(targets, scores))
    unsigned = np.array([200, 0, 100], dtype=np.uint8)
    close(average_precision(np.array([1, 0, 1]), unsigned), 1.0)


def test_a_weight_of_two_is_the_example_twice():
    weights = np.array([1, 2, 3, 1, 2, 0, 1])
    again = np.repeat(np.arange(7), weights)
    close(average_precision(TARGETS, SCORES, weights), average_precision(TARGETS[again], SCORES[again]))
    ours, other = (roc_curve(TARGETS, SCORES, weights), roc_curve(TARGETS[again], SCORES[again]))
    close(area(*ours[:2]), area(*other[:2]))
    before = weights.copy()
    cumulative(TARGETS, SCORES, weights)
    assert np.array_equal(weights, before)


def test_the_best_example_may_have_no_weight():
    weights = np.array([0, 1, 1, 1, 1, 1, 1])
    close(average_precision(TARGETS, SCORES, weights), average_precision(TARGETS[1:], SCORES[1:]))


def test_fewer_positives_leave_the_roc_curve_and_lower_average_precision():
    weights = np.where(TARGETS == 1, 0.001, 1.0)
    close(roc_curve(TARGETS, SCORES, weights)[0], roc_curve(TARGETS, SCORES)[0])
    close(roc_curve(TARGETS, SCORES, weights)[1], roc_curve(TARGETS, SCORES)[1])
    assert average_precision(TARGETS, SCORES, weights) < 0.34


def test_partial_area_is_scaled_between_chance_and_perfect():
    fpr, tpr, _ = roc_curve(TARGETS, SCORES)
    close(partial_auc(fpr, tpr, 1.0), area(fpr, tpr))
    # up to 0.1: height 1/3, raw 1/30, chance 0.005
    close(partial_auc(fpr, tpr, 0.1), (1 + (1 / 30 - 0.005) / 0.095) / 2)
    # up to 0.5, where the curve rises from 2/3 to 1: raw 1/4 * 1/3 + 1/4 * 1/2, chance 1/8
    close(partial_auc(fpr, tpr, 0.5), (1 + (5 / 24 - 1 / 8) / (3 / 8)) / 2)
    line = np.array([0.0, 1.0])
    close(partial_auc(line, line, 0.3), 0.5)
    close(partial_auc(np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0]), 0.3), 1.0)


def test_the_cheapest_threshold_by_trying_all():
    rng = np.random.default_rng(2)
    targets, scores = rng.integers(0, 2, 40), np.round(rng.random(40), 1)
    for miss, alarm in ((1.0, 1.0), (7.0, 1.0), (1.0, 30.0)):
        threshold, cost = best_threshold(targets, scores, miss, alarm)
        tried = [np.mean(np.where(targets == 1, miss * (scores < t), alarm * (scores >= t)))
                 for t in np.append(np.inf, np.unique(scores))]
        close(cost, min(tried))
        said = scores >= threshold
        close(np.mean(np.where(targets == 1, miss * ~said, alarm * said)), cost)
    assert best_threshold(np.array([0, 0]), np.array([0.1, 0.2]), 1.0, 1.0) == (np.inf, 0.0)
    assert best_threshold(np.array([0, 1]), np.array([0.9, 0.1]), 5.0, 1.0) == (0.1, 0.5)  # say it always


def test_the_page_s_table_of_two_gaussians():
    fpr, tpr, thresholds = gaussian_rates(2.0)
    close(thresholds[[0, -1]], [9, -7])
    assert round(area(fpr, tpr), 3) == 0.921
    assert round(partial_auc(fpr, tpr, 0.01), 3) == 0.630
    for share, average, at_08 in ((0.5, 0.922, 0.866), (0.1, 0.665, 0.419), (0.01, 0.269, 0.061),
                                  (0.001, 0.062, 0.006)):
        precision = share * tpr / (share * tpr + (1 - share) * fpr)
        assert abs(area(tpr, precision) - average) < 6e-4
        assert abs(precision[np.searchsorted(tpr, 0.8)] - at_08) < 6e-4
    cost = 0.01 * 50 * (1 - tpr) + 0.99 * fpr
    assert round(float(cost.min()), 3) == 0.217 and round(float(cost[np.argmax(tpr - fpr)]), 3) == 0.236
    assert abs(thresholds[np.argmin(cost)] - (np.log(0.99 / 0.5) + 2) / 2) < 1e-3


def test_the_page_s_two_models_swap():
    top = np.linspace(0, 1, 16001)
    for (f, r), expected in (((top, 0.3 + 0.7 * top), (0.650, 0.317, 0.301)),
                             (gaussian_rates(1.4657)[:2], (0.850, 0.108, 0.052))):
        precision = 0.01 * r / (0.01 * r + 0.99 * f)
        average = area(np.append(0.0, r), np.append(precision[0], precision))
        found = [area(f, r), average, np.interp(0.001, f, r)]
        np.testing.assert_allclose(found, expected, atol=6e-4)


def test_bad_input_is_named():
    assert "targets" in raises(cumulative, TARGETS, SCORES[:3])
    assert "0 or 1, got [1 2]" in raises(cumulative, TARGETS + 1, SCORES)
    assert "nan" in raises(cumulative, TARGETS, np.append(SCORES[:6], np.nan))
    assert "targets" in raises(roc_curve, np.ones(7), SCORES)
    assert "targets" in raises(roc_curve, np.zeros(7), SCORES)
    assert "targets" in raises(roc_curve, np.zeros(0), np.zeros(0))
    assert "targets" in raises(probability_of_ranking, np.zeros(7), SCORES)
    assert "nan" in raises(probability_of_ranking, TARGETS, np.append(SCORES[:6], np.nan))
    assert "targets (7,)" in raises(probability_of_ranking, TARGETS, SCORES[:3])
    assert "max_fpr" in raises(partial_auc, np.array([0.0, 1.0]), np.array([0.0, 1.0]), 1.5)
    assert "targets" in raises(average_precision, np.zeros(7), SCORES)
    assert "max_fpr" in raises(partial_auc, np.array([0.0, 1.0]), np.array([0.0, 1.0]), 0.0)
    assert "empty" in raises(best_threshold, np.zeros(0), np.zeros(0), 1.0, 1.0)
