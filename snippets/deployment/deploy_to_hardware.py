"""int8 arithmetic as a device does it, latency measured right, and a drift alarm.

Jacob et al., *Quantization and training of neural networks for efficient
integer-arithmetic-only inference*, https://arxiv.org/abs/1712.05877.
"""

import time
from collections.abc import Callable

import numpy as np


# --8<-- [start:affine]
def affine_parameters(low: float, high: float) -> tuple[float, int]:
    """Scale and zero point that map a range of floats to 0 … 255.

    The range is first widened to hold 0, so that 0 is exact: padding and ReLU
    produce it all the time.

    Args:
        low: Smallest value seen in calibration.
        high: Largest value, >= low.

    Returns:
        scale > 0 and the integer zero point, the code of 0.0. The scale of the
        empty range from 0 to 0 is 1.

    Raises:
        ValueError: If ``low`` is above ``high``.

    >>> affine_parameters(-1.0, 2.984375)
    (0.015625, 64)
    """
    if low > high:
        raise ValueError(f"low must not exceed high, got {low} and {high}")
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / 255 or 1.0
    return float(scale), round(-low / scale)


def quantize(x: np.ndarray, scale: float, zero_point: int) -> np.ndarray:
    """Codes round(x / scale) + zero point, saturated to 0 … 255, as uint8."""
    codes = np.round(x / scale) + zero_point
    return np.clip(codes, 0, 255).astype(np.uint8)


def dequantize(codes: np.ndarray, scale: float, zero_point: int) -> np.ndarray:
    """scale (code - zero point), float64."""
    return scale * (codes.astype(np.float64) - zero_point)
# --8<-- [end:affine]


# --8<-- [start:linear]
def quantize_weight(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 codes with a scale per output: row maximum / 127.

    Args:
        weight: (outputs, D).

    Returns:
        Codes (outputs, D) from -127 to 127, int8, and scales (outputs,); a row of
        zeros has scale 1.
    """
    largest = np.abs(weight).max(axis=1)
    scales = np.where(largest > 0, largest / 127, 1.0)
    return np.round(weight / scales[:, None]).astype(np.int8), scales


def integer_linear(
    codes: np.ndarray, scale: float, zero_point: int,
    weight_codes: np.ndarray, weight_scales: np.ndarray, bias: np.ndarray,
) -> np.ndarray:
    """A linear layer on uint8 inputs and int8 weights, added up in int32.

    Args:
        codes: Inputs, (N, D), uint8.
        scale: Of the inputs.
        zero_point: Of the inputs.
        weight_codes: (outputs, D), int8.
        weight_scales: (outputs,).
        bias: (outputs,), float.

    Returns:
        (N, outputs), float64.
    """
    weights = weight_codes.astype(np.int32)  # a product fills 16 bits, a sum more
    sums = codes.astype(np.int32) @ weights.T  # (N, D) @ (D, outputs)
    sums = sums - np.int32(zero_point) * weights.sum(axis=1, dtype=np.int32)
    return scale * weight_scales * sums + bias
# --8<-- [end:linear]


# --8<-- [start:latency]
def measure(
    call: Callable[[], object], warmup: int, repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> np.ndarray:
    """Seconds of each of ``repeats`` calls; ``warmup`` calls before do not count.

    Args:
        call: What is measured; must not return before its work is done.
        warmup: >= 0.
        repeats: >= 1.
        clock: Returns seconds; read right before and right after each call.

    Returns:
        (repeats,).

    Raises:
        ValueError: If ``warmup`` or ``repeats`` is out of range.
    """
    if warmup < 0 or repeats < 1:
        raise ValueError(f"warmup {warmup} and repeats {repeats} are out of range")
    for _ in range(warmup):
        call()
    seconds = np.zeros(repeats)
    for i in range(repeats):
        start = clock()
        call()
        seconds[i] = clock() - start
    return seconds


def percentiles(seconds: np.ndarray) -> dict[str, float]:
    """p50, p95 and p99 by nearest rank: a latency that really occurred.

    The q-th percentile of N values is the ceil(q N / 100)-th smallest.

    >>> percentiles(np.array([4.0, 1.0, 2.0, 3.0]))
    {'p50': 2.0, 'p95': 4.0, 'p99': 4.0}
    """
    ordered = np.sort(seconds)
    ranks = {f"p{q}": -(-q * len(ordered) // 100) for q in (50, 95, 99)}
    return {name: float(ordered[rank - 1]) for name, rank in ranks.items()}
# --8<-- [end:latency]


# --8<-- [start:drift]
def stability_index(reference: np.ndarray, live: np.ndarray) -> float:
    """Population stability index Σ (q - p) ln(q / p) of two histograms.

    Each count gets one half added, so that an empty bin is not infinite.

    Args:
        reference: Counts per bin at test time, (bins,).
        live: Counts per bin now, (bins,).

    Returns:
        0 for equal shares, larger the more they differ.
    """
    p = (reference + 0.5) / (reference + 0.5).sum()
    q = (live + 0.5) / (live + 0.5).sum()
    return float(np.sum((q - p) * np.log(q / p)))
# --8<-- [end:drift]


if __name__ == "__main__":
    scale, zero_point = affine_parameters(-1.0, 4.1)
    x = np.array([[0.5, -1.0, 2.0]])
    codes = quantize(x, scale, zero_point)
    weight = np.array([[0.127, 0.05, -0.02]])
    weight_codes, weight_scales = quantize_weight(weight)
    print("codes", codes, "weight codes", weight_codes, "scales", weight_scales)
    y = integer_linear(codes, scale, zero_point, weight_codes, weight_scales, np.zeros(1))
    print("integer", y, "float", x @ weight.T)
    print("saturated:", dequantize(quantize(np.array([10.0]), scale, zero_point), scale, zero_point))
