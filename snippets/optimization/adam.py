"""Adam: a step per parameter from bias-corrected running moments of its gradient.

Kingma and Ba, *Adam: A Method for Stochastic Optimization*, algorithm 1,
https://arxiv.org/abs/1412.6980. Decoupled weight decay: Loshchilov and Hutter,
https://arxiv.org/abs/1711.05101, algorithm 2.
"""

import numpy as np


# --8<-- [start:step]
def adam_step(
    param: np.ndarray, grad: np.ndarray, m: np.ndarray, v: np.ndarray, t: int,
    lr: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One step of Adam; with weight_decay > 0, one step of AdamW.

    The decay is decoupled: it multiplies ``param`` by 1 - lr * weight_decay
    before the step, and never enters ``grad``. eps is added after the square root.

    Args:
        param: Floating point, any shape.
        grad: Its gradient, in the same shape, like ``m`` and ``v``.
        m: Running average of ``grad``, zeros before the first step.
        v: Running average of ``grad ** 2``, zeros before the first step.
        t: Number of this step, counted from 1.
        lr: Learning rate.
        beta1: Decay of ``m``.
        beta2: Decay of ``v``.
        eps: Keeps the denominator above zero.
        weight_decay: Each step removes lr * weight_decay of ``param``.

    Returns:
        New ``param``, ``m`` and ``v``; ``m`` and ``v`` without bias correction.

    Raises:
        ValueError: If the shapes differ, ``t`` is below 1, or ``beta1`` or
            ``beta2`` is not at least 0 and below 1.

    >>> zero, grad = np.zeros(2), np.array([10.0, -0.001])
    >>> param, m, v = adam_step(zero, grad, zero, zero, t=1, lr=0.1)
    >>> param.round(4)
    array([-0.1,  0.1])
    """
    shapes = [np.shape(param), np.shape(grad), np.shape(m), np.shape(v)]
    if len(set(shapes)) > 1:
        raise ValueError(f"param, grad, m and v must have one shape, got {shapes}")
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    for name, beta in [("beta1", beta1), ("beta2", beta2)]:
        if not 0 <= beta < 1:
            raise ValueError(f"{name} must lie in [0, 1), got {beta}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)  # both averages started at zero: undo the pull
    v_hat = v / (1 - beta2**t)
    param = param - lr * weight_decay * param
    return param - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
# --8<-- [end:step]


# --8<-- [start:steps]
def adam_steps(grads: np.ndarray, **options: float) -> np.ndarray:
    """The steps that Adam takes on given gradients of one parameter.

    Args:
        grads: Gradient at each step, (T,).
        **options: Passed to ``adam_step``.

    Returns:
        Change of the parameter at each step, (T,).

    >>> adam_steps(np.array([5.0, 5.0, 5.0]), lr=1.0).round(3)
    array([-1., -1., -1.])
    """
    m, v = np.zeros(()), np.zeros(())
    steps = np.empty(len(grads))
    for t, grad in enumerate(grads, start=1):
        steps[t - 1], m, v = adam_step(np.zeros(()), grad, m, v, t, **options)
    return steps
# --8<-- [end:steps]


if __name__ == "__main__":
    m, v, param = np.zeros(()), np.zeros(()), np.ones(())
    for t, grad in enumerate([4.0, 2.0, -1.0], start=1):
        before = param
        param, m, v = adam_step(param, grad, m, v, t, lr=0.1)
        print(f"t = {t}, g = {grad:g}: m = {m:.4f}, v = {v:.6f}, m_hat = {m / (1 - 0.9**t):.4f}, "
              f"v_hat = {v / (1 - 0.999**t):.4f}, step {param - before:+.4f}, param {param:.4f}")

    t = np.arange(1, 20_001)
    for beta2 in (0.999, 0.95):
        uncorrected = (1 - 0.9**t) / np.sqrt(1 - beta2**t)
        print(f"no bias correction, constant gradient, beta2 = {beta2}: "
              f"step 1 is {uncorrected[0]:.3f} lr, the largest {uncorrected.max():.2f} lr "
              f"at t = {t[uncorrected.argmax()]}")
        if uncorrected.max() > 1.1:
            print(f"  below 1.1 lr from t = {t[uncorrected > 1.1].max() + 1}")

    noise = adam_steps(np.random.default_rng(0).standard_normal(50_000), lr=1.0)[5_000:]
    print(f"noise around zero: root mean square {np.sqrt((noise**2).mean()):.3f} lr")
    quiet = np.zeros(10_000)
    for beta2 in (0.999, 0.95):
        alone = adam_steps(np.append(quiet, 1.0), lr=1.0, beta2=beta2)
        grads = np.append(quiet, (beta2 / 0.9) ** np.arange(300))
        growing = adam_steps(grads, lr=1.0, beta2=beta2)
        print(f"beta2 = {beta2}: isolated gradient {-alone.min():.3f} lr, "
              f"growing gradient {-growing.min():.3f} lr")
    seen_once = adam_steps(np.concatenate([quiet, [1.0], np.zeros(300)]), lr=1.0)
    print(f"one gradient after 10,000 zeros: {-seen_once[10_000]:.2f} lr at once, "
          f"{-seen_once.sum():.1f} lr in all")
