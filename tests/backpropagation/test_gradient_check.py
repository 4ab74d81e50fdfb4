"""What each check promises, on functions whose gradient is known."""

import numpy as np

from snippets.backpropagation.gradient_check import (
    complex_step_gradient,
    directional_error,
    numerical_gradient,
    relative_error,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def smooth(x):
    """Sum of sin(x) exp(x) over all elements, weighted by position."""
    return np.sum(np.sin(x) * np.exp(x) * (1 + np.arange(x.size).reshape(x.shape)))


def smooth_gradient(x):
    return (np.sin(x) + np.cos(x)) * np.exp(x) * (1 + np.arange(x.size).reshape(x.shape))


X = np.random.default_rng(0).normal(size=(3, 5))


def test_central_differences_are_exact_for_a_parabola_at_any_step():
    for h in (0.5, 2.0):
        grad = numerical_gradient(lambda x: np.sum(3 * x**2 - x), X, h)
        np.testing.assert_allclose(grad, 6 * X - 1, rtol=1e-12)


def test_the_default_step_reaches_ten_digits_in_float64():
    assert relative_error(smooth_gradient(X), numerical_gradient(smooth, X)) < 1e-9


def test_the_default_step_grows_with_the_parameter():
    x = np.array([1e6])
    grad = numerical_gradient(lambda x: np.sum(np.log(x)), x)
    np.testing.assert_allclose(grad, 1e-6, rtol=1e-7)


def test_the_default_step_is_the_cube_root_of_the_precision_for_parameters_up_to_one():
    points = []
    numerical_gradient(lambda x: points.append(x.copy()) or 0.0, np.array([0.25, 1.0]))
    moves = np.array(points) - [0.25, 1.0]  # to both sides by the same
    np.testing.assert_allclose([moves.max(axis=0), -moves.min(axis=0)], 2.0 ** (-52 / 3), rtol=1e-9)


def test_the_default_step_suits_float32():
    x = X.astype(np.float32)
    grad = numerical_gradient(smooth, x)
    assert grad.dtype == np.float32
    assert relative_error(smooth_gradient(X), grad.astype(np.float64)) < 2e-3
    x = np.array([3.0], dtype=np.float32)  # a step that rounding changes by half
    np.testing.assert_allclose(numerical_gradient(lambda x: 2.0 * float(x[0]), x, 3e-7), 2.0)


def test_a_kink_within_the_step_gives_a_mean_of_both_slopes():
    def relu(x):
        return np.sum(np.maximum(x, 0))

    np.testing.assert_allclose(numerical_gradient(relu, np.array([1e-6]), 1e-5), 0.55)
    np.testing.assert_allclose(numerical_gradient(relu, np.array([0.0]), 1e-5), 0.5)
    np.testing.assert_allclose(numerical_gradient(relu, np.array([1e-6]), 1e-7), 1.0, rtol=1e-7)


def test_the_input_is_left_as_it_was():
    x = X.copy()
    numerical_gradient(smooth, x)
    complex_step_gradient(smooth, x)
    directional_error(smooth, x, x, np.random.default_rng(0))
    np.testing.assert_array_equal(x, X)


def test_relative_error_is_zero_for_equals_and_one_for_opposites():
    assert relative_error(X, X) == 0 and relative_error(X * 0, X * 0) == 0
    assert relative_error(X, -X) == 1 == relative_error(X, 0 * X)
    np.testing.assert_allclose(relative_error(np.array([3.0, 4.0]), np.array([3.0, 4.5])),
                               0.5 / (5 + np.sqrt(29.25)))
    assert relative_error(1e-12 * X, 2e-12 * X) > 0.3, "small gradients are compared, too"
    assert "(3, 5)" in raises(relative_error, X, X[0])


def test_a_gradient_of_nan_does_not_pass():
    wrong = X.copy()
    wrong[1, 2] = np.nan
    assert not relative_error(wrong, X) < 0.5 and not relative_error(X, wrong) < 0.5
    assert not directional_error(smooth, X, wrong, np.random.default_rng(0)) < 0.5
    assert np.isnan(relative_error(np.array([np.nan]), np.zeros(1)))


def test_the_worked_example():
    def cube(x):
        return x[0] * x[0] * x[0]

    x = np.array([0.7])
    for h in (1e-2, 1e-4):  # truncation rules: h^2
        np.testing.assert_allclose(numerical_gradient(cube, x, h)[0] - 1.47, h**2, rtol=1e-3)
        np.testing.assert_allclose((cube(x + h) - cube(x)) / h - 1.47, 2.1 * h + h**2, rtol=1e-6)
        np.testing.assert_allclose(complex_step_gradient(cube, x, h)[0] - 1.47, -(h**2), rtol=1e-3)
    for h in (1e-6, 1e-8, 1e-10):  # rounding rules
        error = abs(numerical_gradient(cube, x, h)[0] - 1.47)
        assert 0 < error < h**2 + 2.3e-16 * 0.343 / h + 1e-15
    eps = 2.0**-52
    best = (eps * 0.343 / 2) ** (1 / 3)
    np.testing.assert_allclose([best, best**2 + eps * 0.343 / best], [3.4e-6, 3.4e-11], rtol=0.02)


def test_a_random_direction_passes_the_right_gradient_and_catches_a_wrong_one():
    right = smooth_gradient(X)
    wrong = right.copy()
    wrong[1] *= -1
    for seed in range(10):
        assert directional_error(smooth, X, right, np.random.default_rng(seed)) < 1e-7
    caught = [directional_error(smooth, X, wrong, np.random.default_rng(seed)) for seed in range(10)]
    assert np.median(caught) > 0.05 and min(caught) > 1e-4


def test_a_direction_costs_two_evaluations_at_the_step_s_distance():
    points = []
    directional_error(lambda x: points.append(x) or smooth(x), X, smooth_gradient(X),
                      np.random.default_rng(0), 1e-3)
    assert len(points) == 2
    for point in points:
        np.testing.assert_allclose(np.linalg.norm(point - X), 1e-3, rtol=1e-9)
    moved = points[0] - X
    np.testing.assert_allclose(moved, X - points[1], atol=1e-12)
    assert len(np.unique(moved.round(9))) == X.size, "each parameter moves by itself"


def test_the_complex_step_is_exact_to_the_last_digits():
    assert relative_error(smooth_gradient(X), complex_step_gradient(smooth, X)) < 1e-15
    assert relative_error(smooth_gradient(X), complex_step_gradient(smooth, X, 1e-200)) < 1e-15


def test_the_complex_step_is_blind_behind_an_absolute_value():
    np.testing.assert_array_equal(complex_step_gradient(lambda x: np.sum(np.abs(x)), X), 0)


def test_integers_and_a_step_of_zero_are_named():
    assert "x must be floating point, got int" in raises(numerical_gradient, smooth, np.array([1, 2]))
    assert "h" in raises(numerical_gradient, smooth, X, 0.0)


def test_a_step_that_rounding_swallows_is_named():
    message = raises(numerical_gradient, np.sum, np.array([1.0, 64.0], dtype=np.float32), 1e-6)
    assert "1e-06" in message and "64" in message
