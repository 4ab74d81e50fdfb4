"""Each wrong reading runs without an error and misses by what the page says."""

import numpy as np

from snippets.detection_and_segmentation.localization import cell_centers, soft_argmax
from snippets.detection_and_segmentation.localization_mistakes import (
    best_cell_corner,
    best_cell_swapped,
    center_of_mass,
)


def peak(row: int, column: int) -> np.ndarray:
    scores = np.zeros((6, 8))
    scores[row, column] = 40.0
    return scores


def right(scores: np.ndarray, stride: int) -> np.ndarray:
    return cell_centers(*scores.shape, stride)[scores.argmax()]


def test_the_corner_is_off_by_half_a_cell():
    scores = peak(2, 5)
    np.testing.assert_array_equal(right(scores, 4), [21.5, 9.5])
    wrong = best_cell_corner(scores, 4)
    np.testing.assert_array_equal(right(scores, 4) - wrong, [1.5, 1.5])
    assert f"{np.hypot(1.5, 1.5):.2f}" == "2.12"
    np.testing.assert_array_equal(best_cell_corner(scores, 1), right(scores, 1))  # stride 1 hides it


def test_swapped_coordinates_are_mirrored_at_the_diagonal():
    np.testing.assert_array_equal(best_cell_swapped(peak(2, 5), 4), [9.5, 21.5])
    np.testing.assert_array_equal(best_cell_swapped(peak(3, 3), 4), right(peak(3, 3), 4))


def test_negative_scores_push_a_center_of_mass_out_of_the_image():
    scores = peak(2, 5)
    np.testing.assert_allclose(center_of_mass(scores, 1), [5, 2])  # zeros elsewhere: right
    scores[0, 0] = -30.0
    wrong = center_of_mass(scores, 1)
    np.testing.assert_allclose(wrong, [20, 8])  # of 8 columns and 6 rows
    np.testing.assert_allclose(soft_argmax(scores[None], 1)[0], [5, 2])
