"""How each mistake fails."""

import numpy as np

from snippets.transformers.pre_norm_vs_post_norm import pre_norm, rms_norm
from snippets.transformers.pre_norm_vs_post_norm_mistakes import (
    pre_norm_without_the_last,
    qk_norm_over_positions,
)


def test_without_the_last_norm_the_output_grows_with_depth():
    rng = np.random.default_rng(0)
    x, weights = rng.standard_normal((100, 64)), rng.standard_normal((64, 64, 64)) / 8
    branches = [lambda x, w=w: x @ w for w in weights]
    size = [np.sqrt((pre_norm_without_the_last(x, branches[:n], rms_norm) ** 2).mean()) for n in (4, 64)]
    assert abs(size[0] - np.sqrt(5)) < 0.2 and abs(size[1] - np.sqrt(65)) < 0.5
    assert abs((pre_norm(x, branches) ** 2).mean() - 1) < 1e-3


def test_over_positions_an_early_query_knows_a_later_one():
    x = np.random.default_rng(0).standard_normal((4, 6))
    other = x.copy()
    other[-1] *= 10
    assert np.abs(qk_norm_over_positions(other)[0] - qk_norm_over_positions(x)[0]).max() > 0.1
    np.testing.assert_array_equal(rms_norm(other)[0], rms_norm(x)[0])
