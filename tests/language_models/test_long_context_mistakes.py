"""How each mistake fails."""

import numpy as np

from snippets.language_models.long_context import rope_frequencies, sink_window_mask, yarn_frequencies
from snippets.language_models.long_context_mistakes import (
    attend_with_new_factor,
    sliding_window_mask,
    yarn_logits,
)


def turn_at(positions):
    def turn(x, factor):
        angle = np.asarray(positions)[:, None] * rope_frequencies(8) / factor
        pairs = x.reshape(len(x), 4, 2) @ np.array([1, 1j]) * np.exp(1j * angle)
        return np.stack([pairs.real, pairs.imag], axis=-1).reshape(x.shape)

    return turn


def test_mixed_factors_make_scores_depend_on_the_absolute_position():
    q, k = np.random.default_rng(0).standard_normal((2, 1, 8))
    mixed = [attend_with_new_factor(q, turn_at([t])(k, 1.0), turn_at([t + 3]), 4.0).item() for t in (0, 50)]
    equal = [attend_with_new_factor(q, turn_at([t])(k, 4.0), turn_at([t + 3]), 4.0).item() for t in (0, 50)]
    assert abs(mixed[0] - mixed[1]) > 0.1 and abs(equal[0] - equal[1]) < 1e-12


def test_a_scale_used_once_is_too_small():
    q, k = np.random.default_rng(1).standard_normal((2, 3, 8))
    scale = yarn_frequencies(8, 10_000.0, 32.0, 4096)[1]
    np.testing.assert_allclose(yarn_logits(q, k, scale) * scale, (scale * q) @ (scale * k).T)
    assert scale > 1.3


def test_a_window_alone_drops_a_sink_that_took_most_of_the_weight():
    scores = np.zeros(200)
    scores[0] = 8.0  # the first key as sink: 2,981 of 3,180 parts of the weight

    def weights(mask):
        e = np.where(mask, np.exp(scores), 0)
        return e / e.sum()

    full = weights(np.ones(200, bool))
    kept, lost = (weights(make[-1]) for make in (sink_window_mask(200, 50, 4), sliding_window_mask(200, 50)))
    assert full[-50:].sum() < 0.02 and kept[-50:].sum() < 0.02 and abs(lost[-50:].sum() - 1) < 1e-12
