"""Each mistake of the page, failing."""

import numpy as np
import torch

from snippets.detection_and_segmentation.roi_align import ramp, roi_align
from snippets.detection_and_segmentation.roi_align_mistakes import (
    align_rounded,
    align_without_scale,
    read_row,
)

BOX = np.array([100.0, 20, 228, 60])


def test_interpolating_between_rounded_corners_is_four_pixels_off():
    right, wrong = roi_align(ramp(40), BOX, 1 / 16), align_rounded(ramp(40), BOX, 1 / 16)
    np.testing.assert_allclose(wrong - right, -4)
    # Over all places of a box: as far off on average as rounding is.
    rng = np.random.default_rng(0)
    errors = []
    for shift in rng.uniform(0, 160, 500):
        box = BOX + np.array([shift, 0, shift, 0])
        error = align_rounded(ramp(40), box, 1 / 16) - roi_align(ramp(40), box, 1 / 16)
        errors.append(abs(error[0, 0, 3]))
    # The mean of two edges, each rounded by at most 8; 128 is 8 cells, so both by the same:
    # uniform on 0..8, mean 4, deviation 8 / sqrt(12) = 2.31, of the mean 2.31 / sqrt(500) = 0.103.
    assert abs(np.mean(errors) - 4) < 4 * 0.103 and np.max(errors) <= 8


def test_without_the_scale_everything_reads_zero():
    assert roi_align(ramp(24), BOX, 1 / 16).min() > 100
    assert (align_without_scale(ramp(24), BOX) == 0).all()


def test_the_wrong_corners_are_half_a_cell_off_at_both_ends():
    row = (torch.arange(24.0) + 0.5) * 16  # x of each cell's center
    x = torch.tensor([0.5, 12.0, 23.5])
    torch.testing.assert_close(read_row(row, x, False), 16 * x)
    error = read_row(row, x, True) - 16 * x
    torch.testing.assert_close(error, 16 * (0.5 - x / 24))
    assert [round(e, 2) for e in error.tolist()] == [7.67, 0.0, -7.67]
