"""What the causal convolution promises. NumPy and plain asserts only."""

import numpy as np

from snippets.sequences.temporal_convolution import (
    causal_conv1d,
    causal_conv1d_backward,
    receptive_field,
    stream_step,
)

N, C, T, OUT, K = 2, 3, 11, 5, 4


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem(dtype=np.float64):
    rng = np.random.default_rng(0)
    return tuple(rng.standard_normal(shape).astype(dtype) for shape in ((N, C, T), (OUT, C, K), (OUT,)))


def stack(layers, kernel_size, channels=3):
    rng = np.random.default_rng(1)
    return [(np.abs(rng.standard_normal((channels, channels, kernel_size))) + 0.1, np.zeros(channels), 2**k)
            for k in range(layers)]


def test_five_steps_by_hand():
    x, weight = np.array([[[1.0, 2.0, 3.0, 4.0, 5.0]]]), np.array([[[10.0, 1.0]]])
    np.testing.assert_allclose(causal_conv1d(x, weight, np.zeros(1), 2), [[[1, 2, 13, 24, 35]]], rtol=1e-12)
    np.testing.assert_allclose(causal_conv1d(x, weight, np.ones(1)), [[[2, 13, 24, 35, 46]]], rtol=1e-12)


def test_each_output_is_the_sum_over_taps_and_channels():
    x, weight, bias = problem()
    for dilation in (1, 3):
        y = causal_conv1d(x, weight, bias, dilation)
        expected = np.empty((N, OUT, T))
        for n, o, t in np.ndindex(N, OUT, T):
            expected[n, o, t] = bias[o] + sum(
                weight[o, c, K - 1 - back] * x[n, c, t - back * dilation]
                for c in range(C) for back in range(K) if t - back * dilation >= 0)
        np.testing.assert_allclose(y, expected, atol=1e-12)


def test_what_comes_later_changes_nothing():
    x, weight, bias = problem()
    other = x.copy()
    other[:, :, 6] += 1
    change = causal_conv1d(other, weight, bias, 2) - causal_conv1d(x, weight, bias, 2)
    moved = np.abs(change).max(axis=(0, 1)) > 1e-12
    assert moved.tolist() == [t in (6, 8, 10) for t in range(T)]  # and 12, beyond the end


def test_a_stack_sees_exactly_its_receptive_field():
    for kernel_size, layers in ((2, 4), (3, 3)):
        field, steps = receptive_field(kernel_size, layers), 40
        x = np.zeros((1, 3, steps))
        x[0, 0, 5] = 1.0
        for weight, bias, dilation in stack(layers, kernel_size):
            x = causal_conv1d(x, weight, bias, dilation)
        seen = np.flatnonzero(np.abs(x).max(axis=(0, 1)) > 0)
        assert seen.tolist() == list(range(5, 5 + field))


def test_receptive_fields_of_the_page():
    assert [receptive_field(2, layers) for layers in (0, 1, 4, 5, 10)] == [1, 2, 16, 32, 1024]
    assert receptive_field(3, 8, convolutions=2) == 1021 and receptive_field(7, 4) == 91
    assert receptive_field(1, 5) == receptive_field(3, 0) == 1


def test_a_kernel_without_taps_and_fewer_layers_than_none_are_named():
    assert raises(receptive_field, 0, 3) == "kernel_size must be at least 1, got 0"
    assert raises(receptive_field, 2, -1) == "layers must not be negative, got -1"


def test_a_stream_gives_what_training_gives():
    x, weight, bias = problem()
    layers = [(weight, bias, 2)] + [(w, b, d) for w, b, d in stack(3, 2, channels=OUT)]
    whole = x
    for w, b, d in layers:
        whole = np.maximum(causal_conv1d(whole, w, b, d), 0)
    buffers = [np.zeros((N, w.shape[1], (w.shape[2] - 1) * d)) for w, _, d in layers]
    for t in range(T):
        y_t = x[:, :, t]
        for i, (w, b, d) in enumerate(layers):
            y_t, buffers[i] = stream_step(y_t, buffers[i], w, b, d)
            y_t = np.maximum(y_t, 0)
        np.testing.assert_allclose(y_t, whole[:, :, t], atol=1e-12)
        assert [buffer.shape[2] for buffer in buffers] == [6, 1, 2, 4]


