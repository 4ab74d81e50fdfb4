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


def test_float16_positions_collide():
    positions = positions_of(2051)
    assert positions[2049] == positions[2048] and positions[2050] != positions[2049]
