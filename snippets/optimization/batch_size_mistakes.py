"""Two noise scales that come out wrong."""

import numpy as np


# --8<-- [start:naive]
def naive_noise_scale(grads: np.ndarray, batch: int) -> float:
    """Wrong: takes the squared norm of a noisy mean for that of the true gradient.

    ``grads`` (M, D) are means of ``batch`` examples each.
    """
    mean = grads.mean(axis=0)
    trace = batch * ((grads - mean) ** 2).sum() / (len(grads) - 1)
    return float(trace / (mean**2).sum())  # the mean still carries S / (M * batch)
# --8<-- [end:naive]


# --8<-- [start:ratios]
def average_of_ratios(norms: np.ndarray, batch_small: int, batch_big: int) -> float:
    """Wrong: divides in every step, then averages; ``norms`` is (steps, 2)."""
    small, big = norms.T
    trace = (small - big) / (1 / batch_small - 1 / batch_big)
    signal = (batch_big * big - batch_small * small) / (batch_big - batch_small)
    return float(np.mean(trace / signal))  # signal passes near zero, or below
# --8<-- [end:ratios]
