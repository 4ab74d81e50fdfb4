"""Number formats, loss scaling and master weights.

Mixed precision training: https://arxiv.org/abs/1710.03740. The 8-bit formats:
https://arxiv.org/abs/2209.05433. Scale and growth follow torch.amp.GradScaler,
https://docs.pytorch.org/docs/stable/amp.html.
"""

import math

import numpy as np

FORMATS = {  # exponent bits, mantissa bits, has infinities
    "float32": (8, 23, True), "float16": (5, 10, True), "bfloat16": (8, 7, True),
    "float8_e5m2": (5, 2, True), "float8_e4m3fn": (4, 3, False),
}


# --8<-- [start:finfo]
def finfo(exponent_bits: int, mantissa_bits: int,
          ieee: bool = True) -> dict[str, float]:
    """Largest value, smallest normal, smallest subnormal and eps of a format.

    The bias is 2**(e - 1) - 1, so the smallest normal is 2**(1 - bias). With
    ``ieee`` the top exponent is kept for infinity and nan, and the largest value is
    (2 - eps) * 2**bias. Without (E4M3), only its last pattern is nan:
    (2 - 2 * eps) * 2**(bias + 1).

    Args:
        exponent_bits: e, at least 2.
        mantissa_bits: m, at least 1; eps is 2**-m.
        ieee: Whether there are infinities.

    Returns:
        ``max``, ``tiny`` (normal), ``smallest`` (subnormal) and ``eps``.

    Raises:
        ValueError: If there are too few bits.

    >>> finfo(4, 3, ieee=False)["max"], finfo(5, 10)["max"]
    (448.0, 65504.0)
    """
    if exponent_bits < 2 or mantissa_bits < 1:
        raise ValueError("exponent_bits must be at least 2 and mantissa_bits 1, "
                         f"got {exponent_bits} and {mantissa_bits}")
    bias, eps = 2 ** (exponent_bits - 1) - 1, 2.0**-mantissa_bits
    largest = (2 - eps) * 2.0**bias
    if not ieee:
        largest = (2 - 2 * eps) * 2.0 ** (bias + 1)
    tiny = 2.0 ** (1 - bias)
    return {"max": largest, "tiny": tiny, "smallest": tiny * eps, "eps": eps}
# --8<-- [end:finfo]


# --8<-- [start:cast]
def cast(x: np.ndarray, exponent_bits: int, mantissa_bits: int,
         ieee: bool = True) -> np.ndarray:
    """Round to the nearest value of a format, ties to even; float64 in and out.

    Neighbors are eps * 2**floor(log2|x|) apart, and never closer than the smallest
    subnormal. Beyond the largest value: infinity, or nan where there is none.

    Args:
        x: Any shape.
        exponent_bits: As in ``finfo``.
        mantissa_bits: As in ``finfo``.
        ieee: As in ``finfo``.

    >>> cast(np.array([2049.0, 3e-8, 2e-8, 65520.0]), 5, 10).tolist()
    [2048.0, 5.960464477539063e-08, 0.0, inf]
    """
    x = np.asarray(x, dtype=np.float64)
    info = finfo(exponent_bits, mantissa_bits, ieee)
    # frexp: |x| = f * 2**k with f in [0.5, 1), so floor(log2|x|) is k - 1
    exponent = np.frexp(np.maximum(np.abs(x), info["tiny"]))[1] - 1
    spacing = np.ldexp(info["eps"], exponent)
    rounded = np.where(np.isfinite(x), np.round(x / spacing) * spacing, x)
    beyond = np.where(np.isnan(x), x, np.copysign(np.inf if ieee else np.nan, x))
    return np.where(np.abs(rounded) <= info["max"], rounded, beyond)
# --8<-- [end:cast]


