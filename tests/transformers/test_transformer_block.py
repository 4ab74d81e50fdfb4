"""What the block and its norms promise. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.transformer_block import (
    layer_norm,
    layer_norm_backward,
    mlp,
    rms_norm,
    self_attention,
    transformer_block,
)

N, T, D, H, HEADS = 2, 5, 6, 7, 3


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem(dtype=np.float64):
    """Input and parameters of one block."""
    rng = np.random.default_rng(0)
    shapes = {"self_attn.in_proj_weight": (3 * D, D), "self_attn.in_proj_bias": (3 * D,),
              "self_attn.out_proj.weight": (D, D), "self_attn.out_proj.bias": (D,),
              "linear1.weight": (H, D), "linear1.bias": (H,), "linear2.weight": (D, H), "linear2.bias": (D,),
              "norm1.weight": (D,), "norm1.bias": (D,), "norm2.weight": (D,), "norm2.bias": (D,)}
    p = {key: rng.standard_normal(shape).astype(dtype) for key, shape in shapes.items()}
    return rng.standard_normal((N, T, D)).astype(dtype), p


def test_the_page_s_norms():
    x, one, zero = np.array([1.0, 2.0, 3.0, 6.0]), np.ones(4), np.zeros(4)
    expected = np.array([-2, -1, 0, 3]) / np.sqrt(3.5)
    np.testing.assert_allclose(layer_norm(x, one, zero, 0.0), expected, rtol=1e-12)
    np.testing.assert_allclose(rms_norm(x, one, 0.0), x / np.sqrt(12.5), rtol=1e-12)
    assert rms_norm(x, one, 0.0).round(4).tolist() == [0.2828, 0.5657, 0.8485, 1.6971]
    grad = layer_norm_backward(x, one, np.array([1.0, 0.0, 0.0, 0.0]), 0.0)[0]
    assert grad.round(4).tolist() == [0.2482, -0.21, -0.1336, 0.0955]


def test_layer_norm_ignores_shift_and_scale_and_rms_norm_only_scale():
    x, one, zero = np.random.default_rng(0).standard_normal((N, T, D)), np.ones(D), np.zeros(D)
    np.testing.assert_allclose(layer_norm(3 * x + 5, one, zero, 0), layer_norm(x, one, zero, 0), rtol=1e-9)
    np.testing.assert_allclose(rms_norm(3 * x, one, 0.0), rms_norm(x, one, 0.0), rtol=1e-9)
    assert np.abs(rms_norm(x + 5, one) - rms_norm(x, one)).max() > 0.5
    centered = x - x.mean(axis=-1, keepdims=True)
    np.testing.assert_allclose(rms_norm(centered, one), layer_norm(x, one, zero), rtol=1e-12)


def test_norms_rescale_and_survive_a_constant_position():
    x = np.full((2, 3), 4.0)
    weight, bias = np.array([1.0, 2.0, 3.0]), np.array([5.0, 6.0, 7.0])
    np.testing.assert_allclose(layer_norm(x, weight, bias), np.broadcast_to(bias, (2, 3)), rtol=1e-12)
    np.testing.assert_allclose(rms_norm(x, weight), np.broadcast_to(weight, (2, 3)), rtol=1e-6)
    np.testing.assert_array_equal(rms_norm(0 * x, weight), 0 * x)
    # eps stands inside the root: variance 3 and eps 1 divide by 2.
    signs = np.array([1.0, -1.0])
    np.testing.assert_allclose(layer_norm(np.sqrt(3.0) * signs, np.ones(2), np.zeros(2), 1.0),
                               np.sqrt(0.75) * signs, rtol=1e-12)
    expected = np.sqrt(0.75)
    np.testing.assert_allclose(rms_norm(np.sqrt(3.0) * np.ones(2), np.ones(2), 1.0), expected, rtol=1e-12)


def test_every_gradient_of_layer_norm_equals_a_central_difference():
    rng = np.random.default_rng(1)
    x, weight, bias, grad = (rng.standard_normal(shape) for shape in ((N, T, D), D, D, (N, T, D)))
    for array, found in zip((x, weight, bias), layer_norm_backward(x, weight, grad), strict=True):
        assert found.shape == array.shape
        for index in np.ndindex(array.shape):
            old, values = array[index], []
            for sign in (1, -1):
                array[index] = old + sign * 1e-5
                values.append(np.sum(layer_norm(x, weight, bias) * grad))
            array[index] = old
            numeric = (values[0] - values[1]) / 2e-5
            assert abs(found[index] - numeric) < 1e-7 + 1e-6 * abs(numeric), index


def test_the_gradient_of_layer_norm_is_orthogonal_to_shift_and_scale():
    rng = np.random.default_rng(2)
    x, weight, grad = (rng.standard_normal(shape) for shape in ((T, D), D, (T, D)))
    grad_x = layer_norm_backward(x, weight, grad, 0.0)[0]
    np.testing.assert_allclose(grad_x.sum(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose((grad_x * x).sum(axis=-1), 0, atol=1e-12)


def test_the_mlp_works_on_each_position_alone():
    x, p = problem()
    out = mlp(x, p)
    for n, t in np.ndindex(N, T):
        hidden = p["linear1.weight"] @ x[n, t] + p["linear1.bias"]
        hidden[hidden < 0] = 0
        np.testing.assert_allclose(out[n, t], p["linear2.weight"] @ hidden + p["linear2.bias"], rtol=1e-9)


def test_attention_alone_by_loops():
    x, p = problem()
    mask = np.tri(T, dtype=bool)
    for visible in (None, mask):
        out = self_attention(x, HEADS, p, visible)
        for n in range(N):
            qkv = x[n] @ p["self_attn.in_proj_weight"].T + p["self_attn.in_proj_bias"]
            q, k, v = np.split(qkv, 3, axis=1)
            rows = np.zeros((T, D))
            for h in range(HEADS):
                part = slice(2 * h, 2 * h + 2)
                exps = np.exp(q[:, part] @ k[:, part].T / np.sqrt(2)) * (1 if visible is None else visible)
                rows[:, part] = exps / exps.sum(axis=1, keepdims=True) @ v[:, part]
            expected = rows @ p["self_attn.out_proj.weight"].T + p["self_attn.out_proj.bias"]
            np.testing.assert_allclose(out[n], expected, rtol=1e-8)


def test_the_block_is_two_branches_added_to_the_stream():
    x, p = problem()
    middle = x + self_attention(layer_norm(x, p["norm1.weight"], p["norm1.bias"]), HEADS, p)
    expected = middle + mlp(layer_norm(middle, p["norm2.weight"], p["norm2.bias"]), p)
    np.testing.assert_allclose(transformer_block(x, HEADS, p), expected, rtol=1e-12)


def test_with_last_projections_at_zero_the_block_is_the_identity():
    x, p = problem()
    for key in ("self_attn.out_proj.weight", "self_attn.out_proj.bias", "linear2.weight", "linear2.bias"):
        p[key] = np.zeros_like(p[key])
    np.testing.assert_array_equal(transformer_block(x, HEADS, p), x)


def test_a_causal_mask_reaches_attention_through_the_block():
    x, p = problem()
    mask = np.tri(T, dtype=bool)
    other = x.copy()
    other[:, -1] += np.arange(D)
    before, after = transformer_block(x, HEADS, p, mask), transformer_block(other, HEADS, p, mask)
    np.testing.assert_allclose(after[:, :-1], before[:, :-1], rtol=1e-9)
    assert np.abs(transformer_block(other, HEADS, p) - transformer_block(x, HEADS, p))[:, :-1].max() > 1e-3


def test_float32_stays_float32_huge_inputs_are_fine_and_nothing_is_modified():
    x, p = problem(np.float32)
    before = x.copy()
    out = transformer_block(x, HEADS, p)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(x, before)
    double, params = problem()
    np.testing.assert_allclose(out, transformer_block(double, HEADS, params), rtol=1e-3, atol=1e-3)
    assert np.isfinite(self_attention(1e3 * x, HEADS, p)).all()


def test_narrow_types_do_not_overflow_in_the_statistics():
    x = np.array([[300.0, -300.0, 600.0]])  # 300 squared is beyond float16, 200 squared beyond uint8
    one = np.ones(3, np.float16)
    for function, rest in ((layer_norm, (one, one)), (rms_norm, (one,))):
        wide = [array.astype(np.float64) for array in rest]
        out = function(x.astype(np.float16), *rest)
        assert out.dtype == np.float16
        np.testing.assert_allclose(out, function(x, *wide), rtol=2e-3)
        np.testing.assert_allclose(function(np.array([200, 100, 0], np.uint8), *wide),
                                   function(np.array([200.0, 100.0, 0.0]), *wide), rtol=1e-5)


def test_a_norm_is_as_wide_as_the_wider_of_input_and_weight():
    x, one, zero = np.array([[1.0, 2.0, 6.0]]), np.ones(3, np.float32), np.zeros(3, np.float32)
    for out, right in ((layer_norm(x, one, zero, 0.0), [[-2, -1, 3]] / np.sqrt(14 / 3)),
                       (rms_norm(x, one, 0.0), x / np.sqrt(41 / 3))):
        assert out.dtype == np.float64
        np.testing.assert_allclose(out, right, rtol=1e-14)


def test_an_empty_batch_and_memory_in_another_order():
    x, p = problem()
    assert transformer_block(x[:0], HEADS, p).shape == (0, T, D)
    assert layer_norm_backward(x[:0], p["norm1.weight"], x[:0])[1].tolist() == [0.0] * D
    other = np.asfortranarray(np.stack([x, x], axis=1))[:, 1]
    assert not other.flags.c_contiguous
    np.testing.assert_allclose(transformer_block(other, HEADS, p), transformer_block(x, HEADS, p), rtol=1e-12)


def test_a_mask_for_each_sequence_has_an_axis_for_the_heads():
    x, p = problem()
    mask = np.tri(T, dtype=bool) & (np.arange(T) < np.array([3, T])[:, None, None])  # (N, T, T)
    out = self_attention(x, HEADS, p, mask[:, None])
    for n in range(N):
        np.testing.assert_allclose(self_attention(x[n : n + 1], HEADS, p, mask[n])[0], out[n], rtol=1e-9)
    message = raises(transformer_block, x, HEADS, p, mask)
    assert message == "mask must be boolean, (T, T) or (N, 1, T, T), got bool (2, 5, 5)"
    message = raises(self_attention, x, HEADS, p, np.where(np.tri(T, dtype=bool), 0.0, -np.inf))
    assert message == "mask must be boolean, (T, T) or (N, 1, T, T), got float64 (5, 5)"


def test_heads_that_do_not_divide_are_named():
    x, p = problem()
    assert raises(transformer_block, x, 4, p) == "num_heads must divide 6, got 4"
    assert raises(self_attention, x, 0, p) == "num_heads must divide 6, got 0"
