"""What sharing keys and values promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.grouped_query_attention import (
    cached_numbers,
    cached_numbers_latent,
    grouped_query_attention,
    latent_attention,
    pool_heads,
    softmax,
)

N, H, T, S, D, E = 2, 6, 3, 5, 4, 7


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def draw(groups, seed=0, steps=T):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((N, H, steps, D)), rng.standard_normal((N, groups, S, D)),
            rng.standard_normal((N, groups, S, E)))


def one_head(query, key, value):
    weights = np.exp(query @ key.T / np.sqrt(query.shape[1]))
    return weights / weights.sum(axis=1, keepdims=True) @ value


def test_softmax_sums_to_one_and_bears_huge_scores():
    probs = softmax(np.array([[1000.0, 1000.0, -np.inf], [0.0, np.log(2.0), np.log(5.0)]]))
    np.testing.assert_allclose(probs, [[0.5, 0.5, 0], [1 / 8, 2 / 8, 5 / 8]], atol=1e-12)


def test_grouped_equals_multi_head_with_each_head_repeated():
    for groups in (1, 2, 3, 6):
        query, key, value = draw(groups)
        out = grouped_query_attention(query, key, value)
        assert out.shape == (N, H, T, E)
        repeated = [np.repeat(x, H // groups, axis=1) for x in (key, value)]
        np.testing.assert_allclose(out, grouped_query_attention(query, *repeated), atol=1e-12)
        for h in range(H):  # and head by head
            group = h // (H // groups)
            np.testing.assert_allclose(out[1, h], one_head(query[1, h], key[1, group], value[1, group]),
                                       atol=1e-12)


def test_causal_queries_stand_at_the_end_of_the_keys():
    query, key, value = draw(2)
    out = grouped_query_attention(query, key, value, is_causal=True)
    for t in range(T):
        seen = S - T + t + 1
        step = grouped_query_attention(query[:, :, t:t + 1], key[:, :, :seen], value[:, :, :seen])
        np.testing.assert_allclose(out[:, :, t:t + 1], step, atol=1e-12)
    value[:, :, -1] = 1e6  # the last key changes the last query only
    changed = grouped_query_attention(query, key, value, is_causal=True)
    np.testing.assert_array_equal(changed[:, :, :-1], out[:, :, :-1])
    assert (changed[:, :, -1] != out[:, :, -1]).all()


def test_pooled_heads_average_the_keys_of_their_group():
    rng = np.random.default_rng(1)
    weight, x = rng.standard_normal((H * D, 5)), rng.standard_normal(5)
    keys = (weight @ x).reshape(H, D)
    pooled = pool_heads(weight, H, 2)
    assert pooled.shape == (2 * D, 5)
    np.testing.assert_allclose((pooled @ x).reshape(2, D), [keys[:3].mean(0), keys[3:].mean(0)], atol=1e-12)
    np.testing.assert_allclose(pool_heads(weight, H, H), weight, atol=1e-15)


def test_absorbed_latents_give_the_same_output_as_keys_and_values():
    rng = np.random.default_rng(2)
    P, R = 2, 8
    shapes = ((N, H, D), (N, H, P), (N, S, R), (N, S, P), (H, D, R), (H, E, R))
    args = [rng.standard_normal(shape) for shape in shapes]
    absorbed = latent_attention(*args)
    assert absorbed.shape == (N, H, E)
    np.testing.assert_allclose(absorbed, latent_attention(*args, absorb=False), atol=1e-12)
    np.testing.assert_array_equal(absorbed, latent_attention(*args, absorb=True))  # to the last bit
    query, query_rope, latent, key_rope, up_key, up_value = args
    for h in range(H):
        key = np.concatenate([latent[0] @ up_key[h].T, key_rope[0]], axis=1)
        whole = np.concatenate([query[0, h], query_rope[0, h]])[None]
        np.testing.assert_allclose(absorbed[0, h], one_head(whole, key, latent[0] @ up_value[h].T)[0],
                                   atol=1e-12)


def test_cache_of_published_models():
    assert cached_numbers(80, 128, 64) == 1_310_720  # Llama 3 70B with multi-head attention
    assert cached_numbers(80, 128, 8) == 163_840  # as released
    assert cached_numbers(80, 128, 1) == 20_480
    assert 2 * cached_numbers(126, 128, 8) == 516_096  # Llama 3.1 405B, bytes
    assert 2 * cached_numbers_latent(61, 512, 64) == 70_272  # DeepSeek-V3, bytes
    assert round(128 * (2 * 512 + 64) / cached_numbers_latent(1, 512, 64)) == 242  # work per number
    assert cached_numbers_latent(1, 512, 64) == 2.25 * cached_numbers(1, 128, 1)
    v2, dense = cached_numbers_latent(60, 512, 64), cached_numbers(95, 128, 8)
    assert round(100 - 100 * v2 / dense, 1) == 82.2 and round(100 - 100 * 6 * v2 / (16 * dense), 1) == 93.3
    assert round(70_553_706_496 / cached_numbers(80, 128, 8), -3) == 431_000


def test_inputs_stay_and_float32_stays():
    arrays = [x.astype(np.float32) for x in draw(3)]
    before = [x.copy() for x in arrays]
    assert grouped_query_attention(*arrays, is_causal=True).dtype == np.float32
    for x, kept in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(x, kept)


def test_bad_input_is_named():
    query, key, value = draw(4)
    assert "key has 4 heads" in raises(grouped_query_attention, query, key, value)
    query, key, value = draw(2, steps=S + 1)
    assert "6 causal steps" in raises(grouped_query_attention, query, key, value, is_causal=True)
    assert "key has 0 heads" in raises(grouped_query_attention, query, key[:, :0], value[:, :0])
    assert "got 4" in raises(pool_heads, np.zeros((H * D, 5)), H, 4)
