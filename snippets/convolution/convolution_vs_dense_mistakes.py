"""Wrong counts and a wrong layout."""

import numpy as np


# --8<-- [start:channels]
def weights_of_a_convolution(c_in: int, c_out: int, kernel: int) -> int:
    return c_out * kernel**2  # wrong: each filter reads all c_in channels
# --8<-- [end:channels]


# --8<-- [start:layout]
def channels_first(images: np.ndarray) -> np.ndarray:
    n, height, width, channels = images.shape
    return images.reshape(n, channels, height, width)  # wrong: scrambles the pixels
# --8<-- [end:layout]
