"""The wrong splits leak, and the right ones beside them do not."""

import numpy as np

from snippets.data.splits_over_time import leaked_fraction, split_by_time
from snippets.data.splits_over_time_mistakes import split_frames, split_windows


def test_a_random_test_frame_has_a_training_frame_next_to_it():
    frames = np.arange(1000.0)[:, None]
    split = split_frames(1000, 0.2, np.random.default_rng(0))
    assert np.sum(split == 1) == 200
    # Both neighbors of a test frame are test frames with probability 0.2² = 0.04.
    next_to = leaked_fraction(frames[split == 1], frames[split == 0], radius=1.5)
    assert abs(next_to - 0.96) < 4 * np.sqrt(0.04 * 0.96 / 200)
    right = split_by_time(frames[:, 0], [800.0], gap=50.0)
    assert leaked_fraction(frames[right == 1], frames[right == 0], radius=50.0) == 0.0


def test_windows_at_the_cut_share_all_but_one_frame():
    train, test = split_windows(100, length=8, test_fraction=0.3)
    shared = np.intersect1d(train, test)
    assert len(shared) == 7
    assert len(np.intersect1d(train[-1], test[0])) == 7


def test_cutting_the_frames_first_shares_none():
    split = split_by_time(np.arange(100.0), [70.0], gap=0.0)
    windows = np.lib.stride_tricks.sliding_window_view(split, 8)
    whole = windows.min(axis=1) == windows.max(axis=1)  # a window across the cut is dropped
    assert np.sum(~whole) == 7
