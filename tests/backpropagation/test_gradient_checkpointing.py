"""The same gradients for every schedule, and the counts."""

import numpy as np

from snippets.backpropagation.gradient_checkpointing import (
    checkpointed_gradients,
    layer_backward,
    layer_forward,
    least_forwards,
    schedule,
)

N, D, DEPTH = 3, 2, 7


def problem(depth=DEPTH):
    rng = np.random.default_rng(0)
    return rng.normal(size=(N, D)), [rng.normal(size=(D, D)) for _ in range(depth)], rng.normal(size=(N, D))


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_a_layer_adds_its_tanh_and_has_the_gradient_of_differences():
    x, (weight, *_), grad = problem()
    np.testing.assert_allclose(layer_forward(x, weight), x + np.tanh(x @ weight))
    grad_x, grad_weight = layer_backward(grad, x, weight)
    for array, found in ((x, grad_x), (weight, grad_weight)):
        for index in np.ndindex(array.shape):
            old, ends = array[index], []
            for h in (1e-6, -1e-6):
                array[index] = old + h
                ends.append(np.sum(layer_forward(x, weight) * grad))
            array[index] = old
            assert abs(found[index] - (ends[0] - ends[1]) / 2e-6) < 1e-7


def test_every_segment_length_gives_the_same_gradients():
    x, weights, grad = problem()
    inputs = [x]
    for weight in weights:
        inputs.append(layer_forward(inputs[-1], weight))
    right, expected = grad, []
    for weight, one in zip(weights[::-1], inputs[-2::-1], strict=True):
        right, grad_weight = layer_backward(right, one, weight)
        expected.insert(0, grad_weight)
    for segment in range(1, DEPTH + 1):
        grad_x, grads, _ = checkpointed_gradients(x, weights, grad, segment)
        np.testing.assert_array_equal(grad_x, right)
        for found, one in zip(grads, expected, strict=True):
            np.testing.assert_array_equal(found, one)


def test_the_counts_are_those_of_the_schedule():
    assert schedule(1, 1) == (1, 1) and schedule(5, 5) == (5, 9)
    for depth in (1, 2, 5, 7, 12):
        x, weights, grad = problem(depth)
        for segment in range(1, depth + 1):
            counts = checkpointed_gradients(x, weights, grad, segment)[2]
            assert (counts["peak"], counts["forwards"]) == schedule(depth, segment), (depth, segment)


def test_segments_of_one_layer_keep_everything_and_repeat_nothing():
    assert schedule(100, 1) == (100, 100)
    counts = checkpointed_gradients(*problem()[:2], problem()[2], 1)[2]
    assert counts == {"peak": DEPTH, "forwards": DEPTH}


def test_the_root_of_the_depth_is_the_best_length():
    for depth in (16, 100, 400):
        peaks = [schedule(depth, k)[0] for k in range(1, depth + 1)]
        root = int(np.sqrt(depth))
        assert peaks[root - 1] == min(peaks) == 2 * root - 1
    assert schedule(100, 10) == (19, 190) and schedule(1000, 32) == (62, 1968)


def test_least_forwards_by_hand():
    assert [least_forwards(n, 1) for n in (1, 2, 3, 4)] == [0, 1, 3, 6]
    assert least_forwards(3, 2) == 2  # store the second input, and nothing is run twice
    assert least_forwards(4, 2) == 4
    assert isinstance(least_forwards(4, 1), int), "a count"
    assert [least_forwards(100, s) for s in (1, 2, 3, 6, 9, 18)] == [4950, 845, 490, 280, 234, 180]


def test_least_forwards_never_needs_more_than_the_root_schedule():
    for depth, segment in ((16, 4), (50, 7), (100, 10)):
        peak, forwards = schedule(depth, segment)
        assert least_forwards(depth, peak - 1) + 1 <= forwards
    assert least_forwards(20, 20) == 19, "with room for all, one forward pass"


def test_nothing_that_goes_in_is_modified():
    x, weights, grad = problem()
    before = [x.copy(), grad.copy(), *[w.copy() for w in weights]]
    checkpointed_gradients(x, weights, grad, 3)
    for old, new in zip(before, [x, grad, *weights], strict=True):
        np.testing.assert_array_equal(old, new)


def test_an_impossible_segment_or_number_of_slots_is_named():
    x, weights, grad = problem()
    assert "0" in raises(checkpointed_gradients, x, weights, grad, 0)
    assert "8" in raises(checkpointed_gradients, x, weights, grad, 8)
    assert "0" in raises(least_forwards, 5, 0)
