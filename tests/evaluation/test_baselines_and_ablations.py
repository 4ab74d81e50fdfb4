"""What the arithmetic of budgets and ablations promises. NumPy and plain asserts only."""

import itertools

import numpy as np

from snippets.evaluation.baselines_and_ablations import effects, expected_best, interaction, winner


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def close(ours, expected):
    np.testing.assert_allclose(ours, expected, rtol=1e-12)


def test_the_best_of_n_is_the_mean_over_all_subsets():
    scores = np.array([0.3, 0.9, 0.1, 0.4, 0.4, 0.7], dtype=np.float32)
    for n in range(1, 7):
        close(expected_best(scores, n), np.mean([max(s) for s in itertools.combinations(scores.tolist(), n)]))
    close(expected_best(scores, 1), scores.astype(np.float64).mean())
    close(expected_best(scores, 6), float(scores.max()))


def test_the_plug_in_estimate_is_the_mean_over_all_draws_and_lower():
    scores = np.array([0.2, 0.8, 0.5, 0.6])
    for n in (1, 2, 3):
        close(expected_best(scores, n, True), np.mean([max(s) for s in itertools.product(scores, repeat=n)]))
    assert expected_best(scores, 4, True) < expected_best(scores, 4)


def test_without_replacement_the_estimate_is_unbiased():
    rng = np.random.default_rng(0)
    trials = rng.random((3000, 12))  # the best of n uniform scores is n / (n + 1) on average
    for n in (2, 6, 12):
        # One estimate has a deviation below 0.12, the mean of 3,000 below 0.0022.
        assert abs(np.mean([expected_best(row, n) for row in trials]) - n / (n + 1)) < 0.011
    assert np.mean([expected_best(row, 12, True) for row in trials]) < 12 / 13 - 0.02


def test_the_winner_is_chosen_by_validation_and_judged_by_test():
    validation, test = np.array([0.5, 0.9, 0.7, 0.2]), np.array([0.6, 0.7, 0.8, 0.1])
    for n in (1, 2, 3, 4):
        chosen = [test[max(s, key=lambda i: validation[i])] for s in itertools.combinations(range(4), n)]
        close(winner(validation, test, n), np.mean(chosen))
    close(winner(test, test, 2), expected_best(test, 2))


def test_of_equal_validation_scores_each_may_win():
    validation, test = np.array([0.9, 0.9, 0.1]), np.array([0.4, 0.8, 0.0])
    close(winner(validation, test, 3), 0.6)
    close(winner(validation[::-1], test[::-1], 3), 0.6)


def test_redundant_tricks_look_small_when_removed_and_large_when_added():
    found = effects(np.array([[80.0, 84.0], [84.0, 85.0]]))
    assert found["added"].tolist() == [4, 4] and found["removed"].tolist() == [1, 1]
    assert found["average"].tolist() == [2.5, 2.5]
    assert interaction(np.array([[80.0, 84.0], [84.0, 85.0]]), 0, 1) == -3


def test_a_single_trick_is_worth_its_difference():
    assert [value.tolist() for value in effects(np.array([80.0, 83.0])).values()] == [[3], [3], [3]]


def test_tricks_that_need_each_other_look_useless_alone():
    results = np.array([[80.0, 78.0], [80.5, 86.0]])
    found = effects(results)
    assert found["added"].tolist() == [0.5, -2] and found["removed"].tolist() == [8, 5.5]
    assert interaction(results, 0, 1) == interaction(results, 1, 0) == 7.5


def test_independent_tricks_are_worth_the_same_by_all_three():
    worth = np.array([3.0, -1.0, 0.5])
    grid = np.indices((2, 2, 2))
    results = 70 + np.tensordot(worth, grid, axes=1)
    for value in effects(results).values():
        close(value, worth)
    assert all(abs(interaction(results, i, j)) < 1e-12 for i, j in ((0, 1), (0, 2), (1, 2)))


def test_an_interaction_of_two_among_three_is_averaged_over_the_third():
    rng = np.random.default_rng(0)
    r = rng.random((2, 2, 2))
    expected = np.mean([r[1, c, 1] - r[0, c, 1] - r[1, c, 0] + r[0, c, 0] for c in (0, 1)])
    close(interaction(r, 0, 2), expected)


def test_bad_input_is_named():
    assert "n must" in raises(expected_best, np.ones(3), 4)
    assert "n must" in raises(winner, np.ones(3), np.ones(3), 0)
    assert "validation" in raises(winner, np.ones(3), np.ones(2), 1)
    assert "results" in raises(effects, np.ones((2, 3)))
    assert "differ" in raises(interaction, np.ones((2, 2)), 1, 1)
