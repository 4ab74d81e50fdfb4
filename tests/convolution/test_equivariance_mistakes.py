"""Each wrong claim or check fails as the page says."""

import numpy as np

from snippets.convolution.equivariance import conv2d, downsample, features, invariance_gap, shift
from snippets.convolution.equivariance_mistakes import (
    blur_too_late,
    score_by_position,
    seems_not_equivariant,
)

RNG = np.random.default_rng(0)
X, WEIGHT = RNG.normal(size=(2, 1, 6, 8)), RNG.normal(size=(3, 1, 3, 3))


def test_a_weight_per_position_sees_every_shift():
    head = RNG.normal(size=(3 * 6 * 8, 2))
    assert invariance_gap(lambda v: score_by_position(v, WEIGHT, head), X, 0, 1) > 0.5
    assert invariance_gap(lambda v: features(v, [WEIGHT], "none"), X, 0, 1) < 1e-12


def test_the_check_fails_at_the_border_and_holds_inside():
    assert seems_not_equivariant(X, WEIGHT)
    before = conv2d(shift(X, 0, 1), WEIGHT, circular=False)
    after = shift(conv2d(X, WEIGHT, circular=False), 0, 1)
    np.testing.assert_array_equal(before[:, :, 1:-1, 2:-1], after[:, :, 1:-1, 2:-1])


def test_a_blur_after_the_stride_helps_nothing():
    def late(v):
        return blur_too_late(v).mean(axis=(2, 3))
    def plain(v):
        return downsample(v, "max").mean(axis=(2, 3))
    def early(v):
        return downsample(v, "blur").mean(axis=(2, 3))
    assert np.isclose(invariance_gap(late, X, 0, 1), invariance_gap(plain, X, 0, 1))
    assert invariance_gap(late, X, 0, 1) > 0.01 > 1e-12 > invariance_gap(early, X, 0, 1)
