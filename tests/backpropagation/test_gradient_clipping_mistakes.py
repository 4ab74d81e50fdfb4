"""Each wrong clipping fails where the page says."""

import numpy as np

from snippets.backpropagation.gradient_clipping import clip_by_norm, cosine
from snippets.backpropagation.gradient_clipping_mistakes import (
    clip_before_unscaling,
    clip_each_parameter,
    clip_every_micro_batch,
)


def test_a_factor_per_parameter_turns_the_step():
    grads = [np.array([6.0, 8.0]), np.array([0.1])]
    wrong = np.concatenate(clip_each_parameter(grads, 1.0))
    right = np.concatenate(clip_by_norm(grads, 1.0)[0])
    whole = np.concatenate(grads)
    assert round(cosine(wrong, whole), 3) == 0.996 and abs(cosine(right, whole) - 1) < 1e-12
    assert abs(wrong[2] / wrong[1] - 0.125) < 1e-6  # it was 0.0125


def test_a_threshold_against_scaled_gradients_stops_training():
    grads = [np.array([0.3, 0.4])]  # below the threshold: nothing to clip
    wrong = clip_before_unscaling([65536 * g for g in grads], 1.0, 65536.0)
    np.testing.assert_allclose(np.linalg.norm(wrong[0]), 1 / 65536, rtol=1e-6)
    np.testing.assert_array_equal(clip_by_norm(grads, 1.0)[0][0], grads[0])


def test_clipping_micro_batches_is_not_clipping_their_mean():
    batches = [[np.array([10.0, 0.0])], [np.array([0.0, 1.0])]]
    np.testing.assert_allclose(clip_every_micro_batch(batches, 1.0)[0], [0.5, 0.5], rtol=1e-5)
    joint = clip_by_norm([np.array([5.0, 0.5])], 1.0)[0][0]
    np.testing.assert_allclose(joint, [0.995, 0.0995], atol=1e-4)
