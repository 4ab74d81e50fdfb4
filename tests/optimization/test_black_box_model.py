"""What the wrappers promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import math

import numpy as np

from snippets.optimization.black_box_model import (
    bagging,
    best_threshold,
    boosting,
    fit_stump,
    reweight,
)

LINE = np.arange(10.0)[:, None]
INTERVAL = np.array([1, 1, 1, -1, -1, -1, -1, 1, 1, 1])


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def fit_mean(x, targets):
    """A black box for regression that has learned one number."""
    value = float(np.mean(targets))
    return lambda new: np.full(len(new), value)


def test_a_stump_finds_the_feature_and_the_threshold():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(31, 3))
    for sign in (1, -1):
        targets = np.where(x[:, 1] > 0.2, sign, -sign)
        np.testing.assert_array_equal(fit_stump(x, targets)(x), targets)


def test_a_stump_has_the_fewest_errors_of_all_stumps():
    rng = np.random.default_rng(1)
    x, targets = rng.integers(0, 4, size=(13, 2)).astype(float), rng.choice([-1, 1], size=13)
    errors = []
    for feature in range(2):
        for threshold in (-1, 0.5, 1.5, 2.5):
            side = np.where(x[:, feature] > threshold, 1, -1)
            errors += [np.mean(side != targets), np.mean(-side != targets)]
    assert np.isclose(np.mean(fit_stump(x, targets)(x) != targets), min(errors))


def test_a_stump_counts_its_threshold_to_the_lower_side():
    predict = fit_stump(np.array([[0.0], [1.0]]), np.array([-1, 1]))
    np.testing.assert_array_equal(predict(np.array([[0.5], [0.51]])), [-1.0, 1.0])


def test_a_stump_with_one_class_is_constant():
    predict = fit_stump(np.zeros((3, 2)), np.full(3, -1))
    np.testing.assert_array_equal(predict(np.ones((2, 2))), [-1.0, -1.0])


def test_bagging_averages_models_trained_on_bootstrap_samples():
    seen = []

    def spy(x, targets):
        seen.append((x.copy(), targets.copy()))
        return fit_mean(x, targets)

    x, y = np.arange(7.0)[:, None], 10.0 * np.arange(7.0)
    predict, _ = bagging(spy, x, y, 5, np.random.default_rng(2))
    assert len(seen) == 5 and all(len(rows) == 7 for rows, _ in seen)
    assert all(np.array_equal(10.0 * rows[:, 0], targets) for rows, targets in seen)
    assert any(len(np.unique(rows)) < 7 for rows, _ in seen), "rows must be drawn with replacement"
    expected = np.mean([targets.mean() for _, targets in seen])
    np.testing.assert_allclose(predict(np.zeros((3, 1))), np.full(3, expected))


def test_out_of_bag_predictions_never_come_from_a_model_that_saw_the_row():
    # A black box that remembers: 1 for rows it has seen, 0 for others.
    def remember(x, targets):
        known = set(x[:, 0].tolist())
        return lambda new: np.array([float(v in known) for v in new[:, 0]])

    x = np.arange(20.0)[:, None]
    predict, out_of_bag = bagging(remember, x, np.ones(20), 30, np.random.default_rng(3))
    np.testing.assert_array_equal(out_of_bag, np.zeros(20))
    assert 0.5 < predict(x).mean() < 0.75  # 1 - (1 - 1/20)**20 = 0.64 on average


def test_an_out_of_bag_prediction_is_the_mean_of_the_copies_that_missed_the_row():
    calls = []

    def numbered(x, targets):
        calls.append(set(x[:, 0].tolist()))
        value = float(len(calls))
        return lambda new: np.full(len(new), value)

    x = np.arange(6.0)[:, None]
    _, out_of_bag = bagging(numbered, x, np.ones(6), 25, np.random.default_rng(9))
    for row in range(6):
        missed = [i + 1.0 for i, seen in enumerate(calls) if float(row) not in seen]
        assert missed and abs(out_of_bag[row] - np.mean(missed)) < 1e-12


def test_a_row_that_every_copy_saw_has_no_out_of_bag_prediction():
    _, out_of_bag = bagging(fit_mean, np.ones((1, 1)), np.ones(1), 3, np.random.default_rng(4))
    assert np.isnan(out_of_bag[0])


def test_one_copy_speaks_for_the_rows_that_it_missed():
    drawn = []

    def spy(x, targets):
        drawn.append(x[:, 0])
        return lambda new: np.full(len(new), 4.0)

    x = np.arange(9.0)[:, None]
    _, out_of_bag = bagging(spy, x, np.ones(9), 1, np.random.default_rng(4))
    np.testing.assert_array_equal(out_of_bag, np.where(np.isin(x[:, 0], drawn[0]), np.nan, 4.0))


def test_reweighting_by_hand():
    # e = 0.3: vote = 0.5 ln(7 / 3); three wrong rows share 0.5, seven right ones share 0.5.
    wrong = np.arange(10) < 3
    weights, vote = reweight(np.full(10, 0.1), wrong)
    assert abs(vote - 0.5 * math.log(7 / 3)) < 1e-12
    np.testing.assert_allclose(weights, np.where(wrong, 1 / 6, 1 / 14), rtol=1e-12)


def test_the_last_model_is_a_coin_toss_under_the_new_weights():
    rng = np.random.default_rng(5)
    weights = rng.dirichlet(np.ones(17))
    wrong = rng.random(17) < 0.3
    new, _ = reweight(weights, wrong)
    assert abs(new.sum() - 1) < 1e-12 and abs(new[wrong].sum() - 0.5) < 1e-12


def test_boosting_solves_what_no_stump_can():
    assert np.sum(fit_stump(LINE, INTERVAL)(LINE) != INTERVAL) == 3
    for seed in range(5):
        score = boosting(fit_stump, LINE, INTERVAL, 40, np.random.default_rng(seed))
        np.testing.assert_array_equal(np.sign(score(LINE)), INTERVAL)


def test_boosting_scores_are_votes_between_minus_one_and_one():
    score = boosting(fit_stump, LINE, INTERVAL, 15, np.random.default_rng(6))(LINE)
    assert score.shape == (10,) and np.all(np.abs(score) <= 1 + 1e-12)
    assert len(np.unique(score)) > 2


def test_boosting_draws_the_rows_that_were_wrong_more_often():
    seen = []

    def spy(x, targets):
        seen.append(x[:, 0].copy())
        if len(seen) == 1:  # wrong on row 9 only
            return lambda new: np.where(new[:, 0] > 8.5, -1.0, 1.0)
        return lambda new: np.where(new[:, 0] > 4.5, 1.0, -1.0)

    counts = []
    for seed in range(40):
        seen.clear()
        boosting(spy, LINE, np.ones(10, dtype=np.int64), 2, np.random.default_rng(seed))
        counts.append(np.mean(seen[1] == 9.0))
    # Weight 0.5 for row 9: 400 draws, standard error 0.025.
    assert abs(np.mean(counts) - 0.5) < 4 * 0.025


def test_boosting_returns_a_model_that_makes_no_error():
    targets = np.where(LINE[:, 0] > 4.5, 1, -1)

    def perfect(x, _):
        return lambda new: np.where(new[:, 0] > 4.5, 1.0, -1.0)

    score = boosting(perfect, LINE, targets, 5, np.random.default_rng(7))
    np.testing.assert_array_equal(score(LINE), targets)


def test_a_model_without_error_votes_with_the_log_of_n_plus_one():
    calls = []

    def second_is_right(x, targets):
        calls.append(1)
        last = -1.0 if len(calls) == 1 else 1.0  # the first errs on row 9 alone: 0.5 ln 9 = ln 3
        return lambda new: np.where(new[:, 0] > 8.5, last, 1.0)

    score = boosting(second_is_right, LINE, np.ones(10, dtype=np.int64), 5, np.random.default_rng(0))
    assert len(calls) == 2
    np.testing.assert_allclose(score(LINE)[9], (math.log(11) - math.log(3)) / math.log(33), rtol=1e-12)


def test_a_coin_toss_is_not_better_than_chance():
    def half(x, targets):
        return lambda new: np.where(new[:, 0] > 0.5, 1.0, -1.0)

    two = np.ones(2, dtype=np.int64)
    assert "fit" in raises(boosting, half, LINE[:2], two, 3, np.random.default_rng(0))


def test_boosting_works_on_a_single_row():
    score = boosting(fit_stump, np.zeros((1, 2)), np.ones(1), 2, np.random.default_rng(0))
    np.testing.assert_array_equal(score(np.zeros((3, 2))), [1.0, 1.0, 1.0])


def test_boosting_counts_errors_by_weight_and_starts_again_from_uniform():
    seen = []

    def spy(x, targets):
        seen.append(x[:, 0].copy())
        # The second call errs on rows 8 and 9: two of ten, but more than half of the weight.
        bad = ([9.0], [8.0, 9.0], [0.0])[len(seen) - 1]
        return lambda new: np.where(np.isin(new[:, 0], bad), -1.0, 1.0)

    shares = []
    for seed in range(40):
        seen.clear()
        score = boosting(spy, LINE, np.ones(10, dtype=np.int64), 3, np.random.default_rng(seed))
        # Round 2 is thrown away, so two equal votes remain, against rows 9 and 0.
        np.testing.assert_allclose(score(LINE), [0.0] + [1.0] * 8 + [0.0], atol=1e-12)
        shares.append(np.mean(seen[2] == 9.0))
    # Weight 0.1 again for row 9: 400 draws, standard error 0.015; without the restart 0.5.
    assert abs(np.mean(shares) - 0.1) < 4 * 0.015


def test_boosting_skips_models_that_are_worse_than_chance():
    calls = []

    def first_is_bad(x, targets):
        calls.append(1)
        sign = -1.0 if len(calls) == 1 else 1.0
        return lambda new: sign * np.where(new[:, 0] > 0.5, 1.0, -1.0)

    score = boosting(first_is_bad, LINE, np.ones(10, dtype=np.int64), 3, np.random.default_rng(8))
    assert np.sum(np.sign(score(LINE)) == 1) == 9
    bad = raises(boosting, lambda x, t: lambda new: -np.ones(len(new)), LINE,
                 np.ones(10, dtype=np.int64), 3, np.random.default_rng(0))
    assert "fit" in bad


def test_the_threshold_follows_the_costs():
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    targets = np.array([-1, -1, 1, -1, -1, 1])
    # Equal costs: above 0.55 one miss. A miss worth 5 alarms: above 0.25 two alarms.
    assert abs(best_threshold(scores, targets, 1.0, 1.0) - 0.55) < 1e-12
    assert abs(best_threshold(scores, targets, 1.0, 5.0) - 0.25) < 1e-12


def test_the_threshold_at_its_ends():
    scores = np.array([0.4, 0.4, 0.4])
    assert best_threshold(scores, np.array([1, 1, -1]), 1.0, 1.0) == -np.inf
    assert best_threshold(scores, np.array([1, -1, -1]), 1.0, 1.0) == np.inf


def test_bad_input_is_named():
    rng = np.random.default_rng(0)
    assert "rounds" in raises(bagging, fit_mean, LINE, INTERVAL, 0, rng)
    assert "wrong" in raises(reweight, np.full(2, 0.5), np.array([False, False]))
    assert "wrong" in raises(reweight, np.full(2, 0.5), np.array([True, True]))
    zero_one = np.array([0, 1])
    refused = raises(best_threshold, np.array([0.1, 0.9]), zero_one, 1.0, 1.0)
    assert refused == "targets must be -1 or +1, got [0 1]"
    refused = raises(boosting, fit_stump, LINE[:2], zero_one, 3, rng)
    assert refused == "targets must be -1 or +1, got [0 1]"
