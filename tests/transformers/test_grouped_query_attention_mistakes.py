"""Each wrong version fails where the page says, and the right one does not."""

import numpy as np

from snippets.transformers.grouped_query_attention import grouped_query_attention
from snippets.transformers.grouped_query_attention_mistakes import absorbed_score, repeat_heads, rotate


def test_tiled_heads_have_the_right_shape_and_the_wrong_owner():
    rng = np.random.default_rng(0)
    query, key, value = (rng.standard_normal((2, h, 5, 4)) for h in (6, 2, 2))
    right = grouped_query_attention(query, key, value)
    wrong = grouped_query_attention(query, repeat_heads(key, 3), repeat_heads(value, 3))
    assert wrong.shape == right.shape
    same = np.isclose(wrong, right).all(axis=(0, 2, 3))
    # Heads 0 and 5 happen to meet their own group, 2 and 3 too: 0 1 0 1 0 1 against 0 0 0 1 1 1.
    np.testing.assert_array_equal(same, [True, False, True, True, False, True])


def test_tiling_is_right_for_one_group_and_for_as_many_groups_as_heads():
    rng = np.random.default_rng(1)
    query = rng.standard_normal((2, 6, 5, 4))
    for groups in (1, 6):  # where a test of multi-query attention would not notice
        key, value = (rng.standard_normal((2, groups, 5, 4)) for _ in range(2))
        np.testing.assert_allclose(
            grouped_query_attention(query, repeat_heads(key, 6 // groups), repeat_heads(value, 6 // groups)),
            grouped_query_attention(query, key, value), atol=1e-12)


def test_a_rotation_cannot_be_moved_past_the_up_projection():
    rng = np.random.default_rng(2)
    query, latent, up_key = rng.standard_normal(4), rng.standard_normal(6), rng.standard_normal((4, 6))

    def right(t, s):
        return rotate(query, t) @ rotate(up_key @ latent, s)

    np.testing.assert_allclose(absorbed_score(query, 0, latent, 0, up_key), right(0, 0), atol=1e-12)
    assert abs(absorbed_score(query, 9, latent, 2, up_key) - right(9, 2)) > 0.1
    # Right scores depend on the distance only, whatever the position.
    np.testing.assert_allclose(right(9, 2), right(107, 100), atol=1e-9)
