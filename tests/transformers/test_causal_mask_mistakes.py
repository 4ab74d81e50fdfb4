"""How each mistake fails."""

import numpy as np

from snippets.transformers.causal_mask import causal_mask, leak, masked_softmax, padding_mask
from snippets.transformers.causal_mask_mistakes import (
    fill_with_a_large_number,
    mask_for_a_cache,
    multiply_after_softmax,
    without_oneself,
)

SCORES = np.array([[1.0, 3.0, 2.0], [0.0, 1.0, 2.0], [2.0, 0.0, 1.0]])


def test_multiplied_afterwards_the_future_stays_in_the_denominator():
    wrong = multiply_after_softmax(SCORES, causal_mask(3))
    assert wrong.round(4).tolist() == [[0.09, 0.0, 0.0], [0.09, 0.2447, 0.0], [0.6652, 0.09, 0.2447]]
    x = np.random.default_rng(0).standard_normal((2, 5, 4))
    assert leak(lambda x: multiply_after_softmax(x @ x.swapaxes(-1, -2), causal_mask(5)) @ x,
                x, np.random.default_rng(1)) > 0.1
    # Divided by what is left it is the masked softmax, unless the future's score is far above:
    right = masked_softmax(SCORES, causal_mask(3))
    np.testing.assert_allclose(wrong / wrong.sum(-1, keepdims=True), right, rtol=1e-12)
    far = np.array([[0.0, 120.0]], np.float32)
    assert not multiply_after_softmax(far, np.array([True, False])).any()  # then 0/0


def test_a_large_number_lets_an_empty_row_see_everything():
    mask = causal_mask(3) & padding_mask(np.array([2]), 3, "left")[0]
    wrong = fill_with_a_large_number(SCORES.astype(np.float32), mask)
    np.testing.assert_allclose(wrong[0], 1 / 3, rtol=1e-6)
    np.testing.assert_allclose(wrong[1:], masked_softmax(SCORES, mask)[1:], rtol=1e-6)
    assert np.float32(-1e9) + np.float32(3) == np.float32(-1e9)  # the spacing there is 64
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(fill_with_a_large_number(SCORES.astype(np.float16), mask)[0]).all()
    # A number that is not large enough: e**-10 of what it should hide comes through.
    small = fill_with_a_large_number(np.zeros((1, 2)), np.array([[True, False]]), fill=-10.0)
    assert round(small[0, 1] * 1e5, 1) == 4.5


def test_counted_from_the_first_key_a_new_token_sees_one_key():
    assert mask_for_a_cache(1, 5).tolist() == [[True, False, False, False, False]]
    assert causal_mask(1, 5).all()
    np.testing.assert_array_equal(mask_for_a_cache(5, 5), causal_mask(5))


def test_without_oneself_the_first_row_is_empty():
    assert not without_oneself(5)[0].any() and without_oneself(5)[1:].any(axis=1).all()
