"""What the state-space layer promises. NumPy and plain asserts only."""

import numpy as np

from snippets.sequences.state_space_models import (
    cache_bytes,
    causal_convolution,
    discretize,
    parallel_scan,
    selective_scan,
    ssm_kernel,
    ssm_recurrence,
    state_bytes,
)

N, T, D, S = 2, 7, 3, 5


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def system(seed=0):
    rng = np.random.default_rng(seed)
    a, b, c = -rng.uniform(0.1, 3, S), rng.standard_normal(S), rng.standard_normal(S)
    a_bar, b_bar = discretize(a, b, 0.4)
    return rng.standard_normal((N, T)), a_bar, b_bar, c


def selective(seed=0, steps=T):
    rng = np.random.default_rng(seed)
    return {"x": rng.standard_normal((N, steps, D)), "delta": rng.uniform(0.01, 2, (N, steps, D)),
            "a": -rng.uniform(0.1, 3, (D, S)), "b": rng.standard_normal((N, steps, S)),
            "c": rng.standard_normal((N, steps, S))}


def loop(x, delta, a, b, c):
    h, y = np.zeros((N, D, S)), np.zeros(x.shape)
    for t in range(x.shape[1]):
        for d in range(D):
            h[:, d] = np.exp(delta[:, t, d, None] * a[d]) * h[:, d] + (
                delta[:, t, d, None] * b[:, t] * x[:, t, d, None])
            y[:, t, d] = (h[:, d] * c[:, t]).sum(axis=1)
    return y


def test_four_steps_by_hand():
    a_bar, b_bar = discretize(np.array([-1.0]), np.array([1.0]), np.log(2))
    np.testing.assert_allclose([a_bar[0], b_bar[0]], [0.5, 0.5], rtol=1e-12)
    x, c = np.array([[1.0, 0.0, 0.0, 2.0]]), np.array([1.0])
    expected = [[0.5, 0.25, 0.125, 1.0625]]
    np.testing.assert_allclose(ssm_recurrence(x, a_bar, b_bar, c), expected, rtol=1e-12)
    np.testing.assert_allclose(ssm_kernel(a_bar, b_bar, c, 3), [0.5, 0.25, 0.125], rtol=1e-12)


def test_two_half_steps_with_one_input_are_one_whole_step():
    a, b = np.array([-2.0, -0.3, 0.0]), np.array([1.0, -2.0, 3.0])
    a_half, b_half = discretize(a, b, 0.35)
    a_whole, b_whole = discretize(a, b, 0.7)
    np.testing.assert_allclose(a_half * a_half, a_whole, rtol=1e-12)
    np.testing.assert_allclose(a_half * b_half + b_half, b_whole, rtol=1e-12)


def test_without_decay_and_for_tiny_steps_the_input_is_added_times_the_step():
    a_bar, b_bar = discretize(np.array([0.0, -1e-9]), np.array([2.0, 2.0]), 0.5)
    np.testing.assert_allclose(a_bar, 1.0, rtol=1e-8)
    np.testing.assert_allclose(b_bar, 1.0, rtol=1e-8)


def test_recurrence_convolution_and_scan_are_one_function():
    for seed in range(4):
        x, a_bar, b_bar, c = system(seed)
        y = ssm_recurrence(x, a_bar, b_bar, c)
        np.testing.assert_allclose(causal_convolution(x, ssm_kernel(a_bar, b_bar, c, T)), y, atol=1e-12)
        added = x.T[..., None] * b_bar  # (T, N, S)
        h = parallel_scan(np.broadcast_to(a_bar, added.shape), added)
        np.testing.assert_allclose((h @ c).T, y, atol=1e-12)


def test_the_convolution_is_causal():
    x, a_bar, b_bar, c = system()
    kernel, other = ssm_kernel(a_bar, b_bar, c, T), x.copy()
    other[:, 4] += 10
    change = causal_convolution(other, kernel) - causal_convolution(x, kernel)
    np.testing.assert_allclose(change[:, :4], 0, atol=1e-12)
    np.testing.assert_allclose(change[:, 4:], 10 * np.tile(kernel[:3], (N, 1)), atol=1e-11)


def test_the_scan_equals_the_loop_for_lengths_around_powers_of_two():
    rng = np.random.default_rng(1)
    for steps in (0, 1, 2, 3, 4, 5, 8, 9):
        a, b = rng.uniform(-1, 1, (steps, 3)), rng.standard_normal((steps, 3))
        before, h, expected = b.copy(), np.zeros(3), []
        for t in range(steps):
            h = a[t] * h + b[t]
            expected.append(h)
        np.testing.assert_allclose(parallel_scan(a, b), np.array(expected).reshape(steps, 3), atol=1e-13)
        np.testing.assert_array_equal(b, before)


def test_the_selective_scan_equals_a_plain_loop():
    p = selective()
    np.testing.assert_allclose(selective_scan(**p), loop(**p), atol=1e-12)


