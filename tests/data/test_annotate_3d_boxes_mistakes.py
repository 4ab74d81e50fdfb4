"""The wrong interpolation turns an object backward; the right one beside it does not."""

import math

import numpy as np

from snippets.data.annotate_3d_boxes import box_errors, interpolate
from snippets.data.annotate_3d_boxes_mistakes import interpolate_numbers


def test_halfway_between_170_and_minus_170_the_box_points_backward():
    first = np.array([0, 0, 0.5, 1.2, 0.6, 1.0, math.radians(170)])
    last = np.array([2, 0, 0.5, 1.2, 0.6, 1.0, math.radians(-170)])
    wrong, right = interpolate_numbers(first, last, 0.5), interpolate(first, last, 0.5)
    np.testing.assert_allclose(wrong[6], 0.0, atol=1e-12)
    np.testing.assert_allclose(box_errors(wrong, right), (0.0, 0.0, math.pi), atol=1e-9)
