"""Pixels against PyTorch and SciPy, boxes against masks moved by them."""

import numpy as np
import torch
from scipy import ndimage

from snippets.data.data_augmentation import crop, flip, rotate90, shift


def scene(seed: int):
    """An image, (13, 19), overlapping boxes on whole pixels, and a mask for each."""
    rng = np.random.default_rng(seed)
    low = np.stack([rng.integers(0, 14, 6), rng.integers(0, 9, 6)], axis=1)
    boxes = np.concatenate([low, low + rng.integers(1, 5, (6, 2))], axis=1).astype(np.float64)
    masks = np.zeros((6, 13, 19))
    for mask, (x1, y1, x2, y2) in zip(masks, boxes.astype(np.int64), strict=True):
        mask[y1:y2, x1:x2] = 1
    return rng.standard_normal((13, 19)), boxes, masks


def boxes_of(masks: np.ndarray) -> np.ndarray:
    """The tight box around each mask, found by SciPy."""
    slices = [ndimage.find_objects(mask.astype(np.int64))[0] for mask in masks]
    return np.array([[x.start, y.start, x.stop, y.stop] for y, x in slices], dtype=np.float64)


def test_flip_and_turn_agree_with_torch_on_pixels_and_masks():
    for seed in range(10):
        image, boxes, masks = scene(seed)
        for ours, torchs in ((flip, lambda t: torch.flip(t, (-1,))),
                             (rotate90, lambda t: torch.rot90(t, 1, (-2, -1)))):
            moved_image, moved = ours(image, boxes)
            np.testing.assert_array_equal(moved_image, torchs(torch.tensor(image)).numpy())
            np.testing.assert_array_equal(moved, boxes_of(torchs(torch.tensor(masks)).numpy()))


def test_shift_agrees_with_scipy_on_pixels_and_masks():
    for dx, dy in ((3, -2), (-4, 5), (0, 1), (30, 0)):
        image, boxes, masks = scene(dx + 50)
        moved_image, moved, keep = shift(image, boxes, dx, dy, 0.0)
        np.testing.assert_allclose(moved_image, ndimage.shift(image, (dy, dx), order=0), atol=1e-12)
        shifted = np.array([ndimage.shift(mask, (dy, dx), order=0) for mask in masks])
        np.testing.assert_array_equal(keep, shifted.any(axis=(1, 2)))
        np.testing.assert_array_equal(moved, boxes_of(shifted[keep]).reshape(-1, 4))


def test_crop_agrees_with_torch_padding():
    image, boxes, _ = scene(3)
    x1, y1, x2, y2 = -2, 4, 15, 16  # beyond the left and the lower border
    padded = torch.nn.functional.pad(torch.tensor(image), (-x1, x2 - 19, -y1, y2 - 13))
    np.testing.assert_array_equal(crop(image, boxes, (x1, y1, x2, y2))[0], padded.numpy())
