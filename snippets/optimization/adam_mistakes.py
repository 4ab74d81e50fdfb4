"""Adam, wrong in three ways that people write.

tests/optimization/test_adam_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:uncorrected]
def step_without_bias_correction(param, grad, m, v,
                                 lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """WRONG: v starts at zero and is slow: the first 1,750 steps are too long."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return param - lr * m / (np.sqrt(v) + eps), m, v
# --8<-- [end:uncorrected]


# --8<-- [start:eps_inside]
def step_with_eps_inside(param, grad, m, v, t,
                         lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """WRONG: inside the root, 1e-8 acts like 1e-4 outside it."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return param - lr * m_hat / np.sqrt(v_hat + eps), m, v
# --8<-- [end:eps_inside]


# --8<-- [start:l2]
def step_with_l2(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8,
                 weight_decay=0.0):
    """WRONG as weight decay: the penalty, too, is divided by sqrt(v_hat)."""
    grad = grad + weight_decay * param
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return param - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
# --8<-- [end:l2]


def shrink(step, size: float, weight_decay: float, steps: int = 2000, lr: float = 1e-3) -> float:
    """What is left of a weight of 1 after steps whose data gradients alternate +size, -size."""
    param, m, v = np.ones(()), np.zeros(()), np.zeros(())
    for t in range(1, steps + 1):
        grad = size * (1 if t % 2 else -1)
        param, m, v = step(param, grad, m, v, t, lr=lr, weight_decay=weight_decay)
    return float(param)


if __name__ == "__main__":
    zero = np.zeros(())
    print("gradient 1e-5, first step / lr: eps inside",
          f"{-step_with_eps_inside(zero, 1e-5, zero, zero, 1, lr=1.0)[0]:.3f}")
    for size in (0.1, 10.0):
        print(f"data gradient +-{size}: weight left with L2 {shrink(step_with_l2, size, 0.1):.3f}")
