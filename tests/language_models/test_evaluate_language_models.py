"""What the statistics of evaluation promise. Runs wherever the snippet runs: plain asserts only."""

from itertools import combinations

import numpy as np

from snippets.language_models.evaluate_language_models import (
    bradley_terry,
    choose,
    mean_and_error,
    pass_at_k,
    swap_test,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x, np.float64)))


def test_pass_at_k_counts_the_subsets_with_a_right_sample():
    for n, c in ((1, 0), (1, 1), (5, 0), (5, 2), (7, 3), (7, 7)):
        right = [i < c for i in range(n)]
        for k in range(1, n + 1):
            subsets = list(combinations(right, k))
            assert abs(pass_at_k(n, c, k) - sum(map(any, subsets)) / len(subsets)) < 1e-12


def test_pass_at_k_does_not_overflow_and_is_right_on_average():
    assert 0.999 < pass_at_k(10_000, 70, 1000) < 1
    # Over all outcomes of 12 samples at p = 0.1 it averages to 1 - 0.9^5.
    n, k, p = 12, 5, 0.1
    weight, mean = (1 - p) ** n, 0.0
    for c in range(n + 1):
        mean += weight * pass_at_k(n, c, k)
        weight *= (n - c) / (c + 1) * p / (1 - p)
    assert abs(mean - (1 - (1 - p) ** k)) < 1e-12


def test_the_error_of_an_accuracy_is_the_binomial_one():
    scores = np.repeat([1.0, 0.0], [80, 20])
    mean, error = mean_and_error(scores)
    assert mean == 0.8 and abs(error - np.sqrt(0.8 * 0.2 / 99)) < 1e-12
    for dtype in (np.float32, np.int32, np.uint8, bool):
        found = mean_and_error(scores.astype(dtype))
        np.testing.assert_allclose(found, (mean, error), rtol=1e-6)


def test_ten_copies_of_a_question_count_once():
    rng = np.random.default_rng(0)
    one = rng.random(30)
    copies, labels = np.repeat(one, 10), np.repeat(np.arange(30), 10)
    mean, error = mean_and_error(copies, labels)
    assert abs(mean - one.mean()) < 1e-12
    assert abs(error - mean_and_error(one)[1] * np.sqrt(29 / 30)) < 1e-12
    assert error > 3 * mean_and_error(copies)[1]
    order = rng.permutation(300)
    np.testing.assert_allclose(mean_and_error(copies[order], labels[order]), (mean, error), rtol=1e-12)


def test_a_pair_is_compared_by_its_differences():
    both = np.repeat([1.0, 1.0, 0.0, 0.0], [750, 60, 30, 160])
    other = np.repeat([1.0, 0.0, 1.0, 0.0], [750, 60, 30, 160])
    difference, error = mean_and_error(both - other)
    assert abs(difference - 0.03) < 1e-12
    assert abs(error - np.sqrt((0.09 - 0.03**2) / 999)) < 1e-12  # only the 90 that differ
    apart = np.hypot(mean_and_error(both)[1], mean_and_error(other)[1])
    assert round(error, 4) == 0.0094 and round(float(apart), 4) == 0.0181


def test_swapping_separates_quality_from_position():
    for quality, position in ((0.0, 0.0), (0.5, 0.9), (-1.2, 0.3), (2.0, -0.7)):
        found = swap_test(float(sigmoid(quality + position)), float(sigmoid(quality - position)))
        np.testing.assert_allclose(found, sigmoid([quality, position]), rtol=1e-12)
    assert swap_test(0.7, 0.3) == (0.5, 0.7)  # nothing but position


def test_ratings_reproduce_the_expected_wins():
    s = np.array([0.8, 0.1, -0.3, -0.6])
    games = np.array([[0, 50, 20, 90], [50, 0, 70, 10], [20, 70, 0, 40], [90, 10, 40, 0]])
    wins = games * sigmoid(s[:, None] - s[None, :])
    np.testing.assert_allclose(bradley_terry(wins), s, atol=1e-9)
    order = np.array([2, 0, 3, 1])
    np.testing.assert_allclose(bradley_terry(wins[np.ix_(order, order)]), s[order], atol=1e-9)
    np.testing.assert_allclose(bradley_terry(wins + np.diag([9.0, 0, 5, 1])), s, atol=1e-9)


