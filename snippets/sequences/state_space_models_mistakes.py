"""A state-space layer, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:wrap]
def circular(x, kernel):
    """WRONG: without zeros behind, the end of the sequence reaches its start."""
    size = x.shape[1]  # right: 2 * x.shape[1], cut afterwards
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(kernel, size), size)
# --8<-- [end:wrap]


# --8<-- [start:euler]
def euler(a, b, delta):
    """WRONG for large steps: 1 + delta * a leaves the unit circle at -2."""
    return 1 + delta * a, delta * b  # right: exp(delta * a)
# --8<-- [end:euler]


# --8<-- [start:kernel]
def selective_as_convolution(x, a_bar, b_bar, c):
    """WRONG: a kernel of mean coefficients; a selective layer has no kernel."""
    kernel = c.mean() * b_bar.mean() * a_bar.mean() ** np.arange(len(x))
    return np.convolve(x, kernel)[: len(x)]  # right: a scan over (a_bar[t], ...)
# --8<-- [end:kernel]
