"""How each mistake fails."""

import numpy as np

from snippets.transformers.transformer_block import layer_norm, rms_norm
from snippets.transformers.transformer_block_mistakes import (
    block_that_adds_to_the_norm,
    norm_by_the_sample_deviation,
    norm_over_the_sequence,
    rms_norm_in_half,
)


def plain(x):
    return layer_norm(x, np.ones(x.shape[-1]), np.zeros(x.shape[-1]))


def test_added_to_the_norm_a_silent_branch_still_changes_the_stream():
    x = 5 + 3 * np.random.default_rng(0).standard_normal((2, 6))
    out = block_that_adds_to_the_norm(x, plain, lambda x: 0 * x)
    assert abs(out.mean()) < 1e-9 and abs(x.mean()) > 3  # scale and mean of the stream are gone


def test_statistics_over_the_sequence_leak():
    x = np.random.default_rng(0).standard_normal((1, 4, 6))
    other = x.copy()
    other[:, -1] += 10
    assert np.abs(norm_over_the_sequence(other) - norm_over_the_sequence(x))[:, 0].max() > 0.1
    np.testing.assert_array_equal(plain(other)[:, 0], plain(x)[:, 0])


def test_in_half_precision_a_large_position_becomes_zero():
    x = np.array([[300.0, -300.0], [255.0, 255.0]])
    with np.errstate(over="ignore"):
        wrong = rms_norm_in_half(x)
    assert not wrong[0].any() and wrong[1].tolist() == [1.0, 1.0]
    assert rms_norm(x.astype(np.float16), np.ones(2, np.float16)).tolist() == [[1.0, -1.0], [1.0, 1.0]]


def test_the_sample_deviation_shrinks_narrow_layers():
    x = np.random.default_rng(0).standard_normal((5, 4))
    right = layer_norm(x, np.ones(4), np.zeros(4), 0.0)
    np.testing.assert_allclose(norm_by_the_sample_deviation(x, 0.0) / right, np.sqrt(3 / 4), rtol=1e-9)
    assert round(100 * (1 - np.sqrt(767 / 768)), 2) == 0.07 and round(100 * (1 - np.sqrt(3 / 4))) == 13
