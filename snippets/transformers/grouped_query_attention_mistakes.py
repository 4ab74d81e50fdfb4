"""Shared keys and values, wrong in two ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:tile]
def repeat_heads(key, repeats):
    """WRONG: 0 1 0 1 0 1, but query heads 0, 1 and 2 belong to key head 0."""
    return np.tile(key, (1, repeats, 1, 1))  # right: np.repeat(.., axis=1)
# --8<-- [end:tile]


# --8<-- [start:rotate]
def rotate(x, position, base=10000.0):
    """Rotary encoding of (..., D): pairs (i, i + D / 2) turned by an angle."""
    half = x.shape[-1] // 2
    angle = position * base ** (-np.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle),
                           a * np.sin(angle) + b * np.cos(angle)], axis=-1)


def absorbed_score(query, t, latent, s, up_key):
    """WRONG: rotates the latent. Turning and ``up_key`` do not commute."""
    # right: rotate(query, t) @ rotate(up_key @ latent, s)
    return rotate(query @ up_key, t) @ rotate(latent, s)
# --8<-- [end:rotate]
