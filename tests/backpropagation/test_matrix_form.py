"""What the matrix form promises: the same numbers as the index form. NumPy and plain asserts only."""

import itertools

import numpy as np

from snippets.backpropagation.matrix_form import (
    layer_backward,
    layer_forward,
    layer_loops,
    product_cost,
    step_cost,
    train_step,
)


def arrays(rows: int, size: int, columns: int, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(rows, size)), rng.normal(size=(size, columns)),
            rng.normal(size=columns), rng.normal(size=(rows, columns)))


def network(sizes: list[int], seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(a, b)) for a, b in itertools.pairwise(sizes)]
    return weights, [rng.normal(size=b) for b in sizes[1:]]


def loss_of(x, targets, weights, biases) -> float:
    """Row by row and layer by layer, without the snippet."""
    total = 0.0
    for row, target in zip(x, targets, strict=True):
        for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
            row = weight.T @ row + bias
            if layer < len(weights) - 1:
                row = np.where(row > 0, row, 0.0)
        total += float(np.sum((row - target) ** 2)) / 2
    return total / len(x)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_worked_example():
    x = np.array([[1.0, 2.0], [3.0, 0.0], [-1.0, 1.0]])
    weight, bias = np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([0.5, 1.0])
    grad_out = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]])
    np.testing.assert_array_equal(layer_forward(x, weight, bias), [[5.5, -1], [3.5, 1], [1.5, 0]])
    grad_x, grad_weight, grad_bias = layer_backward(grad_out, x, weight)
    np.testing.assert_array_equal(grad_x, [[1, 2], [0, -2], [-1, -3]])
    np.testing.assert_array_equal(grad_weight, [[2, 5], [1, 1]])
    np.testing.assert_array_equal(grad_bias, [0, 3])


def test_the_loops_are_the_index_form():
    # One row, one input, one output: every number by hand.
    results = layer_loops(*(np.array(a) for a in ([[2.0]], [[3.0]], [5.0], [[7.0]])))
    assert [float(np.squeeze(r)) for r in results] == [11.0, 21.0, 14.0, 7.0]
    x, weight, bias, grad_out = arrays(2, 3, 5)
    out, grad_x, grad_weight, grad_bias = layer_loops(x, weight, bias, grad_out)
    np.testing.assert_allclose(out, np.einsum("nd,dk->nk", x, weight) + bias)
    np.testing.assert_allclose(grad_x, np.einsum("nk,dk->nd", grad_out, weight))
    np.testing.assert_allclose(grad_weight, np.einsum("nd,nk->dk", x, grad_out))
    np.testing.assert_allclose(grad_bias, np.einsum("nk->k", grad_out))


def test_matrices_give_what_the_loops_give():
    for shape in ((2, 3, 5), (7, 5, 3), (1, 2, 3), (5, 1, 2), (3, 7, 1), (0, 3, 2)):
        x, weight, bias, grad_out = arrays(*shape)
        out, *grads = layer_loops(x, weight, bias, grad_out)
        np.testing.assert_allclose(layer_forward(x, weight, bias), out, atol=1e-12)
        for ours, theirs in zip(layer_backward(grad_out, x, weight), grads, strict=True):
            assert ours.shape == theirs.shape
            np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_the_first_layer_skips_the_gradient_of_the_data():
    x, weight, _, grad_out = arrays(2, 3, 5)
    grad_x, grad_weight, _ = layer_backward(grad_out, x, weight, input_needed=False)
    assert grad_x is None
    np.testing.assert_allclose(grad_weight, layer_backward(grad_out, x, weight)[1])


def test_both_gradients_are_adjoints_of_the_forward_product():
    x, weight, bias, grad_out = arrays(7, 3, 5, seed=1)
    grad_x, grad_weight, _ = layer_backward(grad_out, x, weight)
    inner = np.sum(layer_forward(x, weight, 0 * bias) * grad_out)
    np.testing.assert_allclose([np.sum(x * grad_x), np.sum(weight * grad_weight)], [inner, inner])


