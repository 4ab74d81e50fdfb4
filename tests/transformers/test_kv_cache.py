"""What the cache promises. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.kv_cache import attention, cache_bytes, decode_intensity, gather_pages, rotate

N, T, H, D = 2, 7, 3, 12


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem(seed=0, kind=np.float64):
    rng = np.random.default_rng(seed)
    shapes = ((N, T, D), (3 * D, D), (D, D))
    return [rng.standard_normal(shape).astype(kind) for shape in shapes]


def test_token_by_token_equals_the_whole_sequence():
    x, qkv, out = problem()
    whole, cache = attention(x, qkv, out, H)
    assert whole.shape == (N, T, D) and cache[0].shape == cache[1].shape == (N, H, T, D // H)
    past = None
    for t in range(T):
        y, past = attention(x[:, t : t + 1], qkv, out, H, past)
        np.testing.assert_allclose(y[:, 0], whole[:, t], rtol=1e-9, atol=1e-11)
        assert past[0].shape == (N, H, t + 1, D // H)
    np.testing.assert_allclose(past[0], cache[0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(past[1], cache[1], rtol=1e-9, atol=1e-12)


def test_a_prompt_in_pieces_equals_a_prompt_at_once():
    x, qkv, out = problem(1)
    whole, _ = attention(x, qkv, out, H)
    for cut in (1, 3, 6):
        first, past = attention(x[:, :cut], qkv, out, H)
        second, _ = attention(x[:, cut:], qkv, out, H, past)
        np.testing.assert_allclose(np.concatenate([first, second], 1), whole, rtol=1e-9, atol=1e-11)


def test_no_token_sees_a_later_one():
    x, qkv, out = problem(2)
    before, _ = attention(x, qkv, out, H)
    x[:, 4:] += 1.0
    after, _ = attention(x, qkv, out, H)
    np.testing.assert_array_equal(after[:, :4], before[:, :4])
    assert np.abs(after[:, 4:] - before[:, 4:]).max() > 0.01


def test_one_head_by_hand():
    # Two tokens, identity projections: the second mixes both by the softmax of the turned scores.
    x = np.array([[[1.0, 0.0], [0.0, 2.0]]])
    eye = np.eye(2)
    y, _ = attention(x, np.concatenate([eye, eye, eye]), eye, 1)
    # Query at 1, key at 0: (0, 2) turned by 1 is (-2 sin 1, 2 cos 1); its product with (1, 0) is -2 sin 1.
    scores = np.array([-2 * np.sin(1.0), 4.0]) / np.sqrt(2)
    weights = np.exp(scores) / np.exp(scores).sum()
    np.testing.assert_allclose(y[0], [[1, 0], [weights[0], 2 * weights[1]]], rtol=1e-12)


def test_a_cache_that_came_in_is_not_touched():
    x, qkv, out = problem(3)
    _, past = attention(x[:, :4], qkv, out, H)
    before = past[0].copy(), past[1].copy(), x.copy()
    attention(x[:, 4:5], qkv, out, H, past)
    attention(x[:, 4:5], qkv, out, H, past)
    for one, same in zip((*past, x), before, strict=True):
        np.testing.assert_array_equal(one, same)


def test_float32_stays_float32_and_huge_scores_do_not_overflow():
    x, qkv, out = problem(4, np.float32)
    y, cache = attention(x, qkv, out, H)
    assert y.dtype == cache[0].dtype == cache[1].dtype == np.float32
    loud, _ = attention(1e3 * x, qkv, out, H)
    assert np.isfinite(loud).all()


def test_rotation_starts_where_the_cache_ends():
    x = np.random.default_rng(5).standard_normal((5, 4))
    np.testing.assert_allclose(rotate(x, 0)[3:], rotate(x[3:], 3), rtol=1e-12)
    np.testing.assert_array_equal(rotate(x, 0)[0], x[0])
    pair = np.array([[1.0, 0.0]])
    np.testing.assert_allclose(rotate(pair, 2), [[np.cos(2.0), np.sin(2.0)]], rtol=1e-12)


def test_the_size_is_two_times_layers_heads_width_and_tokens():
    assert cache_bytes(3, 5, 7, 11) == 2 * 3 * 5 * 7 * 11 * 2
    assert cache_bytes(3, 5, 7, 11, batch=13, bytes_per_number=0.5) == 3 * 5 * 7 * 11 * 13
    assert cache_bytes(32, 32, 128, 1) == 524_288 and cache_bytes(80, 8, 128, 1) == 327_680
    assert cache_bytes(4, 4, 4, 0) == 0
    x, qkv, out = problem()
    _, (k, v) = attention(x, qkv, out, H)
    assert k.nbytes + v.nbytes == cache_bytes(1, H, D // H, T, N, 8)


def test_the_work_per_byte_grows_with_the_batch_up_to_what_the_cache_allows():
    assert decode_intensity(1000, 0, 7) == 7  # weights alone: one per sequence
    assert decode_intensity(1000, 10, 1) == 1  # multi-head, one sequence
    np.testing.assert_allclose(decode_intensity(1000, 10, 3, 4), 3 * 1040 / 1030, rtol=1e-12)
    np.testing.assert_allclose(decode_intensity(1000, 10, 10**9, 4), 104, rtol=1e-4)


def test_pages_in_any_order_give_the_sequence_back():
    pages = np.arange(5 * 4 * 2).reshape(5, 4, 2)
    rows = gather_pages(pages, [3, 0, 4], 10)
    assert rows.shape == (10, 2)
    np.testing.assert_array_equal(rows, np.concatenate([pages[3], pages[0], pages[4][:2]]))
    assert gather_pages(pages, [], 0).shape == (0, 2)


def test_pages_may_hold_heads_and_other_axes():
    pages = np.arange(5 * 4 * 3 * 2).reshape(5, 4, 3, 2)
    rows = gather_pages(pages, [2, 1], 6)
    assert rows.shape == (6, 3, 2)
    np.testing.assert_array_equal(rows, np.concatenate([pages[2], pages[1][:2]]))


def test_no_sequence_and_no_new_token_give_empty_outputs():
    x, qkv, out = problem(6)
    y, cache = attention(x[:0], qkv, out, H)
    assert y.shape == (0, T, D) and cache[0].shape == (0, H, T, D // H)
    _, past = attention(x, qkv, out, H)
    y, cache = attention(x[:, :0], qkv, out, H, past)
    assert y.shape == (N, 0, D)
    np.testing.assert_array_equal(cache[0], past[0])


def test_whole_numbers_are_rotated_like_their_floats():
    x = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(rotate(x, 2), rotate(x.astype(np.float64), 2))


def test_bad_input_is_named():
    x, qkv, out = problem()
    assert raises(rotate, np.zeros((3, 5)), 0) == "x needs an even last axis, got (3, 5)"
    assert "num_heads" in raises(attention, x, qkv, out, 5)
    assert raises(decode_intensity, 10, 10, 0) == "batch must be positive, got 0"
    assert "table has 2 pages" in raises(gather_pages, np.zeros((5, 4, 2)), [0, 1], 9)
