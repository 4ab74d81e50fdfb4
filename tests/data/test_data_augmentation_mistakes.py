"""How the mistakes corrupt labels."""

import numpy as np

from snippets.data.data_augmentation import flip
from snippets.data.data_augmentation_mistakes import (
    augment_image_and_mask,
    flip_boxes_by_pixel_index,
    flip_boxes_without_swapping,
    shift_after_normalizing,
)

BOXES = np.array([[10.0, 20.0, 40.0, 50.0]])


def test_without_swapping_the_width_is_negative():
    wrong = flip_boxes_without_swapping(BOXES, 100)
    assert wrong[0, 2] - wrong[0, 0] == -30
    np.testing.assert_array_equal(wrong, [[90, 20, 60, 50]])


def test_the_rule_for_indices_moves_edges_by_one_pixel():
    right = flip(np.zeros((60, 100)), BOXES)[1]
    np.testing.assert_array_equal(flip_boxes_by_pixel_index(BOXES, 100), right - [1, 0, 1, 0])
    # For a box 4 wide this costs two fifths of the overlap.
    assert 3 / 5 == (4 - 1) / (4 + 1)


def test_image_and_mask_part_in_half_of_the_cases():
    rng, image = np.random.default_rng(0), np.arange(6).reshape(2, 3)
    parted = 0
    for _ in range(2000):
        one, mask = augment_image_and_mask(image, image, rng)
        parted += not np.array_equal(one, mask)
    assert abs(parted / 2000 - 0.5) < 5 * 0.5 / np.sqrt(2000)


def test_zero_after_normalizing_is_gray():
    moved = shift_after_normalizing(np.full((2, 4), 0.2), 1, 0.45, 0.25)
    np.testing.assert_allclose(moved[:, 0] * 0.25 + 0.45, 0.45)  # not black, not the edge
    np.testing.assert_allclose(moved[:, 1:] * 0.25 + 0.45, 0.2)
