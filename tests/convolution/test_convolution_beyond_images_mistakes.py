"""Each wrong use gives an answer that it should not."""

import numpy as np

from snippets.convolution.convolution_beyond_images import conv1d
from snippets.convolution.convolution_beyond_images_mistakes import (
    convolve_columns,
    forecast_features,
)


def test_the_order_of_columns_changes_the_result():
    table = np.array([[1.0, 5.0, 2.0, 7.0], [3.0, 0.0, 4.0, 1.0]])
    weight = np.array([1.0, -1.0])
    assert convolve_columns(table, weight).tolist() == [5, 4]
    assert convolve_columns(table[:, [0, 2, 1, 3]], weight).tolist() == [3, 1]


def test_centered_windows_read_what_has_not_happened():
    series, weight = np.arange(8.0), np.array([1.0, 2.0, 3.0])
    changed = series.copy()
    changed[5] += 10
    wrong = forecast_features(series, weight) != forecast_features(changed, weight)
    right = conv1d(series[None], weight[None, None]) != conv1d(changed[None], weight[None, None])
    assert np.flatnonzero(wrong).tolist() == [4, 5, 6]
    assert np.flatnonzero(right[0]).tolist() == [5, 6, 7]
