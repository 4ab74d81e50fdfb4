"""What attention and its gradients promise. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.attention import (
    attention_backward,
    attention_weights,
    scaled_dot_product_attention,
)

N, T, S, D, M = 2, 3, 5, 4, 7


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem(seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = ((N, T, D), (N, S, D), (N, S, M), (N, T, M))
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def some_mask():
    mask = np.random.default_rng(9).random((T, S)) < 0.6
    mask[:, 1] = True
    return mask


def test_the_page_s_weights_output_and_gradients():
    q = np.ones((1, 4))
    k = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    v = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    e = np.exp(0.5)
    expected = np.array([[e * e, e, 1.0]]) / (e * e + e + 1)
    np.testing.assert_allclose(attention_weights(q, k), expected, rtol=1e-12)
    assert attention_weights(q, k).round(4).tolist() == [[0.5065, 0.3072, 0.1863]]
    assert attention_weights(2 * q, k).round(4).tolist() == [[0.6652, 0.2447, 0.09]]
    assert scaled_dot_product_attention(q, k, v).round(4).tolist() == [[0.6928, 0.4935]]
    grad_q, grad_k, grad_v = attention_backward(q, k, v, np.array([[1.0, 0.0]]))
    assert grad_q.round(4).tolist() == [[-0.0286, 0.0778, 0.0, 0.0]]
    assert grad_k[:, 0].round(4).tolist() == [0.0778, -0.1064, 0.0286]
    np.testing.assert_allclose(grad_v[:, 0], expected[0], rtol=1e-12)


def test_every_row_is_a_distribution_over_the_keys():
    q, k, _, _ = problem()
    weights = attention_weights(q, k)
    assert weights.shape == (N, T, S) and (weights > 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-12)


def test_equal_keys_give_the_mean_of_the_values():
    q, k, v, _ = problem()
    out = scaled_dot_product_attention(q, np.repeat(k[:, :1], S, axis=1), v)
    np.testing.assert_allclose(out, np.broadcast_to(v.mean(axis=1, keepdims=True), (N, T, M)), rtol=1e-12)


def test_keys_and_values_may_be_reordered_together():
    q, k, v, _ = problem()
    order = np.array([3, 0, 4, 1, 2])
    np.testing.assert_allclose(scaled_dot_product_attention(q, k[:, order], v[:, order]),
                               scaled_dot_product_attention(q, k, v), rtol=1e-12)


def test_every_gradient_equals_a_central_difference_with_a_mask():
    q, k, v, grad_output = problem()
    mask = some_mask()
    grads = attention_backward(q, k, v, grad_output, mask)
    for array, grad in zip((q, k, v), grads, strict=True):
        assert grad.shape == array.shape
        for index in np.ndindex(array.shape):
            old, values = array[index], []
            for sign in (1, -1):
                array[index] = old + sign * 1e-5
                values.append(np.sum(scaled_dot_product_attention(q, k, v, mask) * grad_output))
            array[index] = old
            numeric = (values[0] - values[1]) / 2e-5
            assert abs(grad[index] - numeric) < 1e-8 + 1e-6 * abs(numeric), index


def test_a_masked_key_is_as_good_as_absent():
    q, k, v, grad_output = problem()
    mask = np.array([True, True, False, True, False])
    np.testing.assert_allclose(scaled_dot_product_attention(q, k, v, mask),
                               scaled_dot_product_attention(q, k[:, mask], v[:, mask]), rtol=1e-12)
    _, grad_k, grad_v = attention_backward(q, k, v, grad_output, mask)
    assert not grad_k[:, ~mask].any() and not grad_v[:, ~mask].any()
    assert grad_k[:, mask].any() and grad_v[:, mask].any()


def test_a_floating_mask_is_added_to_the_scores():
    q, k, _, _ = problem()
    bias = np.random.default_rng(5).standard_normal((T, S))
    ratio = attention_weights(q, k, bias) / attention_weights(q, k)
    ratio /= ratio[..., :1]
    np.testing.assert_allclose(ratio, np.broadcast_to(np.exp(bias - bias[:, :1]), (N, T, S)), rtol=1e-9)
    mask = some_mask()
    for kind in (np.float64, np.float32, np.float16):
        np.testing.assert_array_equal(attention_weights(q, k, np.where(mask, 0.0, -np.inf).astype(kind)),
                                      attention_weights(q, k, mask))


def test_a_query_without_any_key_gets_zeros_and_sends_no_gradient():
    q, k, v, grad_output = problem()
    mask = np.ones((T, S), bool)
    mask[1] = False
    out = scaled_dot_product_attention(q, k, v, mask)
    assert not out[:, 1].any() and np.isfinite(out).all() and out[:, 0].all()
    grads = attention_backward(q, k, v, grad_output, mask)
    assert not grads[0][:, 1].any() and all(np.isfinite(grad).all() for grad in grads)
    assert not scaled_dot_product_attention(q, k[:, :0], v[:, :0]).any()


def test_huge_scores_do_not_overflow():
    q, k, v, grad_output = problem()
    out = scaled_dot_product_attention(1e4 * q, 1e4 * k, v)
    best = (q @ k.swapaxes(-1, -2)).argmax(axis=-1)
    np.testing.assert_allclose(out, np.take_along_axis(v, best[..., None], axis=1), rtol=1e-12)
    assert all(np.isfinite(grad).all() for grad in attention_backward(1e4 * q, 1e4 * k, v, grad_output))
    np.testing.assert_allclose(attention_weights(q, k, np.full((T, S), -1e9)).sum(axis=-1), 1, rtol=1e-12)


def test_float32_stays_float32_and_heads_are_one_more_leading_axis():
    single = problem(dtype=np.float32)
    out = scaled_dot_product_attention(*single[:3], some_mask())
    assert out.dtype == np.float32
    assert all(grad.dtype == np.float32 for grad in attention_backward(*single, np.zeros((T, S))))
    np.testing.assert_allclose(out, scaled_dot_product_attention(*problem()[:3], some_mask()), atol=1e-5)
    q, k, v = (np.stack([one, one + 1], axis=1) for one in problem()[:3])  # (N, heads, ...)
    np.testing.assert_allclose(scaled_dot_product_attention(q, k, v)[:, 1],
                               scaled_dot_product_attention(q[:, 1], k[:, 1], v[:, 1]), rtol=1e-12)


def test_memory_in_another_order_whole_numbers_and_an_empty_batch():
    q, k, v, grad_output = problem()
    expected = scaled_dot_product_attention(q, k, v)
    strided = [np.asfortranarray(np.repeat(one, 2, axis=1))[:, ::2] for one in (q, k, v)]
    np.testing.assert_allclose(scaled_dot_product_attention(*strided), expected, rtol=1e-12)
    whole = [(40 * one + 128).astype(np.uint8) for one in (q, k, v)]  # products beyond 255
    wide = scaled_dot_product_attention(*[one.astype(np.float64) for one in whole])
    np.testing.assert_allclose(scaled_dot_product_attention(*whole), wide, rtol=1e-12)
    assert scaled_dot_product_attention(q[:0], k[:0], v[:0]).shape == (0, T, M)
    assert attention_backward(q[:0], k[:0], v[:0], grad_output[:0])[1].shape == (0, S, D)


def test_nothing_that_goes_in_is_modified():
    arrays = [*problem(), some_mask()]
    before = [one.copy() for one in arrays]
    scaled_dot_product_attention(*arrays[:3], arrays[4])
    attention_backward(*arrays)
    for one, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(one, old)


def test_shapes_and_masks_that_do_not_fit_are_named():
    q, k, v, _ = problem()
    assert raises(attention_weights, q, k[..., :3]) == "key must fit query (2, 3, 4), got (2, 5, 3)"
    assert raises(attention_weights, q, k[:1]) == "key must fit query (2, 3, 4), got (1, 5, 4)"
    message = raises(scaled_dot_product_attention, q, k, v[:, :4])
    assert message == "value must fit key (2, 5, 4), got (2, 4, 7)"
    assert raises(scaled_dot_product_attention, q, k, v[:1]) == "value must fit key (2, 5, 4), got (1, 5, 7)"
    message = raises(attention_weights, q, k, np.ones((T, S), np.int32))
    assert "attn_mask" in message and "int32" in message
