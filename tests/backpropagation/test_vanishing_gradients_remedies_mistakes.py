"""Each wrong remedy fails where the page says."""

import numpy as np

from snippets.backpropagation.vanishing_gradients_remedies import residual_backward
from snippets.backpropagation.vanishing_gradients_remedies_mistakes import (
    rescue_by_clipping,
    sigmoid_after_the_sum,
)


def test_clipping_leaves_a_vanished_gradient_as_it_is():
    grad = np.full(5, 1e-12)
    np.testing.assert_array_equal(rescue_by_clipping(grad), grad)


def test_a_sigmoid_on_the_shortcut_vanishes_and_one_on_the_branch_does_not():
    rng = np.random.default_rng(0)
    weights = [rng.uniform(-0.125, 0.125, (64, 64)) for _ in range(20)]
    h, wrong = rng.standard_normal((10, 64)), []
    top = rng.standard_normal((10, 64))
    for weight in weights:
        h = sigmoid_after_the_sum(h, weight)
        wrong.append(h * (1 - h))
    grad = top
    for weight, slope in zip(reversed(weights), reversed(wrong), strict=True):
        grad = (grad * slope) @ (np.eye(64) + weight).T
    assert np.linalg.norm(grad) / np.linalg.norm(top) < 1e-10
    right = residual_backward(top, weights, wrong)[0]
    assert np.linalg.norm(right) / np.linalg.norm(top) > 0.9
