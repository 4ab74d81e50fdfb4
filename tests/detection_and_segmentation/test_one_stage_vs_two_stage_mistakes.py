"""Each mistake on the page fails in the way that the page says."""

import numpy as np

from snippets.detection_and_segmentation.one_stage_vs_two_stage import (
    background_share,
    focal_loss,
    prior_bias,
)
from snippets.detection_and_segmentation.one_stage_vs_two_stage_mistakes import (
    alpha_by_frequency,
    first_probability,
    mean_loss,
)

IS_OBJECT = (np.arange(100_000) < 50).astype(np.int64)


def test_the_mean_over_all_anchors_is_2000_times_too_small():
    logits = np.full(100_000, prior_bias())
    right = focal_loss(logits, IS_OBJECT)[0].sum() / IS_OBJECT.sum()
    assert abs(right / mean_loss(logits, IS_OBJECT) - 2000) < 1e-6


def test_alpha_by_frequency_silences_the_look_alikes():
    alpha = alpha_by_frequency(IS_OBJECT)
    assert abs(alpha - 0.9995) < 1e-9
    groups = np.array([0.6, 0.01, 0.6]), np.array([50.0, 99_930.0, 20.0]), np.array([1, 0, 0])
    assert 100 * background_share(*groups, 2.0, alpha) < 0.1
    assert 100 * background_share(*groups, 2.0, 0.25) > 75


def test_without_a_prior_every_anchor_starts_near_one_half():
    rng = np.random.default_rng(0)
    probs = first_probability(rng.normal(0, 0.01, 256), rng.normal(0, 1, (2000, 256)))
    assert np.abs(probs - 0.5).max() < 0.25  # standard deviation of the logit 0.16, times 5
    assert -np.log(1 - probs).mean() * 99_950 / 50 > 1000
