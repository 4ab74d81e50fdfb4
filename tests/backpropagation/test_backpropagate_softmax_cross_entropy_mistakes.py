"""How each wrong gradient fails."""

import numpy as np

from snippets.backpropagation.backpropagate_softmax_cross_entropy import (
    cross_entropy,
    log_softmax,
    softmax_backward,
)
from snippets.backpropagation.backpropagate_softmax_cross_entropy_mistakes import (
    diagonal_backward,
    probability_minus_target,
    two_backward_passes,
)


def test_apart_the_gradient_is_nan_where_the_example_is_most_wrong():
    small, large = np.array([0.0, 20.0], np.float32), np.array([0.0, 200.0], np.float32)
    np.testing.assert_allclose(two_backward_passes(small, 0), [-1, 1], rtol=1e-5)
    with np.errstate(all="ignore"):
        assert np.isnan(two_backward_passes(large, 0)).all()
        for dtype, safe, unsafe in ((np.float32, 85, 92), (np.float64, 700, 715)):
            np.testing.assert_allclose(two_backward_passes(np.array([0, safe], dtype), 0), [-1, 1], rtol=1e-5)
            assert not np.isfinite(two_backward_passes(np.array([0, unsafe], dtype), 0)).any()
        for dtype, overflows, gone in ((np.float32, 89, 104), (np.float64, 710, 746)):
            for gap, zero in ((overflows, False), (gone - 1, False), (gone, True)):  # inf - inf, then inf * 0
                tiny = np.exp(np.array(-gap, dtype))
                assert np.isinf(1 / tiny) and (tiny == 0) == zero
    np.testing.assert_array_equal(cross_entropy(large[None], np.array([0]))[1], [[-1, 1]])


def test_the_diagonal_alone_moves_only_the_true_class():
    probs = np.array([1, 2, 5]) / 8
    grad = np.array([-8.0, 0, 0])
    np.testing.assert_allclose(diagonal_backward(grad, probs), [-0.875, 0, 0], atol=1e-12)
    np.testing.assert_allclose(softmax_backward(grad, probs), [-0.875, 0.25, 0.625])


def test_targets_that_sum_to_two_need_twice_the_probabilities():
    logits, targets = np.log([[1.0, 2.0, 5.0]]), np.array([[1.0, 1.0, 0.0]])
    right = cross_entropy(logits, targets)[1]
    np.testing.assert_allclose(right, [[-0.75, -0.5, 1.25]])
    wrong = probability_minus_target(np.exp(log_softmax(logits)), targets)
    np.testing.assert_allclose(wrong, [[-0.875, -0.75, 0.625]])
