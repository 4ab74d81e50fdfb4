"""What the masks promise. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.causal_mask import causal_mask, leak, masked_softmax, padding_mask

N, T, S = 2, 3, 5


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def attend(mask):
    """Self-attention without weights, under a mask."""
    return lambda x: masked_softmax(x @ x.swapaxes(-1, -2), mask) @ x


def test_a_position_sees_itself_and_what_came_before():
    mask = causal_mask(T)
    assert mask.dtype == bool and mask.shape == (T, T)
    assert mask.astype(int).tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_with_a_cache_the_queries_are_the_last_positions():
    np.testing.assert_array_equal(causal_mask(T, S), causal_mask(S)[-T:])
    assert causal_mask(1, S).all()  # one new token sees the whole cache
    assert causal_mask(0, S).shape == (0, S)


def test_padding_stands_on_the_side_that_was_asked_for():
    lengths = np.array([3, 5, 0])
    right = padding_mask(lengths, S)
    assert right.shape == (3, 1, S) and right.dtype == bool
    assert right[:, 0].astype(int).tolist() == [[1, 1, 1, 0, 0], [1] * 5, [0] * 5]
    np.testing.assert_array_equal(padding_mask(lengths, S, "left"), right[..., ::-1])
    np.testing.assert_array_equal(padding_mask(lengths, S, side="right"), right)


def test_only_left_padding_leaves_rows_with_nothing_to_see():
    lengths = np.array([3, 5])
    right = causal_mask(S) & padding_mask(lengths, S)
    left = causal_mask(S) & padding_mask(lengths, S, "left")
    assert right.shape == (2, S, S) and right.any(axis=-1).all()
    assert left.any(axis=-1).tolist() == [[False, False, True, True, True], [True] * 5]


def test_the_visible_weights_are_a_softmax_and_the_others_exactly_zero():
    scores = np.random.default_rng(0).standard_normal((N, T, S)) * 3
    mask = causal_mask(T, S)
    weights = masked_softmax(scores, mask)
    assert weights.shape == scores.shape and not weights[:, ~mask].any()
    for n, t in np.ndindex(N, T):
        exps = np.exp(scores[n, t, mask[t]])
        np.testing.assert_allclose(weights[n, t, mask[t]], exps / exps.sum(), rtol=1e-12)


def test_the_page_s_weights():
    scores = np.array([[1.0, 3.0, 2.0], [0.0, 1.0, 2.0], [2.0, 0.0, 1.0]])
    weights = masked_softmax(scores, causal_mask(3))
    assert weights.round(4).tolist() == [[1.0, 0.0, 0.0], [0.2689, 0.7311, 0.0], [0.6652, 0.09, 0.2447]]


def test_a_row_with_nothing_to_see_is_zero_and_not_nan():
    scores = np.random.default_rng(0).standard_normal((T, S))
    mask = causal_mask(T, S)
    mask[1] = False
    weights = masked_softmax(scores, mask)
    assert not weights[1].any()
    np.testing.assert_allclose(weights[[0, 2]].sum(axis=1), 1, rtol=1e-12)
    assert masked_softmax(scores[:, :0], mask[:, :0]).shape == (T, 0)


def test_a_huge_score_in_the_future_changes_nothing():
    for dtype in (np.float16, np.float32, np.float64):
        scores = np.array([[1.0, 2.0, 6e4]], dtype)
        weights = masked_softmax(scores, np.array([True, True, False]))
        assert weights.dtype == dtype
        np.testing.assert_allclose(weights[0], [0.2689, 0.7311, 0.0], atol=1e-3)
        np.testing.assert_allclose(masked_softmax(scores, np.array([True] * 3)), [[0, 0, 1]], atol=1e-3)
        low = masked_softmax(np.array([[-6e4, -6e4, 0.0]], dtype), np.array([True, True, False]))
        assert low.tolist() == [[0.5, 0.5, 0.0]]  # far below 0, and still a row that sums to 1


def test_a_causal_model_does_not_leak():
    x = np.random.default_rng(0).standard_normal((N, S, 4))
    before = x.copy()
    assert leak(attend(causal_mask(S)), x, np.random.default_rng(1)) < 1e-12
    np.testing.assert_array_equal(x, before)


def test_a_leak_is_found_wherever_it_is():
    x = np.random.default_rng(0).standard_normal((N, S, 4))
    for t in range(S - 1):
        mask = causal_mask(S)
        mask[t, t + 1] = True  # one position sees one key too many
        assert leak(attend(mask), x, np.random.default_rng(1)) > 0.1, t
    assert leak(lambda x: x - x.mean(axis=1, keepdims=True), x, np.random.default_rng(1)) > 0.1


def test_the_size_of_a_leak_is_reported():
    x = np.zeros((1, 4, 1))
    ahead = leak(lambda x: np.concatenate([x[:, 1:], x[:, -1:]], axis=1), x, np.random.default_rng(1))
    rng = np.random.default_rng(1)
    drawn = [np.abs(10 * rng.standard_normal((1, 4 - t, 1)))[0, 0, 0] for t in range(1, 4)]
    np.testing.assert_allclose(ahead, max(drawn), rtol=1e-12)


def test_a_model_that_gives_nan_is_not_reported_as_causal():
    x = np.random.default_rng(0).standard_normal((N, S, 4))
    assert np.isnan(leak(lambda x: np.full_like(x, np.nan), x, np.random.default_rng(1)))


def test_an_additive_mask_is_refused_and_not_read_the_wrong_way_round():
    scores = np.zeros((T, S))
    message = raises(masked_softmax, scores, np.where(causal_mask(T, S), 0.0, -np.inf))
    assert message == "mask must be boolean, got float64"
    message = raises(masked_softmax, scores, causal_mask(T, S).astype(np.int32))
    assert message == "mask must be boolean, got int32"


def test_sizes_that_do_not_fit_are_named():
    assert raises(causal_mask, 5, 3) == "keys must be at least queries = 5, got 3"
    assert raises(padding_mask, np.array([2, 6]), 5) == "lengths must lie between 0 and 5, got [2 6]"
    assert raises(padding_mask, np.array([-1]), 5) == "lengths must lie between 0 and 5, got [-1]"
    assert raises(padding_mask, np.array([2]), 5, "top") == "side must be right or left, got top"
