"""Four places for the norm around a residual branch, and normalized queries and keys.

Post- against pre-norm: Xiong et al. 2020, https://arxiv.org/abs/2002.04745; a norm after the
branch: OLMo 2, https://arxiv.org/abs/2501.00656; both: Gemma 2, https://arxiv.org/abs/2408.00118;
normalized queries and keys: ViT-22B, https://arxiv.org/abs/2302.05442.
"""

from collections.abc import Callable, Sequence

import numpy as np

Branch = Callable[[np.ndarray], np.ndarray]


# --8<-- [start:norm]
def rms_norm(x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    """x / sqrt(mean(x^2) + eps) over the last axis, without a learned gain."""
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
# --8<-- [end:norm]


# --8<-- [start:places]
def pre_norm(x: np.ndarray, branches: Sequence[Branch]) -> np.ndarray:
    """x + F(norm(x)) for each branch F; one more norm at the end.

    Args:
        x: The stream, (..., D).
        branches: Functions from (..., D) to (..., D), attention and MLP in turn.

    Returns:
        What the output layer reads, (..., D).
    """
    for branch in branches:
        x = x + branch(rms_norm(x))  # nothing stands on the way of x
    return rms_norm(x)


def post_norm(x: np.ndarray, branches: Sequence[Branch]) -> np.ndarray:
    """norm(x + F(x)) for each branch F; arguments as in ``pre_norm``."""
    for branch in branches:
        x = rms_norm(x + branch(x))  # the sum itself is normalized
    return x


def output_norm(x: np.ndarray, branches: Sequence[Branch]) -> np.ndarray:
    """x + norm(F(x)), one more norm at the end; arguments: see ``pre_norm``."""
    for branch in branches:
        x = x + rms_norm(branch(x))  # each branch adds a vector of size 1
    return rms_norm(x)


def sandwich_norm(x: np.ndarray, branches: Sequence[Branch]) -> np.ndarray:
    """x + norm(F(norm(x))), a norm at the end; arguments as in ``pre_norm``."""
    for branch in branches:
        x = x + rms_norm(branch(rms_norm(x)))
    return rms_norm(x)
# --8<-- [end:places]


# --8<-- [start:qk]
def qk_norm_scores(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Scores of attention with RMS-normalized queries and keys, divided by sqrt(D).

    Both have length sqrt(D) then, so no score exceeds sqrt(D) in size.

    Args:
        query: (..., T, D), one head.
        key: (..., S, D).

    Returns:
        (..., T, S).
    """
    product = rms_norm(query) @ rms_norm(key).swapaxes(-1, -2)
    return product / np.sqrt(query.shape[-1]).astype(product.dtype)
# --8<-- [end:qk]


if __name__ == "__main__":
    move = [lambda x: np.stack([x[..., 1], 0 * x[..., 1]], axis=-1)]  # F(x) = (x2, 0)
    x = np.array([3.0, 4.0])
    for place in (pre_norm, post_norm, output_norm, sandwich_norm):
        print(f"{place.__name__:13} of (3, 4)", place(x, move).round(4),
              "of (30, 40)", place(10 * x, move).round(4))

    rng = np.random.default_rng(0)
    stream = rng.standard_normal((1000, 64))
    for number in range(1, 65):
        stream = stream + rms_norm(rng.standard_normal(stream.shape))
        if number in (8, 64):
            print(f"size of the stream after {number} branches {np.sqrt((stream**2).mean()):.2f}")
    q = np.ones((1, 64))
    for scale in (1, 10):
        print("scale", scale, "plain score", scale**2 * 8,
              "QK norm", qk_norm_scores(scale * q, scale * q).round(4))
