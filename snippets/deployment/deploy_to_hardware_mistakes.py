"""Wrong code on the way to a device. The tests show how each piece fails."""

import time
from collections.abc import Callable

import numpy as np


# --8<-- [start:zero]
def parameters_without_zero(low: float, high: float) -> tuple[float, int]:
    """WRONG if 0 lies outside the range: its code does not fit in 0 … 255."""
    scale = (high - low) / 255
    return scale, int(np.clip(round(-low / scale), 0, 255))
# --8<-- [end:zero]


# --8<-- [start:overflow]
def linear_in_int8(codes: np.ndarray, weight_codes: np.ndarray) -> np.ndarray:
    """WRONG: NumPy multiplies and adds int8 in int8, which wraps at 127.

    >>> linear_in_int8(np.array([[100]], np.int8), np.array([[2]], np.int8))
    array([[-56]], dtype=int8)
    """
    return codes @ weight_codes.T
# --8<-- [end:overflow]


# --8<-- [start:cold]
def mean_latency(
    call: Callable[[], object], repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """WRONG: the first, cold call counts, and a mean describes no call at all."""
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats
# --8<-- [end:cold]
