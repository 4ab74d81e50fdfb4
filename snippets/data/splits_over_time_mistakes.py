"""Wrong ways to split data recorded over time. The tests show how each leaks."""

import numpy as np


# --8<-- [start:frames]
def split_frames(num_frames: int, test_fraction: float, rng: np.random.Generator) -> np.ndarray:
    """WRONG for recordings: every test frame has neighbors in time among the training frames."""
    split = np.zeros(num_frames, dtype=np.int64)
    split[rng.permutation(num_frames)[: round(test_fraction * num_frames)]] = 1
    return split
# --8<-- [end:frames]


# --8<-- [start:windows]
def split_windows(
    num_frames: int, length: int, test_fraction: float
) -> tuple[np.ndarray, np.ndarray]:
    """WRONG: cuts between windows, not between frames, so windows at the cut share frames.

    Returns the frame numbers of the training windows and of the test windows, (windows, length).
    """
    windows = np.lib.stride_tricks.sliding_window_view(np.arange(num_frames), length)
    cut = round((1 - test_fraction) * len(windows))
    return windows[:cut], windows[cut:]
# --8<-- [end:windows]
