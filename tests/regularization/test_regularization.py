"""What the snippet promises. Runs wherever it runs: NumPy and plain asserts only."""

import numpy as np

from snippets.regularization.regularization import (
    bias_variance,
    gradient_descent,
    negative_log_posterior,
    ridge,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{args}: no ValueError was raised")


def data(n: int = 7, d: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=n)


def test_ridge_agrees_with_a_mean_shrunk_by_hand():
    # four equal inputs of 1: the weight is N * mean / (N + alpha)
    w = ridge(np.ones((4, 1)), np.array([1.0, 2.0, 3.0, 2.0]), 4.0)
    np.testing.assert_allclose(w, [1.0], err_msg="4 * 2 / (4 + 4) is 1")
    np.testing.assert_allclose(ridge(np.ones((4, 1)), np.full(4, 2.0), 12.0), [0.5])


def test_the_gradient_of_the_penalized_loss_is_zero():
    x, targets = data()
    w = ridge(x, targets, 0.7)
    gradient = 2 * x.T @ (x @ w - targets) + 2 * 0.7 * w
    np.testing.assert_allclose(gradient, 0, atol=1e-12)


def test_ridge_takes_several_data_sets_at_once():
    x, targets = data()
    both = np.stack([targets, 2 * targets + 1], axis=1)
    w = ridge(x, both, 0.3)
    assert w.shape == (3, 2), f"expected one column for each data set, got shape {w.shape}"
    np.testing.assert_allclose(w[:, 1], ridge(x, 2 * targets + 1, 0.3))


def test_ridge_works_with_more_weights_than_examples():
    x, targets = data(n=3, d=7)
    w = ridge(x, targets, 0.5)
    # the same by the other formula: x' (x x' + alpha)^-1 targets
    np.testing.assert_allclose(w, x.T @ np.linalg.solve(x @ x.T + 0.5 * np.eye(3), targets))


def test_more_penalty_means_shorter_weights_and_more_training_error():
    x, targets = data()
    weights = [ridge(x, targets, alpha) for alpha in (0.01, 0.1, 1.0, 10.0)]
    norms = [float(np.linalg.norm(w)) for w in weights]
    errors = [float(np.mean((x @ w - targets) ** 2)) for w in weights]
    assert norms == sorted(norms, reverse=True), f"norms {norms}"
    assert errors == sorted(errors), f"training errors {errors}"


def test_ridge_names_a_bad_alpha():
    x, targets = data()
    for alpha in (0.0, -1.0):
        message = raises(ridge, x, targets, alpha)
        assert "alpha" in message and str(alpha) in message, message


def test_bias_and_variance_by_hand():
    # point 1: predictions 1 and 3, truth 0; point 2: 2 and 2, truth 3
    bias, variance = bias_variance(np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([0.0, 3.0]))
    np.testing.assert_allclose(bias, (4 + 1) / 2)
    np.testing.assert_allclose(variance, (1 + 0) / 2)


def test_bias_and_variance_add_up_to_the_distance_from_the_truth():
    rng = np.random.default_rng(0)
    predictions, truth = rng.normal(size=(5, 7)), rng.normal(size=7)
    np.testing.assert_allclose(sum(bias_variance(predictions, truth)),
                               np.mean((predictions - truth) ** 2))


def test_the_posterior_is_highest_at_ridge_with_noise_over_prior():
    x, targets = data()
    noise, prior = 0.5, 2.0
    w = ridge(x, targets, noise / prior)
    lowest = negative_log_posterior(w, x, targets, noise, prior)
    rng = np.random.default_rng(1)
    for _ in range(20):
        other = negative_log_posterior(w + 0.01 * rng.normal(size=3), x, targets, noise, prior)
        assert other > lowest, f"{other} is below {lowest}"


def test_posterior_by_hand():
    # error 3, so 9 / 2; weight 2, so 4 / 8
    value = negative_log_posterior(np.array([2.0]), np.eye(1), np.array([5.0]), 1.0, 4.0)
    np.testing.assert_allclose(value, 4.5 + 0.5)


def test_gradient_descent_from_zero_finds_the_shortest_solution():
    x, targets = data(n=3, d=7)
    w = gradient_descent(x, targets, np.zeros(7), 0.05, 5000)
    np.testing.assert_allclose(x @ w, targets, atol=1e-6)
    np.testing.assert_allclose(w, np.linalg.pinv(x) @ targets, atol=1e-6)


def test_one_step_of_gradient_descent_by_hand():
    # from (1, 0): prediction 3, error -2, gradient -2 * (3, 4); the step is 0.1 * (6, 8)
    w = gradient_descent(np.array([[3.0, 4.0]]), np.array([5.0]), np.array([1.0, 0.0]), 0.1, 1)
    np.testing.assert_allclose(w, [1.6, 0.8])


def test_gradient_descent_keeps_what_the_data_do_not_touch():
    # (4, -3) is orthogonal to the only row, (3, 4)
    start = np.array([4.0, -3.0])
    w = gradient_descent(np.array([[3.0, 4.0]]), np.array([5.0]), start, 0.02, 200)
    np.testing.assert_allclose(w, [4.6, -2.2])
    np.testing.assert_array_equal(start, [4.0, -3.0], err_msg="start was modified")
