"""Wrong poolings that run and have the right shape."""

import numpy as np


# --8<-- [start:axes]
def pool_by_reshape(x: np.ndarray) -> np.ndarray:
    n, channels, height, width = x.shape
    blocks = x.reshape(n, channels, 2, height // 2, 2, width // 2)
    return blocks.max(axis=(2, 4))  # wrong: these pixels are half an image apart
# --8<-- [end:axes]


# --8<-- [start:time]
def max_over_time(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return x.max(axis=1)  # wrong: the zeros that fill up short texts take part
# --8<-- [end:time]
