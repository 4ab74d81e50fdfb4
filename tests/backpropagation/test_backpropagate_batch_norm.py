"""The gradient by hand, by differences, and what it is orthogonal to."""

import numpy as np

from snippets.backpropagation.backpropagate_batch_norm import (
    batchnorm_backward,
    batchnorm_backward_eval,
    batchnorm_backward_nodes,
    batchnorm_forward,
)

RNG = np.random.default_rng(0)
X, GRAD = RNG.normal(size=(7, 3)) * [1, 5, 0.2] + [0, 3, -2], RNG.normal(size=(7, 3))
GAMMA, BETA = np.array([1.5, -0.5, 2.0]), np.array([0.0, 1.0, -1.0])


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def difference(f, x):
    grad = np.empty_like(x)
    for index in np.ndindex(x.shape):
        ends = []
        for h in (1e-5, -1e-5):
            moved = x.copy()
            moved[index] += h
            ends.append(f(moved))
        grad[index] = (ends[0] - ends[1]) / 2e-5
    return grad


def test_the_output_has_the_mean_beta_and_nearly_the_deviation_gamma():
    y, (x_hat, inv_std, gamma) = batchnorm_forward(X, GAMMA, BETA, 0.0)
    np.testing.assert_allclose(y.mean(axis=0), BETA, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=0), np.abs(GAMMA), rtol=1e-12)
    np.testing.assert_allclose(inv_std, 1 / X.std(axis=0), rtol=1e-12)
    np.testing.assert_allclose(y, gamma * x_hat + BETA)
    small = batchnorm_forward(X, GAMMA, BETA, 0.5)[1][0]
    np.testing.assert_allclose((small**2).mean(axis=0), X.var(axis=0) / (X.var(axis=0) + 0.5))


def test_the_worked_example():
    x, grad = np.array([[1.0], [2.0], [3.0], [6.0]]), np.array([[1.0], [0.0], [0.0], [0.0]])
    gamma, beta = np.array([2.0]), np.zeros(1)
    _, cache = batchnorm_forward(x, gamma, beta, 0.5)
    np.testing.assert_allclose(cache[0].ravel(), [-1, -0.5, 0, 1.5])
    grad_x, grad_gamma, grad_beta = batchnorm_backward(grad, cache)
    np.testing.assert_allclose(grad_x.ravel(), [0.5, -0.375, -0.25, 0.125])
    np.testing.assert_allclose([grad_gamma[0], grad_beta[0]], [-1, 1])
    np.testing.assert_allclose(batchnorm_backward_nodes(grad, x, gamma, 0.5), grad_x)
    np.testing.assert_allclose(batchnorm_backward_eval(grad, gamma, np.array([3.5]), 0.5), grad)


def test_every_gradient_equals_a_central_difference():
    for eps in (1e-5, 0.3):
        _, cache = batchnorm_forward(X, GAMMA, BETA, eps)
        grads = batchnorm_backward(GRAD, cache)
        for place, array in enumerate((X, GAMMA, BETA)):
            def loss(moved, place=place, eps=eps):
                args = [X, GAMMA, BETA]
                args[place] = moved
                return np.sum(batchnorm_forward(*args, eps)[0] * GRAD)

            np.testing.assert_allclose(grads[place], difference(loss, array), rtol=1e-6, atol=1e-7)


def test_node_by_node_is_the_same_gradient():
    for eps in (0.0, 1e-5, 0.3):
        grad_x = batchnorm_backward(GRAD, batchnorm_forward(X, GAMMA, BETA, eps)[1])[0]
        np.testing.assert_allclose(batchnorm_backward_nodes(GRAD, X, GAMMA, eps), grad_x, atol=1e-12)
    grad_x = batchnorm_backward(GRAD, batchnorm_forward(X, GAMMA, BETA)[1])[0]  # the same eps if none is said
    np.testing.assert_allclose(batchnorm_backward_nodes(GRAD, X, GAMMA), grad_x, atol=1e-12)


def test_the_gradient_sums_to_zero_in_each_column():
    for eps in (0.0, 0.3):
        grad_x = batchnorm_backward(GRAD, batchnorm_forward(X, GAMMA, BETA, eps)[1])[0]
        np.testing.assert_allclose(grad_x.sum(axis=0), 0, atol=1e-12)


def test_along_the_normalized_input_only_the_share_of_eps_is_left():
    for eps in (0.0, 1e-5, 0.3):
        _, cache = batchnorm_forward(X, GAMMA, BETA, eps)
        grad_x, grad_gamma, _ = batchnorm_backward(GRAD, cache)
        expected = GAMMA * cache[1] * grad_gamma * eps / (X.var(axis=0) + eps)
        np.testing.assert_allclose((grad_x * cache[0]).sum(axis=0), expected, atol=1e-12)


def test_one_row_gets_no_gradient_and_two_rows_almost_none():
    one = batchnorm_forward(X[:1], GAMMA, BETA)
    np.testing.assert_allclose(one[0], BETA[None])
    np.testing.assert_allclose(batchnorm_backward(GRAD[:1], one[1])[0], 0, atol=1e-9)
    two = batchnorm_backward(GRAD[:2], batchnorm_forward(X[:2], GAMMA, BETA, 0.0)[1])[0]
    np.testing.assert_allclose(two, 0, atol=1e-12)


def test_a_random_gradient_keeps_all_but_two_of_its_n_parts():
    rng = np.random.default_rng(1)
    for n in (3, 4, 8, 32):
        x, grad = rng.normal(size=(2, n, 5000))
        _, cache = batchnorm_forward(x, np.ones(5000), np.zeros(5000), 0.0)
        kept = np.mean((batchnorm_backward(grad, cache)[0] / cache[1]) ** 2)
        # The mean of n - 2 squares over n has the variance 2 (n - 2) / n^2; five deviations.
        assert abs(kept - (n - 2) / n) < 5 * np.sqrt(2 * (n - 2) / n**2 / 5000)


def test_in_evaluation_no_row_depends_on_another():
    running = np.array([4.0, 1.0, 0.25])
    found = batchnorm_backward_eval(GRAD, GAMMA, running, 0.5)
    np.testing.assert_allclose(found, GRAD * GAMMA / np.sqrt(running + 0.5))
    np.testing.assert_array_equal(batchnorm_backward_eval(GRAD[2:3], GAMMA, running, 0.5), found[2:3])


def test_float32_stays_float32_and_nothing_is_modified():
    x, grad, gamma, beta = (a.astype(np.float32) for a in (X, GRAD, GAMMA, BETA))
    before = [a.copy() for a in (x, grad, gamma, beta)]
    y, cache = batchnorm_forward(x, gamma, beta)
    results = [y, *batchnorm_backward(grad, cache), batchnorm_backward_nodes(grad, x, gamma),
               batchnorm_backward_eval(grad, gamma, np.ones(3, np.float32))]
    assert {a.dtype for a in results} == {np.dtype(np.float32)}
    for old, new in zip(before, (x, grad, gamma, beta), strict=True):
        np.testing.assert_array_equal(old, new)


def test_bad_shapes_and_integers_are_named():
    assert "(2, 3, 5)" in raises(batchnorm_forward, np.ones((2, 3, 5)), GAMMA, BETA)
    assert "(0, 3)" in raises(batchnorm_forward, X[:0], GAMMA, BETA)
    assert "int" in raises(batchnorm_forward, np.ones((2, 3), dtype=np.int64), GAMMA, BETA)
    cache = batchnorm_forward(X, GAMMA, BETA)[1]
    assert "(7, 3)" in raises(batchnorm_backward, GRAD[0], cache)
