"""Wrong claims and wrong checks about shifts."""

import numpy as np

from snippets.convolution.equivariance import blur, conv2d, shift, window_max


# --8<-- [start:flatten]
def score_by_position(
    x: np.ndarray, weight: np.ndarray, head: np.ndarray
) -> np.ndarray:
    y = np.maximum(conv2d(x, weight), 0)
    return y.reshape(len(x), -1) @ head  # wrong: one weight per position
# --8<-- [end:flatten]


# --8<-- [start:border]
def seems_not_equivariant(x: np.ndarray, weight: np.ndarray) -> bool:
    before = conv2d(shift(x, 0, 1), weight, circular=False)
    after = shift(conv2d(x, weight, circular=False), 0, 1)
    return not np.allclose(before, after)  # wrong: the border's fault
# --8<-- [end:border]


# --8<-- [start:late]
def blur_too_late(x: np.ndarray) -> np.ndarray:
    return blur(window_max(x)[:, :, ::2, ::2])  # wrong: aliased before the blur
# --8<-- [end:late]
