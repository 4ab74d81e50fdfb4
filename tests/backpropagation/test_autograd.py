"""The engine's promises: gradients against central differences and by hand."""

import numpy as np

from snippets.backpropagation.autograd import (
    Tensor,
    cross_entropy,
    topological_order,
    train,
    unbroadcast,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def check(function, *arrays) -> None:
    """Compare every gradient of sum(function * fixed weights) with central differences."""
    leaves = [Tensor(array) for array in arrays]
    out = function(*leaves)
    weight = np.random.default_rng(9).normal(size=out.data.shape)
    out.backward(weight)
    for leaf, array in zip(leaves, arrays, strict=True):
        assert leaf.grad.shape == array.shape, (leaf.grad.shape, array.shape)
        for index in np.ndindex(array.shape):
            values = []
            for step in (1e-6, -1e-6):
                moved = [np.array(a) for a in arrays]
                moved[[a is array for a in arrays].index(True)][index] += step
                values.append(np.sum(function(*[Tensor(m) for m in moved]).data * weight))
            numeric = (values[0] - values[1]) / 2e-6
            assert abs(leaf.grad[index] - numeric) < 1e-7 * (1 + abs(numeric)), index


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def test_a_value_used_twice_adds_both_gradients():
    x, w, b = Tensor(2.0), Tensor(1.5), Tensor(-1.0)
    u = x * w
    loss = u * (u + b)
    loss.backward()
    assert loss.data == 6 and (x.grad, w.grad, b.grad) == (7.5, 10.0, 3.0)
    assert u.grad is None and loss.grad is None, "only leaves keep a gradient"


def test_twenty_squarings_have_a_million_paths_and_one_visit_each():
    x = v = Tensor(1.0)
    for _ in range(20):
        v = v * v
    assert len(topological_order(v)) == 21
    v.backward()
    assert x.grad == 2.0**20


def test_sums_and_products_that_broadcast():
    for shapes in (((5, 3), (3,)), ((5, 3), (5, 1)), ((2, 1, 3), (5, 1)), ((3,), ()), ((1, 1), (2, 3))):
        a, b = normal(*shapes[0]), normal(*shapes[1], seed=1)
        check(lambda a, b: a + b, a, b)
        check(lambda a, b: b * a, a, b)


def test_matrix_products_with_and_without_a_batch():
    for shapes in (((5, 3), (3, 2)), ((7, 5, 3), (3, 2)), ((7, 1, 5, 3), (4, 3, 2))):
        check(lambda a, b: a @ b, normal(*shapes[0]), normal(*shapes[1]))
    message = raises(lambda: Tensor(np.ones(3)) @ Tensor(np.ones((3, 2))))
    assert "(3,)" in message and "(3, 2)" in message


def test_sums_over_no_one_or_two_axes():
    a = normal(2, 3, 5)
    check(lambda a: a.sum(), a)
    check(lambda a: a.sum(axis=1), a)
    check(lambda a: a.sum(axis=-1, keepdims=True) * 2, a)
    check(lambda a: a.sum(axis=(0, 2)), a)


def test_functions_of_one_tensor():
    a = np.abs(normal(3, 5)) + 0.1
    for function in (Tensor.exp, Tensor.log, Tensor.tanh, Tensor.relu):
        check(function, a)
    check(Tensor.relu, -a)
    check(lambda a: a**-1.5 + 2 / 1 * a**2.0, a)
    kink = Tensor(np.zeros(2))
    kink.relu().backward(np.ones(2))
    np.testing.assert_array_equal(kink.grad, 0)


def test_numbers_and_arrays_on_either_side():
    a, c = normal(3, 5), normal(3, 5, seed=2)
    check(lambda a: 2 - a, a)
    check(lambda a: c * a - c, a)
    check(lambda a: 1 + a / 3, a)
    check(lambda a: c.T @ a, a)
    check(lambda a, b: a / b - b, a, np.abs(c) + 0.5)
    check(lambda a: -a, a)


def test_the_values_are_those_of_numpy():
    a, b = normal(3, 5), np.abs(normal(3, 5, seed=2)) + 0.5
    x, y = Tensor(a), Tensor(b)
    for found, right in ((-x, -a), (2 - x, 2 - a), (b - x, b - a), (x - y, a - b), (x / y, a / b),
                         (y**-1.5, b**-1.5), (x**0, a**0), (y.log(), np.log(b)), (x.relu(), np.maximum(a, 0)),
                         (x.sum(axis=1, keepdims=True), a.sum(axis=1, keepdims=True)), (a.T @ x, a.T @ a)):
        np.testing.assert_allclose(found.data, right, rtol=1e-14)


def test_a_power_of_zero_has_slope_zero_at_zero_too():
    x = Tensor(np.array([0.0, 2.0]))
    (x**0 + x**1 + x**2.0).backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [1, 5])
    number = Tensor(0.0)
    (number**0).backward()
    assert number.grad == 0.0


