"""What tiled attention promises. NumPy and plain asserts only."""

import numpy as np

from snippets.transformers.flash_attention import combine, flash_attention, flash_attention_backward, traffic


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def some(seed=0, length=7, keys=11, kind=np.float64):
    rng = np.random.default_rng(seed)
    shapes = ((2, length, 3), (2, keys, 3), (2, keys, 5), (2, length, 5))
    return [rng.standard_normal(shape).astype(kind) for shape in shapes]


def naive(q, k, v, causal=False):
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    if causal:
        scores = np.where(np.tril(np.ones(scores.shape[-2:], bool)), scores, -np.inf)
    peak = scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores - peak)
    total = weights.sum(axis=-1, keepdims=True)
    return weights / total @ v, (peak + np.log(total))[..., 0]


def test_every_size_of_a_tile_gives_the_naive_result():
    q, k, v, _ = some()
    for block_q, block_k in ((1, 1), (2, 3), (3, 2), (7, 11), (64, 64)):
        for ours, expected in zip(flash_attention(q, k, v, False, block_q, block_k),
                                  naive(q, k, v), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-12)


def test_causal_tiles_give_the_naive_result():
    q, k, v, _ = some(1, 11, 11)
    for block_q, block_k in ((1, 1), (2, 3), (3, 2), (4, 4), (64, 64)):
        for ours, expected in zip(flash_attention(q, k, v, True, block_q, block_k),
                                  naive(q, k, v, True), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-12)


def test_causal_queries_after_a_past_are_the_last_rows_of_the_whole():
    q, k, v, grad = some(9, 11, 11)
    whole, whole_lse = flash_attention(q, k, v, True)
    for new in (1, 4, 10):
        for block_q, block_k in ((1, 1), (2, 3), (5, 4), (64, 64)):
            out, lse = flash_attention(q[:, -new:], k, v, True, block_q, block_k)
            np.testing.assert_allclose(out, whole[:, -new:], rtol=1e-10, atol=1e-12)
            np.testing.assert_allclose(lse, whole_lse[:, -new:], rtol=1e-10, atol=1e-12)
            # Rows without a gradient change nothing: the whole with zeros is the part.
            late = np.where(np.arange(11)[:, None] >= 11 - new, grad, 0)
            parts = flash_attention_backward(q[:, -new:], k, v, out, lse, grad[:, -new:], True,
                                             block_q, block_k)
            every = flash_attention_backward(q, k, v, whole, whole_lse, late, True)
            for ours, same in zip(parts, (every[0][:, -new:], *every[1:]), strict=True):
                np.testing.assert_allclose(ours, same, rtol=1e-9, atol=1e-12)


def test_whole_numbers_are_attended_like_their_floats():
    x = np.arange(12).reshape(1, 4, 3)
    y = x.astype(np.float64)
    np.testing.assert_array_equal(flash_attention(x, x, x)[0], flash_attention(y, y, y)[0])


def test_huge_scores_do_not_overflow():
    q, k, v, _ = some(2)
    ours, lse = flash_attention(1e4 * q, 1e2 * k, v, block_q=2, block_k=3)
    np.testing.assert_allclose(ours, naive(1e4 * q, 1e2 * k, v)[0], rtol=1e-9, atol=1e-9)
    assert np.isfinite(lse).all()
    rising = np.arange(12.0)[:, None] * 500.0  # every tile brings a new maximum
    ours, _ = flash_attention(np.ones((1, 1)), rising, np.arange(12.0)[:, None], block_k=5)
    np.testing.assert_allclose(ours, [[11.0]], rtol=1e-12)


def test_the_gradients_are_central_differences():
    for causal, keys in ((False, 6), (True, 4)):
        q, k, v, grad = some(3, 4, keys)
        out, lse = flash_attention(q, k, v, causal, 2, 3)
        grads = flash_attention_backward(q, k, v, out, lse, grad, causal, 3, 2)
        for array, ours in zip((q, k, v), grads, strict=True):
            assert ours.shape == array.shape
            for index in np.ndindex(array.shape):
                old, values = array[index], []
                for step in (1e-5, -1e-5):
                    array[index] = old + step
                    values.append(np.sum(naive(q, k, v, causal)[0] * grad))
                array[index] = old
                assert abs(ours[index] - (values[0] - values[1]) / 2e-5) < 1e-7


def test_the_backward_pass_may_use_other_tiles_than_the_forward_pass():
    q, k, v, grad = some(4, 9, 9)
    out, lse = flash_attention(q, k, v, True, 2, 5)
    one = flash_attention_backward(q, k, v, out, lse, grad, True, 1, 1)
    for block_q, block_k in ((2, 3), (4, 2), (64, 64)):
        two = flash_attention_backward(q, k, v, out, lse, grad, True, block_q, block_k)
        for ours, same in zip(one, two, strict=True):
            np.testing.assert_allclose(ours, same, rtol=1e-9, atol=1e-12)


