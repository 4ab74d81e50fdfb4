"""Newton on quadratics and saddles, curvature products, conjugate gradients, Kronecker factors."""

import numpy as np

from snippets.optimization.second_order import (
    conjugate_gradient,
    curvature_product,
    kfac_step,
    loss_and_gradient,
    newton_step,
    shampoo_step,
)

N, D, H, K = 7, 2, 3, 5


def problem(seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(D, H), (H, K), (N, D), (N, K), (D, H), (H, K)]
    return [rng.standard_normal(shape) for shape in shapes]


def raises(function, *args, **options):
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_newton_solves_a_quadratic_in_one_step_whatever_its_condition():
    hessian = np.array([[1000.0, 5.0], [5.0, 0.1]])
    target = np.array([3.0, -2.0])
    start = np.array([-4.0, 7.0])
    end = start + newton_step(hessian @ (start - target), hessian)
    np.testing.assert_allclose(end, target, rtol=1e-9)


def test_newton_walks_into_a_saddle_and_the_absolute_values_walk_out():
    position, hessian = np.array([1.0, 0.1]), np.diag([1.0, -1.0])
    grad = hessian @ position
    np.testing.assert_allclose(position + newton_step(grad, hessian), [0, 0], atol=1e-12)
    np.testing.assert_allclose(position + newton_step(grad, hessian, saddle_free=True), [0, 0.2], atol=1e-12)


def test_large_damping_is_a_small_gradient_step():
    grad, hessian = np.array([1.0, -2.0]), np.array([[2.0, 1.0], [1.0, -3.0]])
    np.testing.assert_allclose(newton_step(grad, hessian, 1e8), -grad / 1e8, rtol=1e-6)


def test_loss_and_gradient_by_central_differences():
    w1, w2, x, targets, v1, v2 = problem()
    loss, g1, g2 = loss_and_gradient(w1, w2, x, targets)
    assert abs(loss - 0.5 * np.mean(np.sum((np.tanh(x @ w1) @ w2 - targets) ** 2, axis=1))) < 1e-12
    ends = [loss_and_gradient(w1 + s * v1, w2 + s * v2, x, targets)[0] for s in (1e-5, -1e-5)]
    assert abs((ends[0] - ends[1]) / 2e-5 - np.sum(g1 * v1) - np.sum(g2 * v2)) < 1e-8


def test_the_hessian_product_is_the_change_of_the_gradient():
    w1, w2, x, targets, v1, v2 = problem()
    found = curvature_product(w1, w2, x, targets, v1, v2)
    plus, minus = (loss_and_gradient(w1 + s * v1, w2 + s * v2, x, targets)[1:] for s in (1e-5, -1e-5))
    for ours, a, b in zip(found, plus, minus, strict=True):
        np.testing.assert_allclose(ours, (a - b) / 2e-5, atol=1e-8)


def test_gauss_newton_is_never_negative_and_is_the_hessian_at_zero_error():
    for seed in range(5):
        w1, w2, x, targets, v1, v2 = problem(seed)
        out1, out2 = curvature_product(w1, w2, x, targets, v1, v2, gauss_newton=True)
        assert np.sum(out1 * v1) + np.sum(out2 * v2) > 0
        fitted = np.tanh(x @ w1) @ w2
        pairs = [curvature_product(w1, w2, x, fitted, v1, v2, flag) for flag in (True, False)]
        np.testing.assert_allclose(pairs[0][0], pairs[1][0], atol=1e-12)
        np.testing.assert_allclose(pairs[0][1], pairs[1][1], atol=1e-12)


def test_conjugate_gradients_need_as_many_products_as_there_are_dimensions():
    rng = np.random.default_rng(0)
    root = rng.standard_normal((6, 6))
    a, b, calls = root @ root.T + np.eye(6), rng.standard_normal(6), []

    def product(v):
        calls.append(1)
        return a @ v

    np.testing.assert_allclose(conjugate_gradient(product, b, 6), np.linalg.solve(a, b), rtol=1e-8)
    assert len(calls) <= 6
    one = conjugate_gradient(product, b, 1)
    np.testing.assert_allclose(one, b * (b @ b) / (b @ a @ b), rtol=1e-12)
    assert np.all(conjugate_gradient(product, np.zeros(6), 5) == 0)


def test_conjugate_gradients_stop_when_the_residual_is_below_the_tolerance():
    # The first step is 2/3 (1, 1) and leaves (1/3, -1/3), a third of b's length; the second solves it.
    a, b = np.diag([1.0, 2.0]), np.ones(2)
    for tol, expected in ((0.4, [2 / 3, 2 / 3]), (0.3, [1, 1 / 2])):
        np.testing.assert_allclose(conjugate_gradient(lambda v: a @ v, b, 5, tol), expected, rtol=1e-12)


def test_two_small_solves_equal_one_with_the_kronecker_product():
    rng = np.random.default_rng(0)
    inputs, deltas, grad = (rng.standard_normal(s) for s in ((7, 3), (7, 2), (2, 3)))
    a, s = inputs.T @ inputs / 7 + 0.5 * np.eye(3), deltas.T @ deltas / 7 + 0.5 * np.eye(2)
    whole = -np.linalg.solve(np.kron(s, a), grad.ravel()).reshape(2, 3)
    np.testing.assert_allclose(kfac_step(grad, inputs, deltas, 0.5), whole, rtol=1e-9)


def test_shampoo_s_first_step_is_the_nearest_orthogonal_matrix():
    for shape in ((3, 3), (2, 5), (5, 2)):
        grad = np.random.default_rng(0).standard_normal(shape)
        u, _, vt = np.linalg.svd(grad, full_matrices=False)
        np.testing.assert_allclose(shampoo_step(grad, grad @ grad.T, grad.T @ grad), -u @ vt, atol=1e-6)


def test_shampoo_adds_eps_where_there_was_no_gradient():
    step = shampoo_step(np.ones((2, 3)), np.zeros((2, 2)), 16 * np.eye(3), eps=1e-4)
    np.testing.assert_allclose(step, -np.full((2, 3), 10 / (16 + 1e-4) ** 0.25), rtol=1e-12)


def test_shampoo_takes_fourth_roots_of_both_sides():
    grad = np.ones((2, 3))
    step = shampoo_step(grad, np.diag([16.0, 81.0]), 256 * np.eye(3), eps=0.0)
    np.testing.assert_allclose(step, -np.array([[1 / 8] * 3, [1 / 12] * 3]), rtol=1e-12)


def test_a_hessian_of_another_size_is_named():
    assert raises(newton_step, np.ones(3), np.eye(2)) == "hessian must be (3, 3), got (2, 2)"
