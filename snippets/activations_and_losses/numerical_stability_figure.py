"""One figure: relative error of ln(1 + x), and the variance of two numbers by squares."""

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Left: float32, the sum rounded and the logarithm exact. Right: numbers c and c + 2."""
    drawing, (left, right) = plot(height=3.5, columns=2)
    x = np.logspace(-9, 0, 91).astype(np.float32)
    rounded = (np.float32(1) + x).astype(np.float64)
    error = np.abs(np.log(rounded) / np.log1p(x.astype(np.float64)) - 1)
    left.plot(x, np.maximum(np.round(error, 9), 1e-9), color=COLORS["orange"], linestyle="-")
    left.set(xscale="log", yscale="log", xlabel="x", title="error of ln(1 + x)", ylim=(1e-9, 10))
    left.set_xticks([1e-9, 1e-6, 1e-3, 1], ["1e-9", "1e-6", "0.001", "1"])
    left.set_yticks([1e-8, 1e-4, 1], ["1e-8", "0.0001", "1"])
    left.minorticks_off()
    label(left, 2e-9, 2.6, "all digits lost", "orange", align="left", size=10)
    c = np.arange(2000, 20_001, 100).astype(np.float32)
    a, b, half = c, c + np.float32(2), np.float32(0.5)
    mean = (a + b) * half
    found = (a * a + b * b) * half - mean * mean
    right.plot(c, found, color=COLORS["blue"], linestyle="none", marker="o", markersize=3)
    right.axhline(1, color=COLORS["muted"], linestyle=":")
    right.set(xlabel="c", title="variance of c and c + 2", ylim=(-40, 40))
    right.set_xticks([2000, 10_000, 20_000], ["2,000", "10,000", "20,000"])
    label(right, 2000, 7, "truth 1", "muted", align="left")
    return drawing