def test_one_step_moves_against_the_numerical_gradient():
    for sizes in ([3, 2], [3, 5, 2], [2, 7, 3, 5]):
        weights, biases = network(sizes, seed=len(sizes))
        rng = np.random.default_rng(3)
        x, targets = rng.normal(size=(11, sizes[0])), rng.normal(size=(11, sizes[-1]))
        before = [p.copy() for p in weights + biases]
        loss = train_step(x, targets, weights, biases, lr=0.01)
        old_weights, old_biases = before[: len(weights)], before[len(weights) :]
        np.testing.assert_allclose(loss, loss_of(x, targets, old_weights, old_biases))
        for old, new in zip(before, weights + biases, strict=True):
            step = (old - new) / 0.01
            for index in np.ndindex(*old.shape):
                kept = old[index]
                losses = []
                for value in (kept + 1e-6, kept - 1e-6):
                    old[index] = value
                    losses.append(loss_of(x, targets, old_weights, old_biases))
                old[index] = kept
                slope = (losses[0] - losses[1]) / 2e-6
                np.testing.assert_allclose(step[index], slope, atol=1e-6, err_msg=f"{sizes}")


def test_steps_are_taken_in_place_and_the_data_stay():
    weights, biases = network([3, 5, 2], seed=4)
    same = [*weights, *biases]
    x, targets = np.ones((7, 3)), np.zeros((7, 2))
    losses = [train_step(x, targets, weights, biases, lr=0.005) for _ in range(20)]
    assert all(a is b for a, b in zip(same, weights + biases, strict=True)), "use -="
    assert losses[-1] < losses[0]
    np.testing.assert_array_equal(x, np.ones((7, 3)))
    np.testing.assert_array_equal(targets, np.zeros((7, 2)))


def test_a_unit_at_zero_passes_no_gradient():
    weights, biases = [np.zeros((1, 1)), np.ones((1, 1))], [np.zeros(1), np.zeros(1)]
    train_step(np.ones((1, 1)), np.ones((1, 1)), weights, biases, lr=0.1)
    assert weights[0][0, 0] == 0.0 and biases[1][0] == 0.1


def test_float32_stays_float32():
    x, weight, bias, grad_out = (a.astype(np.float32) for a in arrays(2, 3, 5))
    results = [layer_forward(x, weight, bias), *layer_backward(grad_out, x, weight)]
    results += layer_loops(x, weight, bias, grad_out)
    assert {r.dtype for r in results} == {np.dtype(np.float32)}
    given = [x, weight, bias, grad_out]
    for wide in range(4):  # one float64 argument makes the results of the loops float64
        mixed = [a.astype(np.float64) if i == wide else a for i, a in enumerate(given)]
        assert {r.dtype for r in layer_loops(*mixed)} == {np.dtype(np.float64)}


def test_cost_of_one_product():
    assert product_cost(2, 3, 5) == (60, 4 * 31, 60 / 124)
    assert product_cost(2, 3, 5, itemsize=8)[1] == 248
    table = {1: 0.50, 8: 3.94, 64: 28.44, 256: 85.33, 1024: 170.67}
    for rows, intensity in table.items():
        assert round(product_cost(rows, 1024, 1024)[2], 2) == intensity
    # The three products of a layer read and write the same three shapes.
    assert product_cost(7, 3, 5) == product_cost(3, 7, 5) == product_cost(7, 5, 3)
    assert round(product_cost(128, 8192, 8192, itemsize=2)[2], 1) == 124.1


def test_cost_of_one_step():
    assert step_cost([784, 256, 10], 1) == 4 * 784 * 256 + 6 * 256 * 10 == 818176
    assert step_cost([3, 5], 7) == 4 * 7 * 15
    assert step_cost([5, 5, 5, 5, 5], 3) == 3 * 25 * (4 + 6 + 6 + 6)


def test_bad_input_is_named():
    x, weight, bias, grad_out = arrays(2, 3, 5)
    assert raises(layer_forward, x[:, :2], weight, bias) == "x must be (N, 3), got (2, 2)"
    assert raises(layer_forward, x[0], weight, bias) == "x must be (N, 3), got (3,)"
    assert raises(layer_forward, x, weight, np.ones((2, 1))) == "bias must be (5,), got (2, 1)"
    assert "bias" in raises(layer_forward, x, weight, np.ones(1))
    assert "bias" in raises(layer_forward, x, weight, np.ones((5, 5)))  # would broadcast if N were 5
    assert "grad_out" in raises(layer_backward, grad_out[:1], x, weight)
    weights, biases = network([3, 1], seed=0)
    assert "targets" in raises(train_step, x, np.ones(2), weights, biases, 0.1)


def test_a_missing_bias_is_refused_and_its_layer_not_skipped():
    weights, biases = network([3, 3, 3, 3], seed=5)
    x = np.ones((2, 3))
    before = [p.copy() for p in weights + biases]
    raises(train_step, x, x, weights, biases[:-1], 0.1)
    raises(train_step, x, x, weights[:-1], biases, 0.1)
    for old, new in zip(before, weights + biases, strict=True):
        np.testing.assert_array_equal(old, new)
