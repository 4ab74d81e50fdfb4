"""Each wrong version runs without an error and is caught by a comparison."""

import numpy as np

from snippets.backpropagation.derive_backpropagation import (
    backward,
    central_difference,
    cross_entropy,
    forward,
    sgd_step,
)
from snippets.backpropagation.derive_backpropagation_mistakes import (
    backward_updating_too_early,
    backward_with_tanh_twice,
    bias_step_without_sum,
    cross_entropy_without_mean,
)

WEIGHTS = [np.array([[1.0, -1.0], [-0.5, 1.0]]), np.array([[-1.0, 0.0], [1.0, -1.0]])]
BIASES = [np.array([np.log(3) / 2, np.log(3) - 1]), np.array([np.log(3), 1.1])]
X, TARGETS = np.array([[1.0, 2.0]]), np.array([1])


def test_updating_too_early_spoils_every_layer_but_the_last():
    activations = forward(X, WEIGHTS, BIASES)
    loss, grad_logits = cross_entropy(activations[-1], TARGETS)
    grads, grad_biases = backward(activations, WEIGHTS, grad_logits)
    right = sgd_step(WEIGHTS, grads, 0.1)
    wrong, wrong_biases = backward_updating_too_early(
        activations, WEIGHTS, BIASES, grad_logits, 0.1
    )
    np.testing.assert_allclose(wrong[1], right[1])
    wrong_delta = (BIASES[0] - wrong_biases[0]) / 0.1
    np.testing.assert_allclose(wrong_delta, [-0.6046875, 0.5076], atol=1e-12)
    assert np.abs(wrong_delta / grad_biases[0] - 1).round(3).tolist() == [0.075, 0.06]
    # ... and the loss falls all the same, so nobody looks.
    assert cross_entropy(forward(X, wrong, wrong_biases)[-1], TARGETS)[0] < loss


def test_without_the_mean_the_step_grows_with_the_batch():
    logits = np.random.default_rng(0).normal(size=(7, 3))
    targets = np.array([0, 1, 2, 0, 1, 2, 0])
    loss, grad = cross_entropy(logits, targets)
    wrong_loss, wrong = cross_entropy_without_mean(logits, targets)
    assert wrong_loss == loss
    np.testing.assert_allclose(wrong, 7 * grad)
    numeric = central_difference(lambda: cross_entropy_without_mean(logits, targets)[0], logits)
    np.testing.assert_allclose(grad, numeric, atol=1e-9)
    assert not np.allclose(wrong, numeric, atol=1e-2)


def test_tanh_twice_fails_the_gradient_check():
    activations = forward(X, WEIGHTS, BIASES)
    grad_logits = cross_entropy(activations[-1], TARGETS)[1]
    wrong, wrong_biases = backward_with_tanh_twice(activations, WEIGHTS, grad_logits)
    right, right_biases = backward(activations, WEIGHTS, grad_logits)
    np.testing.assert_array_equal(wrong[1], right[1])
    np.testing.assert_allclose(right_biases[0], [-0.5625, 0.54], atol=1e-12)
    assert wrong_biases[0].round(3).tolist() == [-0.59, 0.839]
    numeric = central_difference(
        lambda: cross_entropy(forward(X, WEIGHTS, BIASES)[-1], TARGETS)[0], WEIGHTS[0]
    )
    np.testing.assert_allclose(right[0], numeric, atol=1e-8)
    assert np.abs(wrong[0] - numeric).max() > 0.5


def test_bias_without_sum_becomes_a_matrix_and_still_broadcasts():
    bias, delta = np.zeros(3), np.ones((5, 3))
    wrong = bias_step_without_sum(bias, delta, 0.1)
    assert wrong.shape == (5, 3)
    assert (np.ones((5, 2)) @ np.ones((2, 3)) + wrong).shape == (5, 3)  # no error at this N
    assert (np.ones((1, 2)) @ np.ones((2, 3)) + wrong).shape == (5, 3)  # one row becomes five
    try:
        np.ones((4, 2)) @ np.ones((2, 3)) + wrong
    except ValueError:
        return
    raise AssertionError("a batch of another size should have failed")
