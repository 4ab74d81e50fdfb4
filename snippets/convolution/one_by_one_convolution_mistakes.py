"""Three ways to get a 1x1 convolution wrong. All of it is wrong on purpose."""

import numpy as np


# --8<-- [start:reshape]
def conv1x1_by_reshape(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Wrong: a reshape does not move axes, rows hold pixels of one channel."""
    n, c, height, width = x.shape
    out = x.reshape(-1, c) @ weight.T
    return out.reshape(n, len(weight), height, width)
# --8<-- [end:reshape]


# --8<-- [start:linear]
def two_layers(x: np.ndarray, down: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Wrong as "added nonlinearity": without an activation this is one layer."""
    return np.einsum("oc,ci,nihw->nohw", up, down, x)
# --8<-- [end:linear]


# --8<-- [start:flatten]
def head_by_flattening(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Not a 1x1 convolution: on an H x W map this is an H x W one."""
    return x.reshape(len(x), -1) @ weight.T  # weight (K, C * H * W)
# --8<-- [end:flatten]
