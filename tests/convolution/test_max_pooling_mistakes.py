"""Each wrong pooling has the right shape and the wrong numbers."""

import numpy as np

from snippets.convolution.max_pooling import max_pool2d
from snippets.convolution.max_pooling_mistakes import max_over_time, pool_by_reshape


def test_the_wrong_axes_pool_pixels_half_an_image_apart():
    x = np.arange(32.0).reshape(1, 1, 4, 8)
    wrong, right = pool_by_reshape(x), max_pool2d(x, 2, 2)
    assert wrong.shape == right.shape and not np.array_equal(wrong, right)
    assert wrong[0, 0, 0, 0] == x[0, 0, 2, 4]
    blocks = x.reshape(1, 1, 2, 2, 4, 2)
    np.testing.assert_array_equal(blocks.max(axis=(3, 5)), right)


def test_the_filling_wins_where_all_features_are_negative():
    x = np.array([[[-3.0, 2.0], [-1.0, 5.0], [0.0, 0.0]]])  # (1, T, D), the last step is filling
    lengths = np.array([2])
    assert max_over_time(x, lengths).tolist() == [[0.0, 5.0]]
    inside = np.arange(3)[None, :, None] < lengths[:, None, None]
    assert np.where(inside, x, -np.inf).max(axis=1).tolist() == [[-1.0, 5.0]]
