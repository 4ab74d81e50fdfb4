"""Weight decay in two wrong places.

tests/optimization/test_adamw_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:everything]
def param_groups_everything(params, weight_decay):
    """WRONG: gains and biases decay too; a gain of 1 is pulled toward 0."""
    return [{"params": list(params), "weight_decay": weight_decay}]
# --8<-- [end:everything]


# --8<-- [start:in_momentum]
def step_decay_in_momentum(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999,
                           eps=1e-8, weight_decay=1e-2):
    """WRONG: kept out of v, but the decay in m is still divided by sqrt(v_hat)."""
    m = beta1 * m + (1 - beta1) * (grad + weight_decay * param)
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return param - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
# --8<-- [end:in_momentum]