def test_nothing_is_masked_unless_asked_for():
    q, k, v, grad = some(10, 5, 5)
    out, lse = flash_attention(q, k, v)
    np.testing.assert_allclose(out, naive(q, k, v)[0], rtol=1e-10, atol=1e-12)
    plain = flash_attention_backward(q, k, v, out, lse, grad, False, 2, 3)
    for ours, same in zip(flash_attention_backward(q, k, v, out, lse, grad), plain, strict=True):
        np.testing.assert_allclose(ours, same, rtol=1e-9, atol=1e-12)


def test_two_halves_of_the_keys_combine_to_the_whole():
    q, k, v, _ = some(5)
    whole, whole_lse = flash_attention(q, k, v)
    for cut in (1, 4, 10):
        parts = (flash_attention(q, k[:, :cut], v[:, :cut]), flash_attention(q, k[:, cut:], v[:, cut:]))
        out, lse = combine(*parts[0], *parts[1])
        np.testing.assert_allclose(out, whole, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(lse, whole_lse, rtol=1e-10, atol=1e-12)


def test_combining_does_not_overflow():
    one = np.ones((1, 2))
    out, lse = combine(one, np.array([5000.0]), -one, np.array([5000.0 + np.log(3.0)]))
    np.testing.assert_allclose(out, [[-0.5, -0.5]], rtol=1e-9)
    np.testing.assert_allclose(lse, [5000 + np.log(4.0)], rtol=1e-12)
    out, lse = combine(np.zeros((1, 2)), np.array([-np.inf]), one, np.array([3.0]))  # no keys in one set
    np.testing.assert_array_equal(out, one)
    np.testing.assert_array_equal(lse, [3.0])


class Counted(np.ndarray):
    """Adds up how many numbers are cut out of the array itself."""

    read = None

    def __getitem__(self, index):
        piece = np.asarray(self)[index]
        self.read.append(piece.size)
        return piece


def test_the_traffic_is_what_the_loops_read_and_write():
    length, dim, block = 50, 4, 16
    reads = []
    q, k, v = np.random.default_rng(6).standard_normal((3, length, dim))
    arrays = [x.view(Counted) for x in (q, k, v)]
    for x in arrays:
        x.read = reads
    out, lse = flash_attention(*arrays, block_q=block, block_k=8)
    assert sum(reads) + out.size + lse.size == traffic(length, dim, block)
    assert traffic(length, dim) == 4 * 50 * 4 + 4 * 50 * 50
    # One row at a time: q, the output and lse once, k and v for each of five rows.
    assert traffic(5, 2, 1) == 10 + 10 + 5 + 5 * (10 + 10)


def test_float32_stays_float32_and_nothing_that_goes_in_is_modified():
    q, k, v, grad = some(7, kind=np.float32)
    before = [x.copy() for x in (q, k, v, grad)]
    out, lse = flash_attention(q, k, v, block_q=2, block_k=3)
    grads = flash_attention_backward(q, k, v, out, lse, grad)
    assert {x.dtype for x in (out, lse, *grads)} == {np.dtype(np.float32)}
    np.testing.assert_allclose(out, naive(*(x.astype(np.float64) for x in (q, k, v)))[0], atol=1e-5)
    for x, same in zip((q, k, v, grad), before, strict=True):
        np.testing.assert_array_equal(x, same)


def test_no_query_gives_no_output_and_bad_input_is_named():
    q, k, v, _ = some(8)
    out, lse = flash_attention(q[:, :0], k, v)
    assert out.shape == (2, 0, 5) and lse.shape == (2, 0)
    assert raises(flash_attention, q, k, v, False, 0, 4) == "blocks must be positive, got 0 and 4"
    assert raises(flash_attention, q, k, v, False, 4, -1) == "blocks must be positive, got 4 and -1"
    few = "k has 3 keys for 7 queries, causal=True"
    assert raises(flash_attention, q, k[:, :3], v[:, :3], True) == few
    assert "0 keys" in raises(flash_attention, q, k[:, :0], v[:, :0])
    grad = np.zeros((2, 7, 5))
    rest = (grad, grad[..., 0], grad)
    assert raises(flash_attention_backward, q, k[:, :3], v[:, :3], *rest, True) == few
    assert "blocks" in raises(flash_attention_backward, q, k, v, *rest, False, 0)
    assert raises(traffic, 5, 2, 0) == "block_q must be positive, got 0"
