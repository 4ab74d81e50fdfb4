"""Gradient clipping, by joint norm and by value.

Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural
networks*, https://arxiv.org/abs/1211.5063.
"""

import numpy as np


# --8<-- [start:norm]
def global_norm(grads: list[np.ndarray]) -> float:
    """L2 norm of all gradients together, as if they were one long vector.

    Args:
        grads: One array per parameter, any shapes and floating types; may be empty.

    Returns:
        The norm in float64, also where squaring in the input's own type would
        overflow: float16 ends at 65,504, so 300 squared is already infinite.
        NaN or infinity if a gradient is not finite.

    >>> global_norm([np.array([3.0]), np.array([[4.0]])])
    5.0
    """
    flat = [np.asarray(g, dtype=np.float64).ravel() for g in grads]
    largest = max((np.max(np.abs(g)) for g in flat if g.size), default=0.0)
    if largest == 0 or not np.isfinite(largest):
        return float(largest)
    # Dividing by the largest entry keeps the squares in range.
    return float(largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in flat)))


def clip_by_norm(
    grads: list[np.ndarray], max_norm: float, eps: float = 1e-6
) -> tuple[list[np.ndarray], float]:
    """Scale all gradients by one factor, min(1, max_norm / (norm + eps)).

    Args:
        grads: One array per parameter, any shapes.
        max_norm: Largest joint norm left, > 0.
        eps: Added to the norm; PyTorch's value is the default.

    Returns:
        New arrays, and the norm *before* clipping, for the log.

    Raises:
        ValueError: If ``max_norm`` is not positive, or if the norm is not
            finite: no factor repairs a NaN.

    >>> clip_by_norm([np.array([3.0, 4.0])], 1.0, eps=0.0)
    ([array([0.6, 0.8])], 5.0)
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be positive, got {max_norm}")
    norm = global_norm(grads)
    if not np.isfinite(norm):
        raise ValueError(f"grads have norm {norm}: skip the step, find its cause")
    scale = min(1.0, max_norm / (norm + eps)) if norm > 0 else 1.0
    return [g * scale for g in grads], norm
# --8<-- [end:norm]


# --8<-- [start:value]
def clip_by_value(grads: list[np.ndarray], limit: float) -> list[np.ndarray]:
    """Cut every element to [-limit, limit]. This can turn the step.

    Args:
        grads: One array per parameter, any shapes.
        limit: Largest magnitude left, > 0.

    Returns:
        New arrays of the same shapes.

    Raises:
        ValueError: If ``limit`` is not positive.

    >>> clip_by_value([np.array([3.0, 4.0, 0.1])], 1.0)
    [array([1. , 1. , 0.1])]
    """
    if not limit > 0:
        raise ValueError(f"limit must be positive, got {limit}")
    return [np.clip(g, -limit, limit) for g in grads]
# --8<-- [end:value]


# --8<-- [start:cosine]
def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Cosine of the angle between two arrays of one shape, read as vectors.

    Args:
        a: Any shape, not all zero.
        b: The same shape, not all zero.

    Returns:
        A number from -1 to 1; 1 means the same direction.

    >>> cosine(np.array([2.0, 0.0]), np.array([3.0, 0.0]))
    1.0
    """
    return float(np.vdot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))
# --8<-- [end:cosine]


if __name__ == "__main__":
    step = np.array([3.0, 4.0, 0.1])
    (by_norm,), before = clip_by_norm([step], 1.0)
    (by_value,) = clip_by_value([step], 1.0)
    print(f"norm {before:.4f}, factor {by_norm[0] / step[0]:.4f}")
    for name, clipped in (("norm", by_norm), ("value", by_value)):
        print(f"by {name}: {clipped.round(3)}, cosine {cosine(clipped, step):.3f}")

    gaussian = np.random.default_rng(0).standard_normal(1_000_000)
    for limit in (2.0, 1.0, 0.5, 0.01):
        (cut,) = clip_by_value([gaussian], limit)
        print(f"Gaussian gradient cut at {limit}: cosine {cosine(cut, gaussian):.3f}")

    workers = [np.array([10.0, 0.0]), np.array([0.0, 1.0])]
    each = np.mean([clip_by_norm([g], 1.0)[0][0] for g in workers], axis=0)
    joint = clip_by_norm([np.mean(workers, axis=0)], 1.0)[0][0]
    print(f"clip, then average: {each.round(3)}; average, then clip: {joint.round(3)}")

    noisy = np.array([10.0] + [-1.0] * 9)  # one example in ten has gradient 10
    clipped = [clip_by_norm([np.array([g])], 1.0)[0][0][0] for g in noisy]
    print(f"mean gradient {noisy.mean():.2f}, mean of the clipped {np.mean(clipped):.2f}")
