"""How each mistake fails."""

import numpy as np

from snippets.transformers.kv_cache import attention, rotate
from snippets.transformers.kv_cache_mistakes import append, may_see, positions_of_the_new


def test_a_new_token_at_position_zero_gets_other_scores():
    rng = np.random.default_rng(0)
    q, keys = rng.standard_normal((1, 8)), rotate(rng.standard_normal((6, 8)), 0)
    assert positions_of_the_new(5, 1).tolist() == [0]
    right, wrong = rotate(q, 5) @ keys.T, rotate(q, positions_of_the_new(5, 1)[0]) @ keys.T
    assert np.abs(right - wrong).max() > 0.5


def test_a_mask_aligned_with_the_first_key_hides_the_past():
    assert may_see(4, 1).tolist() == [[True, False, False, False, False]]
    assert np.tril(np.ones((1, 5), bool), k=4).all()
    assert (may_see(0, 3) == np.tril(np.ones((3, 3), bool))).all()  # unnoticed without a cache


def test_appending_copies_quadratically_many_rows():
    cache, copied = np.zeros((0, 2)), 0
    for _ in range(1000):
        copied += len(cache)
        cache = append(cache, np.zeros((1, 2)))
    assert cache.shape == (1000, 2) and copied == 499_500


def test_a_changed_first_token_makes_the_whole_cache_stale_in_the_second_layer():
    rng = np.random.default_rng(1)
    x, qkv, out = rng.standard_normal((1, 5, 8)), rng.standard_normal((24, 8)), rng.standard_normal((8, 8))
    def second(x):
        return attention(attention(x, qkv, out, 2)[0], qkv, out, 2)[1]
    before = second(x)
    x[:, 0] += 1
    for old, new in zip(before, second(x), strict=True):
        assert np.abs(old - new).max(axis=(0, 1, 3)).min() > 1e-3  # every position
