"""How each mistake fails."""

import numpy as np

from snippets.optimization.mixed_precision_mistakes import (
    clip_before_unscale,
    descend_in_half,
    softmax_in_half,
)


def test_clipping_scaled_gradients_makes_the_step_32768_times_too_small():
    grad, scale = np.array([0.3, -0.4]), 65536.0  # norm 0.5, within the bound of 1
    wrong = clip_before_unscale(grad * scale, scale, 1.0)
    np.testing.assert_allclose(np.linalg.norm(wrong), 1 / scale)
    np.testing.assert_allclose(0.5 / np.linalg.norm(wrong), 32768)


def test_a_thousand_small_updates_leave_a_float16_weight_where_it_was():
    assert descend_in_half(1.0, 1e-4, 1000) == 1.0
    assert descend_in_half(1.0, 1e-3, 100) < 0.91  # larger ones arrive


def test_softmax_in_half_precision_is_nan_at_a_logit_of_12():
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isfinite(softmax_in_half(np.array([11.0, 1.0]))).all()
        assert np.isnan(softmax_in_half(np.array([12.0, 1.0]))[0])
