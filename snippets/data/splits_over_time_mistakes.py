"""Wrong ways to split data recorded over time. The tests show how each leaks."""

import numpy as np


# --8<-- [start:frames]
def split_frames(
    num_frames: int, test_fraction: float, rng: np.random.Generator
) -> np.ndarray:
    """WRONG: the frame before or after is nearly always in training."""
    split = np.zeros(num_frames, dtype=np.int64)
    num_test = round(test_fraction * num_frames)
    split[rng.permutation(num_frames)[:num_test]] = 1
    return split
# --8<-- [end:frames]


# --8<-- [start:windows]
def split_windows(
    num_frames: int, length: int, test_fraction: float
) -> tuple[np.ndarray, np.ndarray]:
    """WRONG: cuts between windows, so those at the cut share frames.

    Returns the frame numbers of the training and of the test windows, each
    (windows, length).
    """
    frames = np.arange(num_frames)
    windows = np.lib.stride_tricks.sliding_window_view(frames, length)
    cut = round((1 - test_fraction) * len(windows))
    return windows[:cut], windows[cut:]
# --8<-- [end:windows]