def test_a_step_near_zero_ignores_its_token_and_a_huge_one_forgets_the_past():
    p = selective()
    p["delta"][:, 3] = 1e-9
    other = {**p, "x": p["x"].copy()}
    other["x"][:, 3] += 100
    np.testing.assert_allclose(selective_scan(**other), selective_scan(**p), atol=1e-5)
    p["delta"][:, 3] = 1e3
    other = {**p, "x": p["x"].copy()}
    other["x"][:, :3] += 100
    np.testing.assert_allclose(selective_scan(**other)[:, 3:], selective_scan(**p)[:, 3:], atol=1e-9)


def test_with_constant_coefficients_a_shift_commutes_and_with_selection_it_does_not():
    x, a_bar, b_bar, c = system()
    late = np.hstack([np.zeros((N, 1)), x[:, :-1]])
    np.testing.assert_allclose(ssm_recurrence(late, a_bar, b_bar, c)[:, 1:],
                               ssm_recurrence(x, a_bar, b_bar, c)[:, :-1], atol=1e-12)
    p = selective()
    shifted = {**p, "x": np.concatenate([np.zeros((N, 1, D)), p["x"][:, :-1]], axis=1)}
    assert np.abs(selective_scan(**shifted)[:, 1:] - selective_scan(**p)[:, :-1]).max() > 0.1


def test_float32_stays_float32():
    p = {key: value.astype(np.float32) for key, value in selective().items()}
    assert selective_scan(**p).dtype == np.float32
    x, a_bar, b_bar, c = (one.astype(np.float32) for one in system())
    assert ssm_recurrence(x, a_bar, b_bar, c).dtype == np.float32
    kernel = ssm_kernel(a_bar, b_bar, c, T)
    assert kernel.dtype == causal_convolution(x, kernel).dtype == np.float32
    assert all(one.dtype == np.float32 for one in discretize(np.log(a_bar), b_bar, np.float32(0.5)))


def test_integers_are_not_cut_off():
    a_bar, b_bar = discretize(np.array([-1, 0], np.int32), np.array([2, 3], np.int32), 1)
    np.testing.assert_allclose(a_bar, [np.exp(-1.0), 1.0], rtol=1e-12)
    np.testing.assert_allclose(b_bar, [2 * (1 - np.exp(-1.0)), 3.0], rtol=1e-12)
    x, a_bar, b_bar, c = system()
    x = np.round(3 * x)
    whole, kernel = x.astype(np.int32), ssm_kernel(a_bar, b_bar, c, T)
    np.testing.assert_allclose(ssm_recurrence(whole, a_bar, b_bar, c),
                               ssm_recurrence(x, a_bar, b_bar, c), rtol=1e-12)
    np.testing.assert_allclose(causal_convolution(whole, kernel), causal_convolution(x, kernel), rtol=1e-12)


def test_one_double_among_singles_makes_the_result_double():
    def each_alone(function, *arguments):
        for place in range(len(arguments)):
            mixed = [one.astype(np.float64 if i == place else np.float32)
                     for i, one in enumerate(arguments)]
            found = function(*mixed)
            for one in found if isinstance(found, tuple) else (found,):
                assert one.dtype == np.float64, place

    x, a_bar, b_bar, c = system()
    each_alone(ssm_recurrence, x, a_bar, b_bar, c)
    each_alone(causal_convolution, x, c)
    each_alone(lambda a, b: discretize(a, b, np.float32(0.4)), np.log(a_bar), b_bar)
    whole = causal_convolution(np.array([[1, 2, 3]]), np.array([1, 10]))
    np.testing.assert_allclose(whole, [[1, 12, 23]], rtol=1e-12)
    assert whole.dtype == np.float64


def test_a_kernel_that_is_longer_or_shorter_than_the_sequence():
    x, a_bar, b_bar, c = system()
    long = ssm_kernel(a_bar, b_bar, c, 2 * T)
    np.testing.assert_allclose(causal_convolution(x, long), ssm_recurrence(x, a_bar, b_bar, c), atol=1e-12)
    expected = np.array([np.convolve(row, long[:3])[:T] for row in x])
    np.testing.assert_allclose(causal_convolution(x, long[:3]), expected, atol=1e-12)


def test_an_empty_batch_stays_empty():
    x, a_bar, b_bar, c = system()
    assert ssm_recurrence(x[:0], a_bar, b_bar, c).shape == (0, T)
    assert causal_convolution(x[:0], ssm_kernel(a_bar, b_bar, c, T)).shape == (0, T)
    p = selective()
    empty = {key: value if key == "a" else value[:0] for key, value in p.items()}
    assert selective_scan(**empty).shape == (0, T, D)


def test_the_page_s_memory():
    assert state_bytes(8192, 128) == 2 * 2**20 and cache_bytes(1, 8, 128) == 4096
    assert cache_bytes(512, 8, 128) == state_bytes(8192, 128)
    assert cache_bytes(131072, 8, 128) == 512 * 2**20 and cache_bytes(3, 5, 7, 4) == 840


def test_shapes_that_differ_are_named():
    message = raises(parallel_scan, np.ones((3, 2)), np.ones((4, 2)))
    assert message == "a must have b's shape (4, 2), got (3, 2)"
