"""Each wrong unpooling runs without an error and differs from the right one."""

import numpy as np

from snippets.detection_and_segmentation.max_unpooling import max_pool2d, max_unpool2d
from snippets.detection_and_segmentation.max_unpooling_mistakes import (
    unpool_by_equality,
    unpool_to_twice_the_size,
    unpool_with_window_offsets,
)

WORKED = np.array([[1.0, 3, 2, 1], [4, 2, 0, 5], [0, 1, 7, 2], [6, 2, 3, 1]])
VALUES = np.array([[10.0, 20], [30, 40]])


def right(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    indices = max_pool2d(x[None, None], 2, 2)[1]
    return max_unpool2d(y[None, None], indices, x.shape)[0, 0]


def test_equality_places_a_value_four_times_in_a_window_of_zeros():
    np.testing.assert_array_equal(unpool_by_equality(VALUES, WORKED), right(VALUES, WORKED))
    dead = WORKED.copy()
    dead[:2, :2] = 0  # behind a ReLU that let nothing through
    wrong = unpool_by_equality(VALUES, dead)
    np.testing.assert_array_equal(wrong[:2, :2], [[10, 10], [10, 10]])
    np.testing.assert_array_equal(right(VALUES, dead)[:2, :2], [[10, 0], [0, 0]])


def test_offsets_in_the_window_land_in_the_first_four_pixels():
    wrong = unpool_with_window_offsets(VALUES, WORKED)
    assert not wrong.ravel()[4:].any()
    assert right(VALUES, WORKED).ravel()[4:].any()
    small = WORKED[:2, :2]  # one window is the whole image: nothing shows
    np.testing.assert_array_equal(unpool_with_window_offsets(VALUES[:1, :1], small),
                                  right(VALUES[:1, :1], small))


def test_an_odd_width_shears_the_image():
    x = np.zeros((5, 5))
    x[1, 1], x[0, 3], x[2, 0], x[2, 2] = 4, 5, 6, 7
    out, indices = max_pool2d(x[None, None], 2, 2)
    wrong = unpool_to_twice_the_size(out[0, 0], indices[0, 0])
    assert wrong.shape == (4, 4)
    assert wrong[1, 2] == 4 and wrong[2, 2] == 6 and wrong[3, 0] == 7  # not at (1, 1), (2, 0), (2, 2)
    np.testing.assert_array_equal(right(out[0, 0], x), x)
    np.testing.assert_array_equal(
        unpool_to_twice_the_size(VALUES, max_pool2d(WORKED[None, None], 2, 2)[1][0, 0]),
        right(VALUES, WORKED))
