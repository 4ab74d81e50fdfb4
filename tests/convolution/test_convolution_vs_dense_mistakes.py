"""Each wrong version runs without an error and gives something else."""

import numpy as np

from snippets.convolution.convolution_vs_dense import layer_cost
from snippets.convolution.convolution_vs_dense_mistakes import (
    channels_first,
    weights_of_a_convolution,
)


def test_a_filter_reads_all_channels():
    assert weights_of_a_convolution(3, 64, 3) == 576
    assert layer_cost("shared", 3, 64, 8, 8, 3)["weights"] == 1728
    # with one input channel nothing shows
    assert weights_of_a_convolution(1, 64, 3) == layer_cost("shared", 1, 64, 8, 8, 3)["weights"]


def test_a_reshape_keeps_the_shape_and_loses_the_neighbors():
    rows, columns = np.indices((4, 6))
    image = np.stack([rows, columns, rows * 0], axis=-1)[None]  # (1, 4, 6, 3)
    wrong, right = channels_first(image), image.transpose(0, 3, 1, 2)
    assert wrong.shape == right.shape == (1, 3, 4, 6)
    assert (right[0, 0] == rows).all() and (right[0, 1] == columns).all()
    assert not (wrong[0, 0] == rows).all()
    assert sorted(wrong.ravel()) == sorted(right.ravel())  # the same numbers, elsewhere
    gray = image[..., :1]
    assert (channels_first(gray) == gray.transpose(0, 3, 1, 2)).all()  # one channel: it sleeps
