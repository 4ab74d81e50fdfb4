"""What the cost and the cheaper attentions promise. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.attention_cost import (
    layer_flops,
    linear_attention,
    reach,
    sliding_window_attention,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def some(seed=0, kind=np.float64):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape).astype(kind) for shape in ((2, 7, 3), (2, 7, 3), (2, 7, 5))]


def full(q, k, v, seen):
    scores = np.where(seen, q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]), -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True) @ v


def test_the_flops_are_two_per_multiply_add():
    cost = layer_flops(5, 7, 3, 1, 2, 11, causal=False, gated=False)
    assert cost == {"projections": 2 * 5 * 7 * (6 + 2 + 2 + 6), "attention": 2 * 2 * 25 * 6,
                    "mlp": 2 * 2 * 5 * 7 * 11}
    cost = layer_flops(5, 7, 3, 1, 2, 11)
    assert cost["attention"] == 2 * 2 * 15 * 6 and cost["mlp"] == 2 * 3 * 5 * 7 * 11


def test_attention_grows_with_the_square_and_the_rest_with_the_length():
    one, two = (layer_flops(t, 8, 2, 2, 4, 16, causal=False) for t in (100, 200))
    assert two["attention"] == 4 * one["attention"]
    assert two["projections"] == 2 * one["projections"] and two["mlp"] == 2 * one["mlp"]


def test_a_window_equals_full_attention_with_a_band_mask():
    q, k, v = some()
    distance = np.arange(7)[:, None] - np.arange(7)
    for window in (1, 2, 4):
        expected = full(q, k, v, (distance >= 0) & (distance < window))
        np.testing.assert_allclose(sliding_window_attention(q, k, v, window), expected, atol=1e-11)


def test_a_window_as_long_as_the_text_is_causal_attention():
    q, k, v = some(1)
    expected = full(q, k, v, np.tril(np.ones((7, 7), bool)))
    for window in (7, 20):
        np.testing.assert_allclose(sliding_window_attention(q, k, v, window), expected, atol=1e-11)


def test_fewer_queries_than_keys_are_the_last_tokens():
    q, k, v = some(7)
    whole = sliding_window_attention(q, k, v, 3)
    for new in (1, 2, 5):
        part = sliding_window_attention(q[:, -new:], k, v, 3)
        np.testing.assert_allclose(part, whole[:, -new:], atol=1e-12)


def test_an_endless_window_takes_no_endless_memory():
    q, k, v = some(8)
    np.testing.assert_allclose(sliding_window_attention(q, k, v, 10**9), sliding_window_attention(q, k, v, 7))
    assert sliding_window_attention(q[:, :0], k[:, :0], v[:, :0], 3).shape == (2, 0, 5)


def test_the_reach_of_a_stack_is_what_really_changes_the_output():
    assert reach(1, 4) == 4 and reach(32, 4096) == 131_041 and reach(0, 4) == 1
    rng = np.random.default_rng(2)
    x = rng.standard_normal((12, 4))

    def stack(x):
        for _ in range(3):
            x = x + sliding_window_attention(x, x, x, 3)
        return x[-1]

    before = stack(x)
    touched = []
    for t in range(12):
        other = x.copy()
        other[t] += 1.0
        touched.append(bool(np.abs(stack(other) - before).max() > 0))
    assert touched == [False] * (12 - reach(3, 3)) + [True] * reach(3, 3)


def test_linear_attention_equals_its_quadratic_form():
    q, k, v = some(3)
    ours = linear_attention(q, k, v)
    phi_q, phi_k = (np.where(x > 0, x + 1, np.exp(x)) for x in (q, k))
    weights = np.tril(phi_q @ phi_k.swapaxes(-1, -2))
    np.testing.assert_allclose(ours, weights / weights.sum(-1, keepdims=True) @ v, rtol=1e-10, atol=1e-12)


def test_batches_and_heads_are_independent():
    rng = np.random.default_rng(9)
    q, k = rng.standard_normal((2, 3, 2, 5, 4))
    v = rng.standard_normal((3, 2, 5, 6))
    for function in (linear_attention, lambda q, k, v: sliding_window_attention(q, k, v, 3)):
        whole = function(q, k, v)
        assert whole.shape == (3, 2, 5, 6)
        for one in np.ndindex(3, 2):
            np.testing.assert_allclose(whole[one], function(q[one], k[one], v[one]), rtol=1e-12)


def test_linear_attention_is_another_function_than_softmax_attention():
    q, k, v = some(4)
    softmax = full(q, k, v, np.tril(np.ones((7, 7), bool)))
    np.testing.assert_allclose(linear_attention(q, k, v)[:, 0], softmax[:, 0], rtol=1e-12)  # one key
    assert np.abs(linear_attention(q, k, v) - softmax).max() > 0.05


def test_types_stay_and_inputs_stay():
    q, k, v = some(5, np.float32)
    before = [x.copy() for x in (q, k, v)]
    assert sliding_window_attention(q, k, v, 3).dtype == linear_attention(q, k, v).dtype == np.float32
    for x, same in zip((q, k, v), before, strict=True):
        np.testing.assert_array_equal(x, same)
    whole = (10 * v).astype(np.int64)  # a mean of whole numbers is not one
    for function in (lambda v: sliding_window_attention(q, k, v, 3), lambda v: linear_attention(q, k, v)):
        np.testing.assert_allclose(function(whole), function(whole.astype(np.float64)), rtol=1e-5)


def test_huge_scores_do_not_overflow_and_nothing_comes_of_nothing():
    q, k, v = some(6)
    assert np.isfinite(sliding_window_attention(1e4 * q, k, v, 3)).all()
    assert np.isfinite(linear_attention(1e3 * q, k, v)).all()
    assert linear_attention(q[:, :0], k[:, :0], v[:, :0]).shape == (2, 0, 5)


def test_a_window_of_nothing_is_refused():
    q, k, v = some()
    assert raises(sliding_window_attention, q, k, v, 0) == "window must be at least 1, got 0"


def test_lengths_that_do_not_fit_are_refused():
    q, k, v = some()
    assert raises(sliding_window_attention, q, k[:, :3], v[:, :3], 2) == "k has 3 keys for 7 queries"
    assert raises(linear_attention, q[:, :3], k, v) == "q, k and v have (3, 7, 7) rows"
    assert raises(linear_attention, q, k, v[:, :3]) == "q, k and v have (7, 7, 3) rows"