def test_two_models_differ_by_the_log_odds():
    for wins in ([[0, 30], [10, 0]], [[0, 9999], [1, 0]]):
        s = bradley_terry(np.array(wins, np.uint16))
        assert abs(s[0] - s[1] - np.log(wins[0][1] / wins[1][0])) < 1e-8 and abs(s.sum()) < 1e-9
    assert bradley_terry(np.zeros((1, 1))).tolist() == [0.0]


def test_newton_needs_few_steps_and_makes_none_too_long():
    s = bradley_terry(np.array([[0, 30], [10, 0]]), steps=6)
    assert abs(s[0] - s[1] - np.log(3)) < 1e-9
    # A chain, each model 19 to 1 above the next: the first full step would be 4.5 nats long.
    chain = bradley_terry(np.diag(np.full(5, 19.0), 1) + np.diag(np.ones(5), -1))
    np.testing.assert_allclose(chain, np.log(19) * np.array([2.5, 1.5, 0.5, -0.5, -1.5, -2.5]), atol=1e-8)


def test_a_choice_by_sum_by_length_and_against_the_prior():
    logprobs, lengths = np.array([-4.0, -9.0, -6.0]), np.array([2, 6, 3])
    assert choose(logprobs, np.ones(3)) == 0 and choose(logprobs, lengths) == 1
    assert choose(logprobs, np.ones(3), np.array([-3.5, -12.0, -6.5])) == 1
    assert choose(logprobs, np.ones(3), np.array([-3.5, -8.0, -7.5])) == 2
    batch = choose(np.stack([logprobs, logprobs[::-1]]), np.ones((2, 3)))
    assert batch.tolist() == [0, 2]


def test_no_question_at_all_gives_no_choice_and_a_prior_must_fit():
    assert choose(np.zeros((0, 3)), np.ones((0, 3))).shape == (0,)
    assert "prior" in raises(choose, np.zeros((2, 3)), np.ones((2, 3)), np.zeros((1, 3)))
    assert "lengths" in raises(choose, np.zeros(3), np.array([1, np.nan, 2]))


def test_inputs_stay_as_they_were():
    wins, scores = np.array([[7.0, 3.0], [2.0, 8.0]]), np.array([1.0, 0.0, 1.0])
    bradley_terry(wins), mean_and_error(scores, np.array([0, 1, 1])), choose(scores, scores + 1, scores)
    assert wins.tolist() == [[7, 3], [2, 8]] and scores.tolist() == [1, 0, 1]


def test_what_cannot_be_estimated_is_refused_by_name():
    assert "c=4" in raises(pass_at_k, 3, 4, 1) and "k=0" in raises(pass_at_k, 3, 1, 0)
    assert "k=5" in raises(pass_at_k, 4, 1, 5)
    for n in (0, 1):
        assert "scores" in raises(mean_and_error, np.ones(n))
    assert "clusters" in raises(mean_and_error, np.ones(4), np.zeros(4))
    assert "(3,)" in raises(mean_and_error, np.ones(4), np.ones(3))
    assert "1.0" in raises(swap_test, 1.0, 0.5) and "0" in raises(swap_test, 0.5, 0)
    assert "(2, 3)" in raises(bradley_terry, np.ones((2, 3)))
    assert "square" in raises(bradley_terry, np.array([[0, -1], [1, 0]]))
    # Model 0 never lost: its strength has no finite maximum.
    assert "wins" in raises(bradley_terry, np.array([[0, 3, 4], [0, 0, 1], [0, 2, 0]]))
    assert "lengths" in raises(choose, np.ones(3), np.array([1, 0, 2]))


def test_the_page_s_numbers():
    assert [round(pass_at_k(10, 2, k), 3) for k in (1, 5, 10)] == [0.2, 0.778, 1.0]
    quality, position = swap_test(0.80, 0.40)
    assert (round(quality, 2), round(position, 2)) == (0.62, 0.71)
    votes = np.array([[0, 60, 75], [40, 0, 65], [25, 35, 0]])
    assert (bradley_terry(votes) * 400 / np.log(10)).round().tolist() == [87, 12, -99]
    passages = np.repeat(np.arange(50), 10)
    scores = np.repeat(np.arange(50) < 40, 10).astype(np.float64)
    assert [round(mean_and_error(scores, c)[1], 3) for c in (None, passages)] == [0.018, 0.057]
    for n, right, half in ((164, 148, 4.6), (1000, 800, 2.5)):
        error = mean_and_error((np.arange(n) < right).astype(np.float64))[1]
        assert round(196 * error, 1) == half
