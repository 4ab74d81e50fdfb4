"""Each check fails a gradient that is right."""

import numpy as np

from snippets.backpropagation.gradient_check import relative_error
from snippets.backpropagation.gradient_check_mistakes import (
    derivative_in_float32,
    loss_with_dropout,
    worst_element,
)


def test_a_step_of_a_millionth_is_lost_in_float32():
    x = np.float32(32.0)  # the next number is 3.8e-6 further
    assert derivative_in_float32(np.sqrt, x) == 0
    assert abs(derivative_in_float32(np.sqrt, x, 0.1) / (0.5 / np.sqrt(32)) - 1) < 1e-3


def test_one_tiny_entry_fails_a_gradient_that_is_right_to_ten_digits():
    right = np.array([1.0, 1e-10])
    numeric = right + np.array([1e-11, 1e-11])
    assert worst_element(right, numeric) > 0.05
    assert relative_error(right, numeric) < 1e-11


def test_a_new_mask_in_each_call_gives_a_difference_without_any_step():
    rng = np.random.default_rng(0)
    x, h = np.ones(10), 1e-5
    assert abs(loss_with_dropout(x, rng) - loss_with_dropout(x, rng)) / (2 * h) > 1e5
    up = loss_with_dropout(x + h, np.random.default_rng(1))
    down = loss_with_dropout(x - h, np.random.default_rng(1))
    kept = np.sum(np.random.default_rng(1).random(10) < 0.5)
    np.testing.assert_allclose((up - down) / (2 * h), 8 * kept, rtol=1e-8)
