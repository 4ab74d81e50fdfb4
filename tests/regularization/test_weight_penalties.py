"""What the snippet promises. Runs wherever it runs: NumPy and plain asserts only."""

import numpy as np

from snippets.regularization.weight_penalties import (
    elastic_net,
    l2_shrinkage,
    proximal_step,
    ridge,
    soft_threshold,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{args}: no ValueError was raised")


def data(n: int = 11, d: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)) @ rng.normal(size=(d, d))  # correlated columns
    targets = rng.normal(size=n)
    return x - x.mean(axis=0), targets - targets.mean()


def test_l2_shrinks_flat_directions_most():
    np.testing.assert_allclose(l2_shrinkage(np.array([9.0, 1.0, 0.0]), 1.0), [0.9, 0.5, 0.0])


def test_ridge_is_least_squares_shrunk_in_each_eigen_direction():
    x, targets = data()
    eigenvalues, directions = np.linalg.eigh(x.T @ x / len(x))
    best = np.linalg.lstsq(x, targets, rcond=None)[0]
    expected = directions @ (eigenvalues / (eigenvalues + 0.3) * (directions.T @ best))
    np.testing.assert_allclose(ridge(x, targets, 0.3), expected, rtol=1e-8)


def test_soft_threshold_is_the_minimum_of_its_objective():
    z = np.linspace(-4, 4, 80_001)
    for value in (-3.0, -0.4, 0.0, 0.9, 2.2):
        lowest = z[np.argmin((z - value) ** 2 / 2 + 1.0 * np.abs(z))]
        ours = soft_threshold(np.array([value]), 1.0)[0]
        assert abs(ours - lowest) < 1e-3, f"at {value}: got {ours}, the minimum is at {lowest}"


def test_soft_threshold_gives_exact_zeros_and_no_threshold_changes_nothing():
    x = np.array([[1.0, -1.0, 0.3], [5.0, -5.0, 0.0]])
    np.testing.assert_array_equal(soft_threshold(x, 1.0), [[0, 0, 0], [4, -4, 0]])
    np.testing.assert_array_equal(soft_threshold(x, 0.0), x)


def optimality_gap(x, targets, w, l1, l2):
    """How far w violates the conditions of the minimum: 0 for the solution."""
    slope = x.T @ (targets - x @ w) / len(x) - l2 * w
    nonzero = np.abs(slope - l1 * np.sign(w))[w != 0]
    zero = np.maximum(np.abs(slope) - l1, 0.0)[w == 0]
    return float(max([0.0, *nonzero, *zero]))


def test_elastic_net_fulfills_the_conditions_of_the_minimum():
    x, targets = data()
    for l1, l2 in ((0.05, 0.0), (0.2, 0.0), (0.1, 0.3), (0.0, 0.3)):
        w = elastic_net(x, targets, l1, l2)
        gap = optimality_gap(x, targets, w, l1, l2)
        assert gap < 1e-8, f"l1 {l1}, l2 {l2}: the conditions are violated by {gap}"


def test_without_l1_it_is_ridge():
    x, targets = data()
    np.testing.assert_allclose(elastic_net(x, targets, 0.0, 0.3), ridge(x, targets, 0.3), atol=1e-9)


def test_all_weights_are_zero_from_the_largest_correlation_on():
    x, targets = data()
    largest = float(np.abs(x.T @ targets / len(x)).max())
    np.testing.assert_array_equal(elastic_net(x, targets, 1.001 * largest), np.zeros(5))
    assert (elastic_net(x, targets, 0.99 * largest) != 0).sum() == 1


def test_equal_columns_share_under_l2_and_the_lasso_does_not_care():
    column = np.array([1.0, -1.0, 1.0, -1.0])
    twins, targets = np.stack([column, column], axis=1), 3 * column
    np.testing.assert_allclose(ridge(twins, targets, 1.0), [1.0, 1.0])
    np.testing.assert_allclose(elastic_net(twins, targets, 1.0), [2.0, 0.0])
    np.testing.assert_allclose(elastic_net(twins, targets, 1.0, start=np.array([0.0, 1.0])), [1.0, 1.0])
    np.testing.assert_allclose(elastic_net(twins, targets, 1.0, 0.5), [0.8, 0.8])


