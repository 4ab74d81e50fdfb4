"""How noisy is a batch, what is it worth, and how does the learning rate follow?

Noise scale and critical batch: McCandlish and colleagues, https://arxiv.org/abs/1812.06162.
Linear rule: Goyal and colleagues, https://arxiv.org/abs/1706.02677. Square-root rule
for Adam: Malladi and colleagues, https://arxiv.org/abs/2205.10287.
"""

import math

import numpy as np


# --8<-- [start:noise]
def noise_scale(
    norm_sq_small: float, norm_sq_big: float, batch_small: int, batch_big: int,
) -> tuple[float, float, float]:
    """Simple noise scale S / |G|**2 from squared gradient norms at two batch sizes.

    E|G_B|**2 = |G|**2 + S / B at both sizes: two equations, two unknowns. Average
    the squared norms over steps BEFORE calling it: the ratio of two noisy numbers
    is biased, the numbers themselves are not.

    Args:
        norm_sq_small: Mean squared norm of the gradients of the smaller batch.
        norm_sq_big: The same for the bigger batch.
        batch_small: Examples, positive.
        batch_big: Examples, more than ``batch_small``.

    Returns:
        |G|**2, S = trace of the per-example covariance, S / |G|**2; the last is nan
        if the estimate of |G|**2 is not positive.

    Raises:
        ValueError: If the sizes are not 0 < batch_small < batch_big.

    >>> noise_scale(9.0, 5.5, 1, 8)
    (5.0, 4.0, 0.8)
    """
    if not 0 < batch_small < batch_big:
        raise ValueError("batch_small must be positive and below batch_big, "
                         f"got {batch_small} and {batch_big}")
    trace = (norm_sq_small - norm_sq_big) / (1 / batch_small - 1 / batch_big)
    signal = ((batch_big * norm_sq_big - batch_small * norm_sq_small)
              / (batch_big - batch_small))
    return signal, trace, trace / signal if signal > 0 else math.nan
# --8<-- [end:noise]


# --8<-- [start:shards]
def shard_norms(grads: np.ndarray) -> tuple[float, float]:
    """Mean squared norm of the shards' gradients, squared norm of their mean.

    A shard is one device or one micro-batch; data parallel training has both
    numbers, before and after its all-reduce, without another backward pass.

    Args:
        grads: Mean gradient of each of M equal shards, (M, D); M at least 2.

    Raises:
        ValueError: If ``grads`` is not of that shape.

    >>> shard_norms(np.array([[3.0, 0.0], [1.0, 2.0]]))
    (7.0, 5.0)
    """
    if grads.ndim != 2 or len(grads) < 2:
        raise ValueError(f"grads must be (M, D), M at least 2, got {grads.shape}")
    grads = grads.astype(np.float64)
    mean = grads.mean(axis=0)
    return float((grads**2).sum(axis=1).mean()), float((mean**2).sum())
# --8<-- [end:shards]


# --8<-- [start:steps]
def steps_needed(batch: np.ndarray, min_steps: float,
                 critical: float) -> np.ndarray:
    """Steps to a fixed loss at the best rate, min_steps * (1 + critical / batch).

    Args:
        batch: Batch sizes, any shape, positive.
        min_steps: Steps with an endless batch.
        critical: Batch size that needs twice as many steps.

    Raises:
        ValueError: If a batch size is not positive.

    >>> steps_needed(np.array([10, 100, 1000]), 50, 100).round(6).tolist()
    [550.0, 100.0, 55.0]
    """
    batch = np.asarray(batch, dtype=np.float64)
    if not (batch > 0).all():
        raise ValueError(f"batch must be positive, got {batch.tolist()}")
    return min_steps * (1 + critical / batch)


