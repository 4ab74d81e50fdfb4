"""What multi-head attention and its gradients promise. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.multi_head_attention import (
    merge_heads,
    multi_head_attention,
    multi_head_attention_backward,
    split_heads,
)

N, T, D, HEADS = 2, 5, 6, 3


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem(dtype=np.float64):
    """Input and weights, by the names of the arguments, and a gradient of the output."""
    rng = np.random.default_rng(0)
    shapes = {"x": (N, T, D), "in_proj_weight": (3 * D, D), "in_proj_bias": (3 * D,),
              "out_proj_weight": (D, D), "out_proj_bias": (D,)}
    p = {key: rng.standard_normal(shape).astype(dtype) for key, shape in shapes.items()}
    return p, rng.standard_normal((N, T, D)).astype(dtype)


def gradients(p, grad, mask=None):
    _, saved = multi_head_attention(num_heads=HEADS, mask=mask, **p)
    return multi_head_attention_backward(p["x"], saved, p["in_proj_weight"], p["out_proj_weight"], grad)


def test_a_head_owns_neighboring_channels_of_every_position():
    x = np.random.default_rng(0).standard_normal((N, T, D))
    heads = split_heads(x, HEADS)
    assert heads.shape == (N, HEADS, T, D // HEADS)
    for h in range(HEADS):
        np.testing.assert_array_equal(heads[:, h], x[..., 2 * h : 2 * h + 2])
    assert split_heads(np.arange(8).reshape(1, 2, 4), 2).tolist() == [[[[0, 1], [4, 5]], [[2, 3], [6, 7]]]]


def test_merging_undoes_splitting():
    x = np.random.default_rng(0).standard_normal((N, T, D))
    for heads in (1, 2, 3, 6):
        np.testing.assert_array_equal(merge_heads(split_heads(x, heads)), x)


def test_each_head_attends_by_itself():
    p, _ = problem()
    p |= {"out_proj_weight": np.eye(D), "out_proj_bias": np.zeros(D)}
    out, (q, _, _, probs) = multi_head_attention(num_heads=HEADS, **p)
    projected = p["x"] @ p["in_proj_weight"].T + p["in_proj_bias"]
    for n, h in np.ndindex(N, HEADS):
        part = slice(2 * h, 2 * h + 2)
        q1, k1, v1 = (projected[n, :, start:start + D][:, part] for start in (0, D, 2 * D))
        exps = np.exp(q1 @ k1.T / np.sqrt(2))
        weights = exps / exps.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(probs[n, h], weights, rtol=1e-9)
        np.testing.assert_allclose(out[n][:, part], weights @ v1, rtol=1e-9)
        np.testing.assert_allclose(q[n, h], q1, rtol=1e-12)


def test_the_output_is_a_sum_over_heads():
    p, _ = problem()
    out, (_, _, v, probs) = multi_head_attention(num_heads=HEADS, **p)
    total = np.zeros((N, T, D)) + p["out_proj_bias"]
    for h in range(HEADS):
        total += probs[:, h] @ v[:, h] @ p["out_proj_weight"][:, 2 * h : 2 * h + 2].T
    np.testing.assert_allclose(out, total, rtol=1e-9)


def test_the_page_s_two_heads_read_two_places():
    x = np.array([[[2.0, 0.0, 0.0, 2.0], [2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0]]])
    identity = np.concatenate([np.eye(4)] * 3)
    rest = (identity, np.zeros(12), np.eye(4), np.zeros(4))
    one, (_, _, _, probs) = multi_head_attention(x, 1, *rest)
    assert probs[0, 0, 0].round(4).tolist() == [0.787, 0.1065, 0.1065]
    assert one[0, 0].round(4).tolist() == [1.787, 0.0, 0.0, 1.787]
    two, (_, _, _, probs) = multi_head_attention(x, 2, *rest)
    assert probs[0, :, 0].round(4).tolist() == [[0.4856, 0.4856, 0.0287], [0.4856, 0.0287, 0.4856]]
    assert two[0, 0].round(4).tolist() == [1.9426, 0.0, 0.0, 1.9426]


def test_every_gradient_equals_a_central_difference():
    p, grad = problem()
    mask = np.tri(T, dtype=bool)
    grads = gradients(p, grad, mask)
    assert set(grads) == set(p)
    for key, array in p.items():
        assert grads[key].shape == array.shape
        for index in np.ndindex(array.shape):
            old, values = array[index], []
            for sign in (1, -1):
                array[index] = old + sign * 1e-5
                values.append(np.sum(multi_head_attention(num_heads=HEADS, mask=mask, **p)[0] * grad))
            array[index] = old
            numeric = (values[0] - values[1]) / 2e-5
            assert abs(grads[key][index] - numeric) < 2e-7 + 2e-6 * abs(numeric), (key, index)


def test_a_causal_mask_keeps_the_past_and_every_head_reaches_the_first_token():
    p, _ = problem()
    mask = np.tri(T, dtype=bool)
    out = multi_head_attention(num_heads=HEADS, mask=mask, **p)[0]
    later = {**p, "x": p["x"].copy()}
    later["x"][:, -1] += 1
    moved = multi_head_attention(num_heads=HEADS, mask=mask, **later)[0]
    np.testing.assert_allclose(moved[:, :-1], out[:, :-1], rtol=1e-9)
    assert np.abs(moved[:, -1] - out[:, -1]).min() > 1e-6
    first = {**p, "x": p["x"].copy()}
    first["x"][:, 0] += 1
    probs = multi_head_attention(num_heads=HEADS, mask=mask, **first)[1][3]
    before = multi_head_attention(num_heads=HEADS, mask=mask, **p)[1][3]
    assert (np.abs(probs - before)[:, :, -1].max(axis=-1) > 1e-12).all()


def test_reordering_the_positions_reorders_the_output():
    p, _ = problem()
    order = np.array([3, 0, 4, 1, 2])
    out = multi_head_attention(num_heads=HEADS, **p)[0]
    moved = multi_head_attention(num_heads=HEADS, **{**p, "x": p["x"][:, order]})[0]
    np.testing.assert_allclose(moved, out[:, order], rtol=1e-9)


def test_huge_inputs_do_not_overflow_and_float32_stays_float32():
    p, grad = problem(np.float32)
    out, saved = multi_head_attention(num_heads=HEADS, **p)
    assert out.dtype == np.float32 and saved[3].dtype == np.float32
    for key, value in gradients(p, grad).items():
        assert value.dtype == np.float32, key
        np.testing.assert_allclose(value, gradients(*problem())[key], rtol=2e-3, atol=2e-3, err_msg=key)
    assert np.isfinite(multi_head_attention(num_heads=HEADS, **{**p, "x": 1e3 * p["x"]})[0]).all()


def test_nothing_that_goes_in_is_modified():
    p, grad = problem()
    before = {key: value.copy() for key, value in p.items()}
    gradients(p, grad)
    for key, value in before.items():
        np.testing.assert_array_equal(p[key], value)


def test_a_mask_for_each_sequence_has_an_axis_for_the_heads():
    p, _ = problem()
    mask = np.tri(T, dtype=bool) & (np.arange(T) < np.array([3, T])[:, None, None])  # (N, T, T)
    probs = multi_head_attention(num_heads=HEADS, mask=mask[:, None], **p)[1][3]
    for n in range(N):
        assert not probs[n][:, ~mask[n]].any() and (probs[n][:, mask[n]] > 0).all()
        alone = multi_head_attention(num_heads=HEADS, mask=mask[n], **{**p, "x": p["x"][n : n + 1]})
        np.testing.assert_allclose(alone[1][3][0], probs[n], rtol=1e-12)


def test_a_mask_that_would_be_misread_is_refused():
    p, _ = problem()
    three = {**p, "x": np.concatenate([p["x"]] * 2)[:HEADS]}  # as many sequences as heads
    message = raises(multi_head_attention, num_heads=HEADS, mask=np.ones((HEADS, T, T), bool), **three)
    assert message == "mask must be boolean, (T, T) or (N, 1, T, T), got bool (3, 5, 5)"
    additive = np.where(np.tri(T, dtype=bool), 0.0, -np.inf)
    message = raises(multi_head_attention, num_heads=HEADS, mask=additive, **p)
    assert message == "mask must be boolean, (T, T) or (N, 1, T, T), got float64 (5, 5)"


def test_an_empty_batch_and_one_position():
    p, grad = problem()
    for x, dy in ((p["x"][:0], grad[:0]), (p["x"][:, :1], grad[:, :1])):
        out, saved = multi_head_attention(num_heads=HEADS, **{**p, "x": x})
        assert out.shape == x.shape
        grads = multi_head_attention_backward(x, saved, p["in_proj_weight"], p["out_proj_weight"], dy)
        assert grads["x"].shape == x.shape and grads["in_proj_weight"].shape == (3 * D, D)
    assert not multi_head_attention_backward(  # one position attends to itself, whatever the scores
        x, saved, p["in_proj_weight"], p["out_proj_weight"], dy)["in_proj_weight"][: 2 * D].any()


def test_sizes_that_do_not_fit_are_named():
    p, _ = problem()
    assert raises(split_heads, p["x"], 4) == "num_heads must divide 6, got 4"
    assert raises(split_heads, p["x"], 0) == "num_heads must divide 6, got 0"
    message = raises(multi_head_attention, num_heads=2, **{**p, "in_proj_weight": np.eye(6)})
    assert message == "in_proj_weight must be (18, 6), got (6, 6)"