# --8<-- [start:unscale]
def unscale(grads: list[np.ndarray], scale: float) -> tuple[list[np.ndarray], bool]:
    """Gradients in float32, divided by the scale, and whether one is not finite.

    Args:
        grads: float16 gradients of scale * loss; not modified.
        scale: Positive.

    Raises:
        ValueError: If ``scale`` is not positive.

    >>> unscale([np.array([1024.0], np.float16)], 65536.0)
    ([array([0.015625], dtype=float32)], False)
    """
    if not scale > 0:
        raise ValueError(f"scale must be positive, got {scale}")
    grads = [grad.astype(np.float32) / np.float32(scale) for grad in grads]
    return grads, not all(np.isfinite(grad).all() for grad in grads)
# --8<-- [end:unscale]


# --8<-- [start:update]
def update_scale(scale: float, growth_tracker: int, found_inf: bool,
                 growth_factor: float = 2.0, backoff_factor: float = 0.5,
                 growth_interval: int = 2000) -> tuple[float, int]:
    """Dynamic loss scale: down after an overflow, up after a long run without.

    Args:
        scale: The scale of this step.
        growth_tracker: Steps without overflow since the last change.
        found_inf: Whether this step's gradients overflowed.
        growth_factor: Multiplies the scale after ``growth_interval`` good steps.
        backoff_factor: Multiplies it after a bad one.
        growth_interval: Good steps in a row before it grows.

    Returns:
        Next scale, next growth_tracker (zero after each change).

    >>> update_scale(65536.0, 7, True), update_scale(65536.0, 1999, False)
    ((32768.0, 0), (131072.0, 0))
    """
    if found_inf:
        return scale * backoff_factor, 0
    if growth_tracker + 1 == growth_interval:
        return scale * growth_factor, 0
    return scale, growth_tracker + 1
# --8<-- [end:update]


# --8<-- [start:step]
def scaled_step(
    master: list[np.ndarray], grads: list[np.ndarray], scale: float, lr: float,
    max_norm: float = math.inf,
) -> tuple[list[np.ndarray], bool]:
    """One SGD step on float32 master weights: unscale, look, clip, step.

    Args:
        master: float32 weights; not modified. The model uses float16 copies.
        grads: float16 gradients of scale * loss.
        scale: The loss scale they carry.
        lr: Learning rate.
        max_norm: Bound on the joint norm of the UNSCALED gradients.

    Returns:
        New master weights (the old values if a gradient is not finite), found_inf.
    """
    grads, found_inf = unscale(grads, scale)
    if found_inf:
        return [weight.copy() for weight in master], True
    squares = [float((grad.astype(np.float64) ** 2).sum()) for grad in grads]
    norm = math.sqrt(sum(squares))
    shrink = min(1.0, max_norm / norm) if norm > 0 else 1.0
    rate = np.float32(lr * shrink)
    pairs = zip(master, grads, strict=True)
    return [weight - rate * grad for weight, grad in pairs], False
# --8<-- [end:step]


if __name__ == "__main__":
    for name, bits in FORMATS.items():
        info = finfo(*bits)
        print(f"{name:14}", "  ".join(f"{key} {value:.4g}" for key, value in info.items()))
    print("into float16:", {v: float(np.float16(v)) for v in (1e-3, 1e-5, 1e-7, 2e-8)})
    print("2e-8 times 65536:", float(np.float16(2e-8 * 65536)))
    print("largest gradient at scale 65536:", 65504 / 65536)
    for name in ("float32", "float16", "bfloat16"):
        weight = np.array(1.0)
        for _ in range(1000):
            weight = cast(weight - 1e-4, *FORMATS[name])
        print(f"1 minus 1,000 times 1e-4 in {name}: {float(weight):.4f}")
    print("bfloat16, below 1 half a step is", 2.0**-9)
    scale, tracker = 65536.0, 0
    for step, found in enumerate([True, True, False, False, False]):
        scale, tracker = update_scale(scale, tracker, found, growth_interval=3)
        print(f"step {step}: overflow {found}, then scale {scale:.0f}, tracker {tracker}")
    print("exp overflows float16 above", round(math.log(65504), 2))