def fit_critical(batch: np.ndarray, steps: np.ndarray) -> tuple[float, float]:
    """min_steps and critical batch from measured steps, by least squares.

    Each equation, steps = a + b / batch, is divided by its steps, so that relative
    errors count; min_steps is a, critical is b / a.

    Args:
        batch: Batch sizes, (n,), at least two.
        steps: Steps to the target, (n,).

    Raises:
        ValueError: If the shapes differ or hold fewer than two.
    """
    batch, steps = np.asarray(batch, np.float64), np.asarray(steps, np.float64)
    if batch.shape != steps.shape or batch.size < 2:
        raise ValueError(f"steps must match batch, two or more, got {steps.shape}")
    rows = np.stack([1 / steps, 1 / (batch * steps)], axis=1)  # (n, 2)
    a, b = np.linalg.lstsq(rows, np.ones(len(steps)), rcond=None)[0]
    return float(a), float(b / a)
# --8<-- [end:steps]


# --8<-- [start:scale]
def scale_lr(lr: float, batch: int, new_batch: int, rule: str = "linear") -> float:
    """Learning rate for another batch size: linear (SGD) or sqrt (Adam).

    Args:
        lr: Rate that was tuned at ``batch``.
        batch: Examples.
        new_batch: Examples.
        rule: ``linear`` or ``sqrt``.

    Raises:
        ValueError: If ``rule`` is another, or a size is not positive.

    >>> scale_lr(0.1, 256, 1024), scale_lr(0.001, 256, 1024, "sqrt")
    (0.4, 0.002)
    """
    if rule not in ("linear", "sqrt"):
        raise ValueError(f"rule must be linear or sqrt, got {rule}")
    if batch <= 0 or new_batch <= 0:
        raise ValueError("batch and new_batch must be positive, "
                         f"got {batch}, {new_batch}")
    ratio = new_batch / batch
    return lr * (ratio if rule == "linear" else math.sqrt(ratio))


def scale_adam(
    lr: float, beta1: float, beta2: float, eps: float, ratio: float,
) -> tuple[float, float, float, float]:
    """Adam's settings for a batch ``ratio`` times as big, by the square-root rule.

    lr * sqrt(ratio), 1 - ratio * (1 - beta), eps / sqrt(ratio): the averages then
    reach back over equally many EXAMPLES.

    Raises:
        ValueError: If a beta would leave [0, 1).

    >>> [round(value, 9) for value in scale_adam(1e-3, 0.9, 0.999, 1e-8, 4)]
    [0.002, 0.6, 0.996, 5e-09]
    """
    betas = [1 - ratio * (1 - beta) for beta in (beta1, beta2)]
    if not all(0 <= beta < 1 for beta in betas):
        raise ValueError(f"ratio must leave betas in [0, 1), got {ratio}")
    return lr * math.sqrt(ratio), *betas, eps / math.sqrt(ratio)
# --8<-- [end:scale]


if __name__ == "__main__":
    print("|G|**2, S, noise scale:", noise_scale(9.0, 5.5, 1, 8))
    for batch in (10, 100, 1000):
        steps = float(steps_needed(np.array(batch), 50, 100))
        print(f"batch {batch}: {steps:.0f} steps, {batch * steps:,.0f} examples")
    print("0.1 at 256, for 8192:", scale_lr(0.1, 256, 8192), "linear,",
          round(scale_lr(0.1, 256, 8192, "sqrt"), 3), "sqrt")
    settings = scale_adam(1e-3, 0.9, 0.999, 1e-8, 4)
    print("Adam times 4:", [float(f"{value:.6g}") for value in settings])
    rng = np.random.default_rng(0)  # |G|**2 = 1, S = 64, D = 64, 8 shards of 4
    draws = [shard_norms(1 / 8 + rng.normal(size=(8, 64)) / 2) for _ in range(400)]
    one = [noise_scale(*pair, 4, 32)[2] for pair in draws]
    small, big = np.mean(draws, axis=0)
    print(f"true scale 64: from one step {np.nanmin(one):.0f} to {np.nanmax(one):.0f}, "
          f"{np.isnan(one).sum()} of 400 undefined; from averaged norms "
          f"{noise_scale(small, big, 4, 32)[2]:.1f}")
