"""Three gradient checks that lie about a right gradient."""

import numpy as np


# --8<-- [start:float32]
def derivative_in_float32(f, x: np.float32, h: float = 1e-6) -> float:
    """Wrong: the step that suits float64 is lost in float32's rounding."""
    up, down = f(x + np.float32(h)), f(x - np.float32(h))
    return float((up - down) / np.float32(2 * h))
# --8<-- [end:float32]


# --8<-- [start:element]
def worst_element(analytic: np.ndarray, numeric: np.ndarray) -> float:
    """Wrong: where the gradient is nearly 0, it compares rounding noise."""
    scale = np.maximum(np.abs(analytic), np.abs(numeric))
    return float(np.max(np.abs(analytic - numeric) / scale))
# --8<-- [end:element]


# --8<-- [start:mask]
def loss_with_dropout(x: np.ndarray, rng: np.random.Generator) -> float:
    """Wrong in a check: each call draws another mask, so another function."""
    mask = rng.random(x.shape) < 0.5
    return float(np.sum((2 * mask * x) ** 2))
# --8<-- [end:mask]
