"""Learning rate of a step: warm-up, then cosine, linear, WSD, inverse square root.

Cosine: Loshchilov and Hutter, https://arxiv.org/abs/1608.03983. Warmup-stable-
decay: Hu and others, https://arxiv.org/abs/2404.06395. Inverse square root: Vaswani
and others, https://arxiv.org/abs/1706.03762.
"""

import numpy as np


# --8<-- [start:schedules]
def warmup_factor(step: np.ndarray, warmup: int) -> np.ndarray:
    """(step + 1) / warmup, at most 1: a warm-up of 0 steps gives 1 throughout.

    Args:
        step: Number of the step, counted from 0; a number or an array.
        warmup: Steps until the peak; the first one already moves.

    Returns:
        Factor between 0 and 1, in the shape of ``step``.

    Raises:
        ValueError: If ``warmup`` is negative or a step is.
    """
    step = np.asarray(step, dtype=np.float64)
    if warmup < 0 or np.any(step < 0):
        raise ValueError(f"step, warmup must not be negative, got {step}, {warmup}")
    return np.minimum(1.0, (step + 1) / max(warmup, 1))


def progress(step: np.ndarray, start: int, total: int) -> np.ndarray:
    """0 up to ``start``, 1 from ``total`` on, linear between.

    Raises:
        ValueError: If ``total`` is not above ``start``.
    """
    if total <= start:
        raise ValueError(f"total must be above {start}, got {total}")
    step = np.asarray(step, dtype=np.float64)
    return np.clip((step - start) / (total - start), 0, 1)


def cosine(step: np.ndarray, peak: float, warmup: int, total: int,
           floor: float = 0.0) -> np.ndarray:
    """Warm-up to ``peak``, then half a cosine to ``floor`` at step ``total``."""
    share = (1 + np.cos(np.pi * progress(step, warmup, total))) / 2
    return warmup_factor(step, warmup) * (floor + (peak - floor) * share)


def linear(step: np.ndarray, peak: float, warmup: int, total: int,
           floor: float = 0.0) -> np.ndarray:
    """Warm-up to ``peak``, then a straight line to ``floor`` at step ``total``."""
    share = 1 - progress(step, warmup, total)
    return warmup_factor(step, warmup) * (floor + (peak - floor) * share)


def wsd(step: np.ndarray, peak: float, warmup: int, total: int, decay: int,
        floor: float = 0.0) -> np.ndarray:
    """Warmup, stable, decay: constant until the last ``decay`` steps, then a line.

    Raises:
        ValueError: If ``decay`` is not at least 1, or longer than what follows the
            warm-up.
    """
    if not 1 <= decay <= total - warmup:
        raise ValueError(f"decay must lie in [1, {total - warmup}], got {decay}")
    share = 1 - progress(step, total - decay, total)
    return warmup_factor(step, warmup) * (floor + (peak - floor) * share)


def inverse_sqrt(step: np.ndarray, peak: float, warmup: int) -> np.ndarray:
    """Warm-up to ``peak``, then peak * sqrt(warmup / (step + 1)); no total."""
    if warmup < 1:
        raise ValueError(f"warmup must be at least 1, got {warmup}")
    step = np.asarray(step, dtype=np.float64)
    falling = np.sqrt(warmup / np.maximum(step + 1, warmup))
    return peak * warmup_factor(step, warmup) * falling
# --8<-- [end:schedules]


if __name__ == "__main__":
    steps = np.array([0, 4, 9, 10, 55, 90, 99])
    print("step   ", *steps)
    for name, rates in [("cosine", cosine(steps, 1.0, 10, 100)),
                        ("linear", linear(steps, 1.0, 10, 100)),
                        ("wsd", wsd(steps, 1.0, 10, 100, decay=20)),
                        ("inverse", inverse_sqrt(steps, 1.0, 10))]:
        print(f"{name:8}", *(f"{rate:.3f}" for rate in rates))
    run = np.arange(100)
    for name, rates in [("cosine", cosine(run, 1.0, 10, 100)),
                        ("linear", linear(run, 1.0, 10, 100)),
                        ("wsd", wsd(run, 1.0, 10, 100, decay=20))]:
        print(f"{name:8} mean {rates.mean():.3f}")
    peak = 512**-0.5 * 4000**-0.5
    late = inverse_sqrt(100_000 - 1, peak, 4000)
    print(f"Transformer base: peak {peak:.2e}, after 100,000 steps {late:.2e}")
