"""How each mistake fails."""

import numpy as np

from snippets.transformers.positional_encoding import apply_rope
from snippets.transformers.positional_encoding_mistakes import positions_of, rope_with_mixed_layouts


def test_mixed_layouts_are_no_rotation_and_lose_the_distance():
    rng = np.random.default_rng(0)
    q, k = rng.standard_normal((2, 5, 8))
    here = np.arange(5)
    turned = rope_with_mixed_layouts(q, here)
    assert np.abs(np.linalg.norm(turned, axis=1) - np.linalg.norm(q, axis=1)).max() > 0.1
    scores = [rope_with_mixed_layouts(q, here + s) @ rope_with_mixed_layouts(k, here + s).T for s in (0, 9)]
    assert np.abs(scores[0] - scores[1]).max() > 0.1


def test_the_other_layout_keeps_every_invariant_and_is_still_another_model():
    rng = np.random.default_rng(1)
    q, k = rng.standard_normal((2, 6, 8))
    here = np.arange(6)
    trained = apply_rope(q, here, interleaved=True) @ apply_rope(k, here, interleaved=True).T
    loaded = apply_rope(q, here) @ apply_rope(k, here).T
    np.testing.assert_allclose(np.diag(loaded), np.diag(trained), rtol=1e-12)  # distance 0 agrees
    assert np.abs(loaded - trained).max() > 0.5


def test_turned_before_the_split_halves_lose_the_distance_and_neighbors_the_slow_pairs():
    rng = np.random.default_rng(2)
    q, k = rng.standard_normal((2, 5, 8))  # two heads of width 4, not yet split

    def first_head(interleaved, shift):
        q_turned, k_turned = (apply_rope(x, np.arange(5) + shift, interleaved=interleaved) for x in (q, k))
        return q_turned[:, :4] @ k_turned[:, :4].T

    assert np.abs(first_head(False, 9) - first_head(False, 0)).max() > 0.5
    np.testing.assert_allclose(first_head(True, 9), first_head(True, 0), atol=1e-12)
    # Neighbors: the first head has the two fastest frequencies of four.
    slice_of_all = apply_rope(q, np.arange(5), interleaved=True)[:, :4]
    own = apply_rope(q[:, :4], np.arange(5), base=10_000.0**0.5, interleaved=True)
    np.testing.assert_allclose(slice_of_all, own, atol=1e-12)


def test_float16_positions_collide():
    positions = positions_of(2051)
    assert positions[2049] == positions[2048] and positions[2050] != positions[2049]
