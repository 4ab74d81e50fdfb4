"""Each wrong diagnosis fails where the page says."""

import numpy as np

from snippets.backpropagation.vanishing_gradients import backward, forward
from snippets.backpropagation.vanishing_gradients_mistakes import gradient_bound, looks_healthy


def test_a_sigmoid_gradient_can_exceed_a_quarter_to_the_depth():
    weights, biases = [np.array([[8.0]])] * 10, [np.array([-4.0])] * 10
    _, slopes = forward(np.array([[0.5]]), weights, biases, "sigmoid")
    assert np.prod(slopes) == gradient_bound(10)
    assert backward(np.ones((1, 1)), weights, slopes)[0].item() == 1024


def test_the_total_norm_hides_a_dead_first_layer():
    rng = np.random.default_rng(0)
    weights = [rng.uniform(-0.125, 0.125, (64, 64)) for _ in range(20)]
    _, slopes = forward(rng.standard_normal((50, 64)), weights, [np.zeros(64)] * 20, "sigmoid")
    grads = backward(rng.standard_normal((50, 64)), weights, slopes)
    assert looks_healthy(grads)
    assert np.linalg.norm(grads[1]) < 1e-13
