"""AdamW and Adam with an L2 penalty in one function, and who gets decayed.

Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, algorithm 2,
https://arxiv.org/abs/1711.05101, with the decay multiplied by the learning rate as
in ``torch.optim.AdamW``.
"""

import numpy as np


# --8<-- [start:step]
def adamw_step(
    param: np.ndarray, grad: np.ndarray, m: np.ndarray, v: np.ndarray, t: int,
    lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
    weight_decay: float = 1e-2, decoupled: bool = True,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One step of AdamW, or of Adam with L2 in the gradient.

    Decoupled: ``param`` is first multiplied by 1 - lr * weight_decay, and ``grad``
    stays the gradient of the data. Otherwise weight_decay * param is added to
    ``grad`` before both averages. Then Adam: m and v with bias correction,
    step lr * m_hat / (sqrt(v_hat) + eps).

    Args:
        param: Floating point, any shape; not modified.
        grad: Gradient of the loss without penalty, same shape as ``param``.
        m: Running average of the gradient, zeros before the first step.
        v: Running average of its square, zeros before the first step.
        t: Number of this step, counted from 1.
        lr: Learning rate of this step.
        beta1: Decay of ``m``.
        beta2: Decay of ``v``.
        eps: Added to the root.
        weight_decay: Coefficient, called lambda on the page.
        decoupled: True is AdamW, False is Adam with an L2 penalty.

    Returns:
        New ``param``, ``m`` and ``v``.

    Raises:
        ValueError: If the shapes differ, ``t`` is below 1 or ``weight_decay``
            is negative.

    >>> zero = np.zeros(1)
    >>> adamw_step(np.ones(1), zero, zero, zero, 1, lr=0.1, weight_decay=0.5)[0]
    array([0.95])
    """
    shapes = [np.shape(param), np.shape(grad), np.shape(m), np.shape(v)]
    if len(set(shapes)) > 1:
        raise ValueError(f"param, grad, m and v must have one shape, got {shapes}")
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    if weight_decay < 0:
        raise ValueError(f"weight_decay must not be negative, got {weight_decay}")
    if decoupled:
        param = param * (1 - lr * weight_decay)  # outside the ratio
    else:
        grad = grad + weight_decay * param  # inside: divided by sqrt(v_hat) below
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return param - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
# --8<-- [end:step]


# --8<-- [start:groups]
def param_groups(params: dict[str, np.ndarray],
                 weight_decay: float) -> list[dict]:
    """Two groups: arrays of two or more dimensions decay, the others do not.

    Matrices, convolution kernels and embeddings have at least two dimensions;
    biases and the gains of normalization layers have one, scalars none.

    Args:
        params: Parameters by name.
        weight_decay: Of the first group; the second gets 0.

    Returns:
        Two dicts with keys ``"params"``, the names in their order, and
        ``"weight_decay"``.
    """
    decay = [name for name, array in params.items() if np.ndim(array) >= 2]
    rest = [name for name, array in params.items() if np.ndim(array) < 2]
    return [{"params": decay, "weight_decay": weight_decay},
            {"params": rest, "weight_decay": 0.0}]
# --8<-- [end:groups]


# --8<-- [start:kept]
def kept(lrs: np.ndarray, weight_decay: float) -> np.ndarray:
    """Weight of each update, and of the start, in the parameters at the end.

    AdamW unrolled: step t multiplies everything before it by 1 - lrs[t - 1] *
    weight_decay. The start is multiplied by all factors, the update of step t by
    those of the steps t + 1 to T.

    Args:
        lrs: Learning rate of each step, (T,).
        weight_decay: Coefficient.

    Returns:
        (T + 1,): entry 0 is the share of the start, entry t that of update t;
        the last one is 1.

    >>> kept(np.array([0.1, 0.1, 0.2]), 1.0).round(3)
    array([0.648, 0.72 , 0.8  , 1.   ])
    """
    factors = 1 - np.asarray(lrs, dtype=np.float64) * weight_decay  # (T,)
    # Products of a tail: turned around, multiplied up, turned back.
    tails = np.cumprod(factors[::-1])[::-1]
    return np.append(tails, 1.0)  # (T,) -> (T + 1,)
# --8<-- [end:kept]


if __name__ == "__main__":
    param = np.array([1.0, 1.0])
    grad = np.array([0.1, 10.0])
    for decoupled in (False, True):
        p, m, v = param, np.zeros(2), np.zeros(2)
        for t in range(1, 1001):
            sign = 1 if t % 2 else -1
            p, m, v = adamw_step(p, sign * grad, m, v, t, weight_decay=0.1,
                                 decoupled=decoupled)
        print("AdamW" if decoupled else "Adam + L2", p.round(4))
    for lr, decay in [(1e-3, 1e-2), (3e-4, 0.1), (1e-3, 0.1)]:
        print(f"lr {lr}, decay {decay}: timescale {1 / (lr * decay):,.0f} steps,"
              f" bound {1 / decay:g}, noise floor {np.sqrt(lr / (2 * decay)):.4f}")
    t = np.arange(250_000)
    cosine = 3e-4 * (0.1 + 0.45 * (1 + np.cos(np.pi * t / len(t))))
    shares = kept(cosine, 0.1)
    print(f"cosine to a tenth, 250,000 steps: start {shares[0]:.4f},"
          f" halfway {shares[125_000]:.3f}")