def test_start_is_not_modified_and_a_dead_column_gets_zero():
    x, targets = data()
    x[:, 2] = 0.0
    start = np.ones(5)
    w = elastic_net(x, targets, 0.05, start=start)
    np.testing.assert_array_equal(start, np.ones(5))
    assert w[2] == 0.0
    others = [0, 1, 3, 4]  # which are solved for as if it did not exist
    np.testing.assert_allclose(w[others], elastic_net(x[:, others], targets, 0.05), atol=1e-9)


def test_a_single_weight_by_hand_even_where_the_strength_equals_the_curvature():
    # Slope 8 at 0, curvature 4: (8 - 2) / (4 + 4).
    w = elastic_net(np.array([[2.0], [-2.0]]), np.array([4.0, -4.0]), 2.0, 4.0)
    np.testing.assert_allclose(w, [0.75], rtol=1e-12)


def test_sweeps_go_on_until_no_weight_moves_by_more_than_the_tolerance():
    # x.T x / n is [[1, 1/2], [1/2, 1/2]], x.T targets / n is [1/2, 3/8]. From 0 the sweeps lead to
    # (1/2, 1/4), then (3/8, 3/8), then (5/16, 7/16), and in the end to (1/4, 1/2).
    x = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, 0.0], [-1.0, 0.0]])
    targets = np.array([0.75, -0.75, 0.25, -0.25])
    for tol, expected in ((0.5, [1 / 2, 1 / 4]), (0.125, [3 / 8, 3 / 8]), (0.1, [5 / 16, 7 / 16])):
        np.testing.assert_array_equal(elastic_net(x, targets, 0.0, tol=tol), expected)
    np.testing.assert_allclose(elastic_net(x, targets, 0.0), [1 / 4, 1 / 2], atol=1e-9)


def test_negative_strengths_are_named():
    x, targets = data()
    for l1, l2 in ((-0.1, 0.0), (0.0, -0.1)):
        assert "-0.1" in raises(elastic_net, x, targets, l1, l2)
    for l2 in (0.0, -0.1):
        assert str(l2) in raises(ridge, x, targets, l2)


def test_no_examples_are_named_and_give_no_weights():
    x, targets = np.zeros((0, 3)), np.zeros(0)
    assert "(0, 3)" in raises(elastic_net, x, targets, 0.1)
    assert "(0, 3)" in raises(ridge, x, targets, 0.1)


def test_weights_of_correlated_columns_differ_by_no_more_than_the_bound():
    rng = np.random.default_rng(0)
    shared, l2 = rng.normal(size=50), 0.5
    targets = 3 * shared + rng.normal(size=50)
    targets -= targets.mean()
    for noise in (0.1, 0.5):
        x = np.stack([shared + noise * rng.normal(size=50) for _ in range(2)], axis=1)
        x = (x - x.mean(axis=0)) / x.std(axis=0)
        w = elastic_net(x, targets, 0.1, l2)
        bound = np.sqrt(2 * (1 - np.mean(x[:, 0] * x[:, 1])) * np.mean(targets**2)) / l2
        assert (w > 0).all() and abs(w[0] - w[1]) <= bound, (w, bound)


def test_proximal_step_by_hand():
    # 1 - 0.5 = 0.5 moves to 0.3; 0.2 - 0.5 = -0.3 moves to -0.1; 0.1 stops at 0
    w = proximal_step(np.array([1.0, 0.2, 0.1]), np.array([1.0, 1.0, 0.0]), 0.5, 0.4)
    np.testing.assert_allclose(w, [0.3, -0.1, 0.0])
    assert w[2] == 0.0


def test_proximal_steps_reach_the_lasso_with_its_zeros():
    x, targets = data()
    solution = elastic_net(x, targets, 0.2)
    lr = 1 / np.linalg.eigvalsh(x.T @ x / len(x)).max()
    w = np.ones(5)
    for _ in range(4_000):
        w = proximal_step(w, x.T @ (x @ w - targets) / len(x), lr, 0.2)
    np.testing.assert_allclose(w, solution, atol=1e-6)
    np.testing.assert_array_equal(w == 0, solution == 0)
