"""What backpropagation through a graph promises. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.backpropagation.backpropagation import (
    backward,
    dense_graph,
    forward,
    forward_mode,
    local_derivatives,
)

# x, w, b; u = x w, v = u + b, loss = u v: u is used twice
FAN_OUT = [("data", ()), ("parameter", ()), ("parameter", ()),
           ("mul", (0, 1)), ("add", (3, 2)), ("mul", (3, 4))]


def random_graph(seed: int) -> tuple[list[tuple], list[float]]:
    """Five inputs and 25 random operations; every node but the inputs has earlier parents."""
    rng = np.random.default_rng(seed)
    graph = [("data", ()), ("parameter", ()), ("parameter", ()), ("data", ()), ("parameter", ())]
    for _ in range(25):
        operation = ("add", "mul", "tanh")[int(rng.integers(3))]
        count = 1 if operation == "tanh" else 2
        graph.append((operation, tuple(int(p) for p in rng.integers(len(graph), size=count))))
    return graph, rng.uniform(-1, 1, size=5).tolist()


def numerical(graph: list[tuple], inputs: list[float], which: int) -> float:
    losses = []
    for sign in (1, -1):
        moved = list(inputs)
        moved[which] += sign * 1e-6
        losses.append(forward(graph, moved)[-1])
    return (losses[0] - losses[1]) / 2e-6


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_worked_values():
    assert forward(FAN_OUT, [2.0, 1.5, -1.0]) == [2.0, 1.5, -1.0, 3.0, 2.0, 6.0]


def test_worked_gradients_sum_over_both_paths():
    grads, multiplications = backward(FAN_OUT, [2.0, 1.5, -1.0, 3.0, 2.0, 6.0])
    assert grads == [0.0, 10.0, 3.0, 5.0, 3.0, 1.0], f"x, w, b, u, v, loss: {grads}"
    assert multiplications == 3, f"x is data and v is a sum: 3, got {multiplications}"


def test_local_derivatives_of_each_operation():
    graph = [("data", ()), ("parameter", ()), ("add", (0, 1)), ("mul", (0, 1)), ("tanh", (2,))]
    values = [0.5, -2.0, -1.5, -1.0, math.tanh(-1.5)]
    assert local_derivatives(graph, values, 0) == [] == local_derivatives(graph, values, 1)
    assert local_derivatives(graph, values, 2) == [1.0, 1.0]
    assert local_derivatives(graph, values, 3) == [-2.0, 0.5]
    np.testing.assert_allclose(local_derivatives(graph, values, 4), [1 / math.cosh(1.5) ** 2])


def test_random_graphs_agree_with_central_differences():
    for seed in range(20):
        graph, inputs = random_graph(seed)
        values = forward(graph, inputs)
        grads, _ = backward(graph, values)
        assert len(grads) == len(graph)
        for which, kind in enumerate(["data", "parameter", "parameter", "data", "parameter"]):
            wanted = numerical(graph, inputs, which) if kind == "parameter" else 0.0
            np.testing.assert_allclose(grads[which], wanted, rtol=1e-5, atol=1e-7,
                                       err_msg=f"seed {seed}, input {which}")


def test_forward_mode_gives_the_same_one_parameter_at_a_time():
    for seed in range(20):
        graph, inputs = random_graph(seed)
        values = forward(graph, inputs)
        grads, reverse = backward(graph, values)
        for source in (1, 2, 4):
            tangents, count = forward_mode(graph, values, source)
            np.testing.assert_allclose(tangents[-1], grads[source], atol=1e-12)
            assert tangents[source] == 1.0 and count == reverse


def test_a_value_times_itself_counts_both_uses():
    graph = [("parameter", ()), ("mul", (0, 0))]
    assert backward(graph, forward(graph, [3.0])) == ([6.0, 1.0], 2)
    assert forward_mode(graph, [3.0, 9.0], 0) == ([1.0, 6.0], 2)


def test_a_million_paths_cost_forty_multiplications():
    ladder = [("parameter", ())] + [("mul", (k, k)) for k in range(20)]
    grads, multiplications = backward(ladder, forward(ladder, [1.0]))
    assert grads[0] == 2.0**20 == 1048576 and multiplications == 40


def test_dense_networks_take_almost_two_multiplications_backward_for_one_forward():
    for sizes, forwards, backwards in (([3, 4, 2], 20, 28), ([30, 30], 900, 900),
                                       ([30, 30, 30, 30], 2700, 4500), ([10, 40, 5], 600, 800)):
        graph = dense_graph(sizes)
        kinds = [operation for operation, _ in graph]
        assert kinds.count("mul") == kinds.count("parameter") == forwards
        inputs = np.random.default_rng(1).normal(size=sizes[0] + forwards).tolist()
        _, multiplications = backward(graph, forward(graph, inputs))
        assert multiplications == backwards + kinds.count("tanh"), f"{sizes}: {multiplications}"


def test_the_dense_graph_is_the_dense_network():
    sizes = [3, 4, 2]
    graph = dense_graph(sizes)
    rng = np.random.default_rng(2)
    x, first, second = rng.normal(size=3), rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    # Unit by unit, that is column by column of the weight.
    inputs = [*x, *first.T.ravel(), *second.T.ravel()]
    values = forward(graph, [float(value) for value in inputs])
    hidden = np.tanh(x @ first)
    out = np.tanh(hidden @ second)
    np.testing.assert_allclose(values[-1], out.sum())
    grads, _ = backward(graph, values)
    found = [g for g, (kind, _) in zip(grads, graph, strict=True) if kind == "parameter"]
    delta = 1 - out**2
    grad_first = np.outer(x, (second @ delta) * (1 - hidden**2))
    np.testing.assert_allclose(found[:12], grad_first.T.ravel(), atol=1e-12)
    np.testing.assert_allclose(found[12:], np.outer(hidden, delta).T.ravel(), atol=1e-12)


def test_the_forward_values_stay_as_they_are():
    values = forward(FAN_OUT, [2.0, 1.5, -1.0])
    kept = list(values)
    backward(FAN_OUT, values)
    forward_mode(FAN_OUT, values, 1)
    assert values == kept


def test_bad_input_is_named():
    assert "inputs" in raises(forward, FAN_OUT, [1.0, 2.0])
    assert "inputs" in raises(forward, FAN_OUT, [1.0, 2.0, 3.0, 4.0])
    assert "sinus" in raises(forward, [("data", ()), ("sinus", (0,))], [1.0])
    for parent in (-1, 1, 2):
        assert str(parent) in raises(forward, [("data", ()), ("tanh", (parent,))], [1.0])