def test_every_gradient_equals_a_central_difference():
    x, weight, bias = problem()
    grad = np.random.default_rng(2).standard_normal((N, OUT, T))
    grads = causal_conv1d_backward(x, weight, 2, grad)
    for array, ours in zip((x, weight, bias), grads, strict=True):
        assert ours.shape == array.shape
        for index in np.ndindex(array.shape):
            old, values = array[index], []
            for sign in (1, -1):
                array[index] = old + sign * 1e-5
                values.append(np.sum(causal_conv1d(x, weight, bias, 2) * grad))
            array[index] = old
            assert abs(ours[index] - (values[0] - values[1]) / 2e-5) < 1e-7, index


def test_a_sequence_shorter_than_the_kernel_works():
    x, weight, bias = problem()
    short = causal_conv1d(x[:, :, :2], weight, bias, 5)
    np.testing.assert_allclose(short, causal_conv1d(x, weight, bias, 5)[:, :, :2], atol=1e-12)


def test_float32_stays_float32_and_nothing_is_modified():
    x, weight, bias = problem(np.float32)
    before = x.copy(), weight.copy()
    y = causal_conv1d(x, weight, bias, 2)
    assert y.dtype == np.float32
    assert all(one.dtype == np.float32 for one in causal_conv1d_backward(x, weight, 2, y))
    out, buffer = stream_step(x[:, :, 0], np.zeros((N, C, 6), np.float32), weight, bias, 2)
    assert out.dtype == buffer.dtype == np.float32
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(weight, before[1])


def test_a_dilation_of_zero_and_channels_that_do_not_fit_are_named():
    x, weight, bias = problem()
    assert raises(causal_conv1d, x, weight, bias, 0) == "dilation must be at least 1, got 0"
    assert raises(causal_conv1d, x, weight[:, :2], bias) == "weight must have 3 channels, got 2"


def test_integers_in_any_place_change_nothing():
    x, weight, bias = (np.round(3 * one) for one in problem())
    grad = np.random.default_rng(2).standard_normal((N, OUT, T))
    expected = causal_conv1d(x, weight, bias + 0.5, 2)
    expected_grads = causal_conv1d_backward(x, weight, 2, grad)
    whole = x.astype(np.int32), weight.astype(np.int32)
    for one, other in ((whole[0], weight), (x, whole[1]), whole):
        np.testing.assert_allclose(causal_conv1d(one, other, bias + 0.5, 2), expected, atol=1e-12)
        for ours, right in zip(causal_conv1d_backward(one, other, 2, grad), expected_grads, strict=True):
            np.testing.assert_allclose(ours, right, atol=1e-12)
    for ours, right in zip(causal_conv1d_backward(x, weight, 2, np.ones((N, OUT, T), np.int32)),
                           causal_conv1d_backward(x, weight, 2, np.ones((N, OUT, T))), strict=True):
        np.testing.assert_allclose(ours, right, atol=1e-12)
    y_t, buffer = stream_step(whole[0][:, :, 0], np.zeros((N, C, 3)), whole[1], bias + 0.5)
    np.testing.assert_allclose(y_t, expected[:, :, 0], atol=1e-12)
    assert buffer.shape == (N, C, 3)


def test_an_empty_batch_and_no_steps_keep_their_shapes():
    x, weight, bias = problem()
    for part in (x[:0], x[:, :, :0]):
        y = causal_conv1d(part, weight, bias, 2)
        assert y.shape == (len(part), OUT, part.shape[2])
        grads = causal_conv1d_backward(part, weight, 2, y)
        assert [one.shape for one in grads] == [part.shape, weight.shape, bias.shape]
        np.testing.assert_array_equal(grads[1], 0.0)


def test_a_buffer_of_another_length_is_named():
    x, weight, bias = problem()
    message = raises(stream_step, x[:, :, 0], np.zeros((N, C, 7)), weight, bias, 2)
    assert "buffer" in message and "(2, 3, 7)" in message
