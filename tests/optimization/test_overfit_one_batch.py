"""What each check promises: silence on right code, a sign on wrong code."""

import numpy as np

from snippets.optimization.overfit_one_batch import (
    depends_on,
    initial_loss,
    permutation_test,
    same_twice,
    slope_error,
    steps_to_overfit,
)


def raises(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_the_first_loss_is_ln_k_or_the_entropy_of_the_shares():
    assert abs(initial_loss(np.full(10, 0.1)) - np.log(10)) < 1e-12
    shares = np.array([0.7, 0.2, 0.1])
    assert abs(initial_loss(shares) - np.log(3)) < 1e-12
    logits = np.log(shares)
    expected = -sum(s * z for s, z in zip(shares, logits, strict=True))
    assert abs(initial_loss(shares, bias_at_shares=True) - expected) < 1e-12
    assert initial_loss([1]) == 0.0  # one class, given as a list of integers
    assert "class_shares" in raises(initial_loss, np.array([0.5, 0.6]))
    assert "class_shares" in raises(initial_loss, np.array([1.0, 0.0]))


def test_examples_that_do_not_meet_give_the_identity():
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((5, 3)), rng.standard_normal((3, 2))
    before = x.copy()
    np.testing.assert_array_equal(depends_on(lambda x: np.tanh(x @ weight), x, rng), np.eye(5, dtype=bool))
    np.testing.assert_array_equal(x, before)


def test_integers_and_other_axes_are_moved_by_at_least_one_and_less_than_two():
    seen = []

    def function(x):
        seen.append(x.copy())
        return x

    rng = np.random.default_rng(5)
    x = rng.integers(0, 9, (2, 3, 4))
    found = depends_on(function, x, rng, axis=1)
    assert found.dtype == bool and found.tolist() == np.eye(3, dtype=bool).tolist()
    for j, moved in enumerate(seen[1:]):
        change = (moved - x).swapaxes(0, 1)  # (3, 2, 4)
        assert ((change[j] >= 1) & (change[j] < 2)).all() and len(np.unique(change[j])) == 8
        assert not np.delete(change, j, axis=0).any()


def test_mixed_examples_and_their_direction_are_seen():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((4, 3))
    assert depends_on(lambda x: x - x.mean(axis=0), x, rng).all()
    first = depends_on(lambda x: x + x[:1], x, rng)  # everyone sees example 0, nobody else
    np.testing.assert_array_equal(first, np.eye(4, dtype=bool) | (np.arange(4) == 0)[None])


def test_a_causal_function_is_lower_triangular_over_time():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((2, 5, 3))
    causal = depends_on(lambda x: np.cumsum(x, axis=1), x, rng, axis=1)
    np.testing.assert_array_equal(causal, np.tril(np.ones((5, 5), bool)))
    assert "function" in raises(depends_on, lambda x: x[:, 1:], x, rng, 1)


def test_a_wrong_gradient_is_found_in_its_own_parameter():
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((7, 3)), rng.standard_normal(7)
    params = [rng.standard_normal(3), np.array([0.5])]

    def loss(p):
        return float(0.5 * ((x @ p[0] + p[1] - y) ** 2).mean())

    error = x @ params[0] + params[1] - y
    grads = [x.T @ error / 7, np.array([error.mean()])]
    before = [p.copy() for p in params]
    assert slope_error(loss, params, grads, rng).max() < 1e-6
    wrong = slope_error(loss, params, [grads[0], grads[1] * 7], rng)
    assert wrong[0] < 1e-6 and abs(wrong[1] - 6 / 7) < 1e-6
    assert slope_error(loss, params, [0 * grads[0], grads[1]], rng)[0] == 1.0
    assert slope_error(lambda p: 0.0, params, [0 * p for p in params], rng).tolist() == [0.0, 0.0]
    small = slope_error(lambda p: 1e-3 * loss(p), params, [2e-3 * g for g in grads], rng)
    np.testing.assert_allclose(small, 0.5, atol=1e-6)  # the error is relative
    bent = slope_error(loss, params, [grads[0] + np.array([1.0, -1.0, 0.0]), grads[1]], rng)
    assert bent[0] > 1e-3  # wrong across the direction (1, 1, 1), too
    assert raises(slope_error, loss, params, grads[:1], rng)
    for now, old in zip(params, before, strict=True):
        np.testing.assert_array_equal(now, old)


def test_the_first_step_below_the_goal_counts():
    losses = iter([2.0, 1.0, 0.009, 0.5])
    assert steps_to_overfit(lambda: next(losses), 4) == 3
    assert steps_to_overfit(lambda: 0.5, 10) == -1
    assert steps_to_overfit(lambda: 0.5, 1, goal=0.6) == 1
    assert steps_to_overfit(lambda: 0.5, 3, goal=0.5) == -1  # below, not at
    assert raises(steps_to_overfit, lambda: 0.0, 0) == "steps must be at least 1, got 0"


def test_permuted_labels_score_at_chance_where_nothing_leaks():
    rng = np.random.default_rng(4)
    y = np.arange(200) % 2
    x = y + 0.1 * rng.standard_normal(200)

    def score(x, y):  # threshold at the mean of the training half
        middle = x[:100].mean()
        up = x[:100][y[:100] == 1].mean() > x[:100][y[:100] == 0].mean()
        return float((((x[100:] > middle) == up) == y[100:]).mean())

    true, null, p = permutation_test(score, x, y, 39, rng)
    assert true == 1.0 and null.shape == (39,) and p == 1 / 40
    assert abs(null.mean() - 0.5) < 0.1  # 39 rounds of 100 coins
    _, null, p = permutation_test(lambda x, y: 0.5, x, y, 3, rng)
    assert p == 1.0 and null.tolist() == [0.5] * 3
    assert raises(permutation_test, score, x, y[1:], 3, rng) == "y must have length 200, got 199"


def test_a_seed_that_is_not_used_and_one_that_is_ignored_are_both_found():
    assert same_twice(lambda seed: np.random.default_rng(seed).standard_normal(3), 0)
    assert not same_twice(lambda seed: np.random.default_rng().standard_normal(3), 0)
    assert not same_twice(lambda seed: np.ones(3), 0)
    seeds = []
    same_twice(lambda seed: np.array([seeds.append(seed) or seed]), 7)
    assert sorted(seeds) == [7, 7, 8]
