"""Rotary encodings, wrong in two ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:mixed]
def rope_with_mixed_layouts(x, positions, base=10_000.0):
    """WRONG: angles for neighbors (0, 0, 1, 1, ...), columns paired by halves."""
    dim = x.shape[-1]
    frequency = base ** (-np.arange(0, dim, 2) / dim)
    angle = np.repeat(positions[:, None] * frequency, 2, axis=-1)
    # right: np.tile(positions[:, None] * frequency, 2)
    a, b = x[..., : dim // 2], x[..., dim // 2 :]
    turned = np.concatenate([-b, a], axis=-1)
    return x * np.cos(angle) + turned * np.sin(angle)
# --8<-- [end:mixed]


# --8<-- [start:half]
def positions_of(length):
    """WRONG: float16 holds whole numbers up to 2,048 only, bfloat16 up to 256."""
    return np.arange(length).astype(np.float16)  # right: keep integers, or float64
# --8<-- [end:half]
