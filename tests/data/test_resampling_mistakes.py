"""Copies made before the split are on both sides of it."""

import numpy as np

from snippets.data.resampling_mistakes import oversample_then_split, split_then_oversample

TARGETS = (np.arange(1700) < 85).astype(np.int64)


def share_seen(split) -> float:
    """Share of the test positives that are also in training."""
    train, test = split(TARGETS, 18, 0.25, np.random.default_rng(0))
    positives = test[TARGETS[test] == 1]
    return float(np.isin(positives, train).mean())


def test_every_test_positive_has_a_copy_in_training():
    assert share_seen(oversample_then_split) == 1.0
    assert 0.25**18 < 2e-11


def test_splitting_first_leaves_none_and_keeps_the_natural_share():
    assert share_seen(split_then_oversample) == 0.0
    train, test = split_then_oversample(TARGETS, 18, 0.25, np.random.default_rng(0))
    assert len(test) == 425 and 0.02 < TARGETS[test].mean() < 0.09
    assert 0.4 < TARGETS[train].mean() < 0.6
