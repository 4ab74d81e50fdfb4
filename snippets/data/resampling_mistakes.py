"""Resampling in the wrong place. tests/data/test_resampling_mistakes.py measures the leak."""

import numpy as np


# --8<-- [start:before]
def oversample_then_split(targets, copies, test_share, rng):
    """WRONG: copies of one positive land on both sides of the split."""
    rows = np.concatenate([np.arange(len(targets)),
                           np.repeat(np.flatnonzero(targets == 1), copies)])
    rows = rng.permutation(rows)
    cut = round(test_share * len(rows))
    return rows[cut:], rows[:cut]  # training, test
# --8<-- [end:before]


# --8<-- [start:right]
def split_then_oversample(targets, copies, test_share, rng):
    """Right: the test set is split off first and keeps its natural shares."""
    rows = rng.permutation(len(targets))
    cut = round(test_share * len(rows))
    train, test = rows[cut:], rows[:cut]
    extra = np.repeat(train[targets[train] == 1], copies)
    return np.concatenate([train, extra]), test
# --8<-- [end:right]
