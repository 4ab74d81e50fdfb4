"""How each mistake fails."""

import numpy as np

from snippets.sequences.temporal_convolution import causal_conv1d
from snippets.sequences.temporal_convolution_mistakes import buffer_sizes, cut_on_the_wrong_side, normalize


def test_the_wrong_end_of_a_padded_output_sees_the_future():
    x, kernel = np.zeros(8), np.array([1.0, 10.0, 100.0])
    x[5] = 1.0
    both = np.convolve(x, kernel)  # zeros on both sides, T + K - 1 outputs
    assert np.flatnonzero(cut_on_the_wrong_side(both, 8)).min() == 3  # two steps early
    right = causal_conv1d(x[None, None], kernel[None, None, ::-1], np.zeros(1))[0, 0]
    np.testing.assert_allclose(both[:8], right)
    assert np.flatnonzero(right).min() == 5


def test_one_buffer_of_inputs_means_computing_every_layer_again():
    # As many numbers as all buffers together, but no hidden layer's past is among them.
    assert buffer_sizes(2, [1, 2, 4, 8]) == [15]
    assert [(2 - 1) * d for d in [1, 2, 4, 8]] == [1, 2, 4, 8]


def test_statistics_over_time_leak_the_future():
    x = np.random.default_rng(0).standard_normal((1, 2, 6))
    other = x.copy()
    other[:, :, 5] = 50.0
    assert np.abs(normalize(other) - normalize(x))[:, :, 0].max() > 0.1
