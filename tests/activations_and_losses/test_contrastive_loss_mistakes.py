"""How each mistake fails."""

import numpy as np

from snippets.activations_and_losses.contrastive_loss import clip_loss, info_nce
from snippets.activations_and_losses.contrastive_loss_mistakes import (
    both_views_with_itself,
    positives_only,
    unnormalized_scores,
)


def test_without_unit_norm_longer_vectors_lower_the_loss():
    q = np.eye(3)
    short, long = info_nce(q, q, 0.5)[0], info_nce(3 * q, 3 * q, 0.5)[0]
    assert long < 0.7 * short
    np.testing.assert_allclose(unnormalized_scores(3 * q, q, 0.5), 3 * unnormalized_scores(q, q, 0.5))
    np.testing.assert_allclose(clip_loss(3 * q, q)[0], clip_loss(q, q)[0], rtol=1e-12)


def test_pulling_alone_is_solved_by_a_point():
    first, second = np.random.default_rng(0).standard_normal((2, 5, 3))
    assert positives_only(0 * first, 0 * second) == 0 < positives_only(first, second)
    collapsed = np.ones((5, 3))
    np.testing.assert_allclose(info_nce(collapsed, collapsed)[0], np.log(5), rtol=1e-12)  # no reward


def test_itself_among_the_keys_leaves_a_loss_even_for_perfect_views():
    z = np.concatenate([np.eye(5), np.eye(5)])  # two identical views of each of five images
    partner = np.roll(np.arange(10), 5)
    assert abs(both_views_with_itself(z, partner, 0.05) - np.log(2)) < 1e-6
