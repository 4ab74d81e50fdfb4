"""What the masks, cross-attention and masking promise. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.encoder_vs_decoder import cross_attention, mask_tokens, visible


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_masks_of_three_source_and_two_target_tokens():
    assert visible("encoder", 3, 2).all() and visible("encoder", 3, 2).shape == (5, 5)
    np.testing.assert_array_equal(visible("decoder", 3, 2), np.tril(np.ones((5, 5))))
    expected = [[1, 1, 1, 0, 0], [1, 1, 1, 0, 0], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    np.testing.assert_array_equal(visible("prefix", 3, 2), expected)
    np.testing.assert_array_equal(visible("encoder-decoder", 3, 2), expected)


def test_pairs_by_formula():
    for s, t in ((1000, 100), (7, 5), (0, 4)):
        assert visible("decoder", s, t).sum() == (s + t) * (s + t + 1) // 2
        assert visible("prefix", s, t).sum() == s * s + s * t + t * (t + 1) // 2


def test_cross_attention_by_hand():
    # Equal keys: the mean of the values. One dominant key: its value.
    memory = np.array([[[1.0, 2.0], [3.0, 6.0], [5.0, 1.0]]])
    x = np.array([[[0.0], [1.0]]])
    out = cross_attention(x, memory, np.array([[100.0]]), np.array([[1.0], [0.0]]), np.eye(2))
    np.testing.assert_allclose(out, [[[3.0, 3.0], [5.0, 1.0]]], atol=1e-12)


def test_scores_are_divided_by_the_root_of_the_key_size():
    # Two keys of length K = 4 with products 0 and 2 ln 9: weights 1/10 and 9/10 after division by 2.
    w_query, w_key = np.zeros((3, 4)), np.zeros((5, 4))
    w_query[0, 1], w_key[2, 1] = 1.0, 2 * np.log(9)
    memory = np.zeros((1, 2, 5))
    memory[0, 1, 2], memory[0, 0, 0] = 1.0, 10.0
    out = cross_attention(np.array([[[1.0, 7.0, 7.0]]]), memory, w_query, w_key, np.eye(5))
    np.testing.assert_allclose(out[0, 0], [1.0, 0.0, 0.9, 0.0, 0.0], atol=1e-12)


def test_huge_scores_stay_finite():
    out = cross_attention(np.array([[[1000.0]]]), np.array([[[1.0], [2.0]]]), *[np.ones((1, 1))] * 3)
    np.testing.assert_allclose(out, [[[2.0]]])
    # Scores of -1000 and -2000 beside a query whose scores are 1000 and 2000.
    queries, memory = np.array([[[1000.0], [-1000.0]]]), np.array([[[1.0], [2.0]]])
    out = cross_attention(queries, memory, *[np.ones((1, 1))] * 3)
    np.testing.assert_allclose(out, [[[2.0], [1.0]]])


def test_the_order_of_the_memory_does_not_matter():
    rng = np.random.default_rng(0)
    x, memory = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 5, 6))
    weights = rng.standard_normal((4, 7)), rng.standard_normal((6, 7)), rng.standard_normal((6, 8))
    out = cross_attention(x, memory, *weights)
    assert out.shape == (2, 3, 8)
    np.testing.assert_allclose(out, cross_attention(x, memory[:, ::-1], *weights), atol=1e-12)


def test_masking_shares_and_targets():
    tokens = np.arange(200_000) % 50
    before = tokens.copy()
    inputs, targets = mask_tokens(tokens, 50, 50, np.random.default_rng(1))
    chosen = targets >= 0
    # Five standard deviations of a share of 200,000 or of the 30,000 chosen.
    assert abs(chosen.mean() - 0.15) < 0.004
    assert abs((inputs[chosen] == 50).mean() - 0.8) < 0.012
    assert abs((inputs[chosen] == tokens[chosen]).mean() - 0.102) < 0.009  # 10 % and a lucky 0.2 %
    # A random token: every one of the 50, none more than five standard deviations above 1 / 50.
    random = inputs[chosen & (inputs != tokens) & (inputs != 50)]
    assert abs(len(random) / chosen.sum() - 0.098) < 0.009
    assert np.bincount(random, minlength=50).min() > 0
    assert abs(np.bincount(random, minlength=50) / len(random) - 0.02).max() < 0.014
    np.testing.assert_array_equal(targets[chosen], tokens[chosen])
    np.testing.assert_array_equal(inputs[~chosen], tokens[~chosen])
    assert (targets[~chosen] == -100).all()
    assert mask_tokens(tokens, 0, 50, np.random.default_rng(1))[0].max() == 49
    np.testing.assert_array_equal(tokens, before)
    assert (mask_tokens(tokens, 50, 50, np.random.default_rng(1), rate=0.0)[1] == -100).all()


def test_small_integers_have_room_for_the_mask_and_for_nothing_to_predict():
    tokens = np.arange(40, dtype=np.uint8).reshape(5, 8)
    inputs, targets = mask_tokens(tokens, 300, 40, np.random.default_rng(0), rate=0.5)
    assert inputs.shape == targets.shape == (5, 8) and inputs.max() == 300 and targets.min() == -100
    assert inputs.dtype == targets.dtype == np.int64


def test_an_unknown_kind_is_named():
    assert "both" in raises(visible, "both", 1, 2)