def test_a_second_backward_adds_exactly_as_much_again():
    x = Tensor(3.0)
    loss = (x * x) * x
    loss.backward()
    assert x.grad == 27
    loss.backward()
    assert x.grad == 54


def test_gradients_that_share_an_array_do_not_spoil_each_other():
    a, b = Tensor(normal(3)), Tensor(normal(3, seed=1))
    ((a + b) + b * 5.0).sum().backward()
    np.testing.assert_array_equal(a.grad, np.ones(3))
    np.testing.assert_array_equal(b.grad, 6 * np.ones(3))


def test_inputs_come_before_users_in_a_chain_longer_than_recursion_goes():
    # Python's limit is 1,000 calls; freeing a chain of 5,000 overflows the stack of a browser's Python.
    x = v = Tensor(1.0)
    for _ in range(1500):
        v = v + x
    order = topological_order(v)
    place = {id(node): n for n, node in enumerate(order)}
    assert len(place) == len(order) == 1501
    assert all(place[id(p)] < place[id(node)] for node in order for p in node.parents)
    v.backward()
    assert x.grad == 1501


def test_float32_stays_float32_and_integers_become_float64():
    x = Tensor(normal(5, 3).astype(np.float32))
    loss = ((x @ np.ones((3, 2))).tanh() * 2 - 1).sum() / 3
    loss.backward()
    assert loss.data.dtype == x.grad.dtype == np.float32
    assert Tensor(np.array([1, 2], dtype=np.int32)).data.dtype == np.float64


def test_a_gradient_has_the_precision_of_its_leaf():
    x, w = Tensor(normal(3).astype(np.float32)), Tensor(normal(3))
    (x * w).backward(np.array([1, 2, 3]))
    assert x.grad.dtype == np.float32 and w.grad.dtype == np.float64
    x = Tensor(np.ones(3))
    x.backward(np.array([1, 2, 3]))
    assert x.grad.dtype == np.float64


def test_a_gradient_is_asked_for_where_there_is_no_single_loss():
    assert "(2,)" in raises(Tensor(np.ones(2)).backward)
    assert "(3,)" in raises(Tensor(np.ones(2)).backward, np.ones(3))


def test_an_operation_of_one_s_own_has_a_gradient_for_each_parent():
    a, b = Tensor(2.0), Tensor(5.0)
    Tensor(a.data * b.data**2, (a, b), lambda g: (g * b.data**2, g * 2 * a.data * b.data)).backward()
    assert (a.grad, b.grad) == (25.0, 20.0)
    raises(Tensor(10.0, (a, b), lambda g: (g,)).backward)  # one short: b would be forgotten without a word


def test_unbroadcast_sums_where_an_input_was_repeated():
    grad = np.arange(30.0).reshape(2, 3, 5)
    np.testing.assert_array_equal(unbroadcast(grad, (5,)), grad.sum(axis=(0, 1)))
    np.testing.assert_array_equal(unbroadcast(grad, (3, 1)), grad.sum(axis=(0, 2))[:, None])
    np.testing.assert_array_equal(unbroadcast(grad, (2, 3, 5)), grad)
    np.testing.assert_array_equal(unbroadcast(np.ones((0, 3)), (1, 3)), np.zeros((1, 3)))
    np.testing.assert_array_equal(unbroadcast(grad, (2, 1, 1)), grad.sum(axis=(1, 2), keepdims=True))


def test_cross_entropy_has_the_gradient_probability_minus_target():
    logits, one_hot = Tensor(np.array([[2.0, 1.0, 0.0], [800.0, 0.0, 0.0]])), np.eye(3)[[0, 1]]
    loss = cross_entropy(logits, one_hot)
    loss.backward()
    np.testing.assert_allclose(loss.data, (0.40760596 + 800) / 2, rtol=1e-9)
    np.testing.assert_allclose(logits.grad, [[-0.16738, 0.12236, 0.04502], [0.5, -0.5, 0]], atol=1e-5)


def test_a_network_trained_with_it_separates_a_circle():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2))
    labels = (np.hypot(*x.T) > np.sqrt(np.log(4))).astype(np.int64)
    params = [rng.normal(size=(2, 8)), np.zeros(8), rng.normal(size=(8, 2)) / 3, np.zeros(2)]
    before = [p.copy() for p in params]
    losses, (w1, b1, w2, b2) = train(x, np.eye(2)[labels], params, 1.0, 300)
    assert len(losses) == 300 and round(losses[0], 3) == 0.807 and round(losses[-1], 2) == 0.12
    hits = np.argmax(np.tanh(x @ w1 + b1) @ w2 + b2, axis=1) == labels
    assert hits.mean() > 0.95
    for old, new in zip(before, params, strict=True):
        np.testing.assert_array_equal(old, new)
