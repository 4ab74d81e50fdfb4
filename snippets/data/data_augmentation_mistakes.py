"""Augmentation that corrupts its labels. tests/data/test_data_augmentation_mistakes.py shows how."""

import numpy as np


# --8<-- [start:order]
def flip_boxes_without_swapping(boxes, width):
    """WRONG: mirrors each number in place, so that x1 > x2: a negative width."""
    flipped = boxes.copy()
    flipped[:, [0, 2]] = width - boxes[:, [0, 2]]
    return flipped
# --8<-- [end:order]


# --8<-- [start:edge]
def flip_boxes_by_pixel_index(boxes, width):
    """WRONG for boxes measured at edges: W - 1 - x is for pixel indices."""
    x1, y1, x2, y2 = boxes.T
    return np.stack([width - 1 - x2, y1, width - 1 - x1, y2], axis=1)
# --8<-- [end:edge]


# --8<-- [start:mask]
def augment_image_and_mask(image, mask, rng):
    """WRONG: image and mask each toss a coin of their own."""
    if rng.random() < 0.5:
        image = image[:, ::-1]
    if rng.random() < 0.5:
        mask = mask[:, ::-1]
    return image, mask
# --8<-- [end:mask]


# --8<-- [start:padding]
def shift_after_normalizing(image, dx, mean, std):
    """WRONG: fills with 0 after normalization, which is the mean, not black."""
    moved = np.zeros_like(image)
    moved[:, dx:] = ((image - mean) / std)[:, :-dx]
    return moved
# --8<-- [end:padding]
