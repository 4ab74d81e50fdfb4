"""Each wrong ReLU fails where the page says."""

import numpy as np

from snippets.activations_and_losses.relu import dead_units, he_normal, relu, relu_backward
from snippets.activations_and_losses.relu_mistakes import (
    backward_with_wrong_mask,
    dead_in_one_batch,
    init_for_linear_layers,
    regression_output,
)


def test_rectifying_the_gradient_feeds_inactive_units_and_starves_active_ones():
    z, grad_out = np.array([-1.0, 2.0]), np.array([3.0, -3.0])
    np.testing.assert_array_equal(backward_with_wrong_mask(grad_out, z), [3, 0])
    np.testing.assert_array_equal(relu_backward(grad_out, z), [0, -3])


def test_variance_1_over_d_loses_the_signal_in_20_layers():
    rng = np.random.default_rng(0)
    wrong = right = rng.standard_normal((200, 512))
    for _ in range(20):
        wrong = relu(wrong @ init_for_linear_layers(512, 512, rng))
        right = relu(right @ he_normal(512, 512, rng))
    assert (wrong**2).mean() < 1e-5 and 0.2 < (right**2).mean() < 5


def test_a_relu_output_cannot_predict_below_zero():
    rng = np.random.default_rng(1)
    h = rng.standard_normal((50, 3))
    targets = h @ np.array([1.0, -2.0, 0.5])
    out = regression_output(h, np.array([1.0, -2.0, 0.5]), 0.0)
    assert out.min() == 0 and targets.min() < -1
    # Even with the true weights, half the mean square is lost, near enough.
    assert ((out - targets) ** 2).mean() > 0.3 * (targets**2).mean()


def test_one_batch_calls_sparse_units_dead():
    # 200 units, each active on exactly 10 % of 1,000 examples.
    rng = np.random.default_rng(2)
    z = np.full((1000, 200), -1.0)
    for unit in range(200):
        z[rng.choice(1000, 100, replace=False), unit] = 1.0
    assert not dead_units(z).any()
    share = dead_in_one_batch(z, rng).mean()
    # 200 draws with chance 0.35 have a standard deviation of 0.034.
    assert abs(share - 0.35) < 5 * 0.034
