"""What the hand-written backward pass promises. NumPy and plain asserts only."""

from functools import partial
from itertools import pairwise

import numpy as np

from snippets.backpropagation.derive_backpropagation import (
    backward,
    central_difference,
    cross_entropy,
    forward,
    sgd_step,
)


def network(sizes: list[int], seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    pairs = list(pairwise(sizes))
    return [rng.normal(size=pair) for pair in pairs], [rng.normal(size=out) for _, out in pairs]


def worked_example() -> tuple[np.ndarray, np.ndarray, list[np.ndarray], list[np.ndarray]]:
    weights = [np.array([[1.0, -1.0], [-0.5, 1.0]]), np.array([[-1.0, 0.0], [1.0, -1.0]])]
    biases = [np.array([np.log(3) / 2, np.log(3) - 1]), np.array([np.log(3), 1.1])]
    return np.array([[1.0, 2.0]]), np.array([1]), weights, biases


def mean_loss(x, weights, biases, targets) -> float:
    return cross_entropy(forward(x, weights, biases)[-1], targets)[0]


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_worked_forward_pass():
    x, targets, weights, biases = worked_example()
    activations = forward(x, weights, biases)
    assert len(activations) == 3, "x, one hidden layer, logits"
    np.testing.assert_array_equal(activations[0], x)
    np.testing.assert_allclose(activations[1], [[0.5, 0.8]], atol=1e-12)
    np.testing.assert_allclose(activations[2], [[0.3 + np.log(3), 0.3]], atol=1e-12)
    loss, grad_logits = cross_entropy(activations[2], targets)
    np.testing.assert_allclose(loss, np.log(4), atol=1e-12)
    np.testing.assert_allclose(grad_logits, [[0.75, -0.75]], atol=1e-12)


def test_worked_backward_pass():
    x, targets, weights, biases = worked_example()
    activations = forward(x, weights, biases)
    grads, grad_biases = backward(activations, weights, cross_entropy(activations[2], targets)[1])
    np.testing.assert_allclose(grads[1], [[0.375, -0.375], [0.6, -0.6]], atol=1e-12)
    np.testing.assert_allclose(grad_biases[1], [0.75, -0.75], atol=1e-12)
    np.testing.assert_allclose(grads[0], [[-0.5625, 0.54], [-1.125, 1.08]], atol=1e-12)
    np.testing.assert_allclose(grad_biases[0], [-0.5625, 0.54], atol=1e-12)


def test_worked_update_lowers_the_loss_by_almost_lr_times_squared_norm():
    x, targets, weights, biases = worked_example()
    activations = forward(x, weights, biases)
    loss, grad_logits = cross_entropy(activations[2], targets)
    grads, grad_biases = backward(activations, weights, grad_logits)
    squared_norm = sum(float(np.sum(g * g)) for g in grads + grad_biases)
    assert round(squared_norm, 4) == 5.7743
    falls = {}
    for lr in (0.1, 0.01):
        new_weights, new_biases = sgd_step(weights, grads, lr), sgd_step(biases, grad_biases, lr)
        falls[lr] = loss - cross_entropy(forward(x, new_weights, new_biases)[2], targets)[0]
    assert round(falls[0.1], 4) == 0.5280 and round(0.1 * squared_norm, 4) == 0.5774
    assert round(falls[0.01], 4) == 0.0573 and round(0.01 * squared_norm, 4) == 0.0577
    np.testing.assert_allclose(
        sgd_step(weights, grads, 0.1)[1], [[-1.0375, 0.0375], [0.94, -0.94]], atol=1e-12
    )


def test_every_gradient_agrees_with_central_differences():
    for sizes in ([3, 5], [2, 7, 3], [5, 3, 7, 2]):  # no hidden layer, one, two
        weights, biases = network(sizes, seed=len(sizes))
        rng = np.random.default_rng(7)
        x = rng.normal(size=(11, sizes[0]))
        targets = rng.integers(0, sizes[-1], size=11)

        activations = forward(x, weights, biases)
        grads, grad_biases = backward(
            activations, weights, cross_entropy(activations[-1], targets)[1]
        )
        loss = partial(mean_loss, x, weights, biases, targets)
        for param, grad in zip(weights + biases, grads + grad_biases, strict=True):
            assert grad.shape == param.shape, f"gradient {grad.shape} of a parameter {param.shape}"
            np.testing.assert_allclose(grad, central_difference(loss, param), atol=1e-8)


def test_forward_of_a_linear_network_is_one_matrix_product():
    # One layer has no tanh: logits = x @ weight + bias, however large.
    weight, bias = np.array([[100.0, -3.0, 2.0]]), np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(forward(np.array([[2.0]]), [weight], [bias])[-1], [[201, -4, 7]])


def test_a_batch_gives_the_mean_of_its_rows_gradients():
    weights, biases = network([2, 5, 3], seed=1)
    x = np.random.default_rng(2).normal(size=(7, 2))
    targets = np.array([0, 1, 2, 2, 1, 0, 0])

    def gradient(rows: slice) -> np.ndarray:
        activations = forward(x[rows], weights, biases)
        grad_logits = cross_entropy(activations[-1], targets[rows])[1]
        return backward(activations, weights, grad_logits)[0][0]

    singles = [gradient(slice(n, n + 1)) for n in range(7)]
    np.testing.assert_allclose(gradient(slice(0, 7)), np.mean(singles, axis=0), atol=1e-12)


def test_gradient_of_the_logits_sums_to_zero_in_every_row():
    # Adding a constant to all logits of a row does not change the softmax.
    logits = np.random.default_rng(3).normal(size=(5, 7))
    grad = cross_entropy(logits, np.array([0, 6, 3, 3, 1]))[1]
    np.testing.assert_allclose(grad.sum(axis=1), np.zeros(5), atol=1e-15)


def test_an_empty_batch_has_zero_gradients():
    weights, biases = network([2, 3, 5], seed=5)
    activations = forward(np.ones((0, 2)), weights, biases)
    grads, grad_biases = backward(activations, weights, activations[-1])
    for param, grad in zip(weights + biases, grads + grad_biases, strict=True):
        np.testing.assert_array_equal(grad, np.zeros_like(param))


def test_huge_logits_give_a_finite_loss():
    loss, grad = cross_entropy(np.array([[1000.0, 0.0]]), np.array([1]))
    assert loss == 1000.0
    np.testing.assert_array_equal(grad, [[1.0, -1.0]])
    # Every row by its own maximum: the second would be log(0) beside the first.
    loss, grad = cross_entropy(np.array([[1000.0, 0.0], [-1000.0, -1000.0]]), np.array([0, 1]))
    np.testing.assert_allclose(loss, np.log(2) / 2)
    np.testing.assert_allclose(grad, [[0.0, 0.0], [0.25, -0.25]])


def test_nothing_is_modified_in_place():
    x, targets, weights, biases = worked_example()
    before = [array.copy() for array in weights + biases]
    activations = forward(x, weights, biases)
    kept = [array.copy() for array in activations]
    grads, _ = backward(activations, weights, cross_entropy(activations[-1], targets)[1])
    sgd_step(weights, grads, 0.1)
    for old, new in zip(before + kept, weights + biases + activations, strict=True):
        np.testing.assert_array_equal(old, new)


def test_float32_stays_float32():
    weights, biases = network([2, 3, 5], seed=4)
    weights, biases = [[p.astype(np.float32) for p in params] for params in (weights, biases)]
    activations = forward(np.ones((7, 2), dtype=np.float32), weights, biases)
    grad_logits = cross_entropy(activations[-1], np.zeros(7, dtype=np.int32))[1]
    grads, grad_biases = backward(activations, weights, grad_logits)
    assert {g.dtype for g in grads + grad_biases} == {np.dtype(np.float32)}


def test_central_difference_of_a_cube():
    array = np.array([[1.0, -2.0, 3.0]])
    numeric = central_difference(lambda: float(np.sum(array**3)), array)
    np.testing.assert_allclose(numeric, [[3.0, 12.0, 27.0]], rtol=1e-8)
    np.testing.assert_array_equal(array, [[1.0, -2.0, 3.0]])  # restored


def test_bad_input_is_named():
    assert "weights" in raises(forward, np.ones((1, 2)), [], [])
    assert "biases" in raises(forward, np.ones((1, 2)), [np.ones((2, 3))], [])
    assert "biases" in raises(forward, np.ones((5, 2)), [np.ones((2, 3))], [np.ones((5, 3))])
    assert "biases" in raises(forward, np.ones((5, 2)), [np.ones((2, 3))], [np.ones(1)])
    assert raises(cross_entropy, np.ones((0, 3)), np.array([], dtype=int)).startswith("logits must have")
    assert "targets must lie in 0..2," in raises(cross_entropy, np.ones((1, 3)), np.array([3]))
    assert "targets" in raises(cross_entropy, np.ones((1, 3)), np.array([-1]))
    assert "targets" in raises(cross_entropy, np.ones((2, 3)), np.array([0]))
    assert "float64" in raises(central_difference, lambda: 0.0, np.array([1, 2]))
    assert "lr" in raises(sgd_step, [np.ones(2)], [np.ones(2)], 0.0)
    assert "grads" in raises(sgd_step, [np.ones(2)], [np.ones((5, 2))], 0.1)
