"""The wrong layers fail as the page says."""

import numpy as np

from snippets.convolution.one_by_one_convolution import conv1x1
from snippets.convolution.one_by_one_convolution_mistakes import (
    conv1x1_by_reshape,
    head_by_flattening,
    two_layers,
)


def test_a_reshape_mixes_pixels_of_one_channel():
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 3, 5, 7)), rng.normal(size=(4, 3))
    wrong, right = conv1x1_by_reshape(x, weight), conv1x1(x, weight, np.zeros(4))
    assert wrong.shape == right.shape and not np.allclose(wrong, right)
    one = rng.normal(size=(2, 3, 1, 1))  # at a single position it is right
    np.testing.assert_allclose(conv1x1_by_reshape(one, weight), conv1x1(one, weight, np.zeros(4)))


def test_two_linear_layers_are_one_of_low_rank():
    rng = np.random.default_rng(1)
    x, down, up = rng.normal(size=(2, 6, 5, 7)), rng.normal(size=(2, 6)), rng.normal(size=(8, 2))
    np.testing.assert_allclose(two_layers(x, down, up), conv1x1(x, up @ down, np.zeros(8)))
    assert np.linalg.matrix_rank(up @ down) == 2


def test_flattening_needs_one_size_and_h_times_w_as_many_weights():
    rng = np.random.default_rng(2)
    weight = rng.normal(size=(4, 3 * 5 * 7))
    assert head_by_flattening(rng.normal(size=(2, 3, 5, 7)), weight).shape == (2, 4)
    assert weight.size == 5 * 7 * (4 * 3)
    try:
        head_by_flattening(rng.normal(size=(2, 3, 6, 7)), weight)
    except ValueError:
        return
    raise AssertionError("another size was accepted")
