"""The inverse Hessian, used where it points uphill.

tests/optimization/test_second_order_mistakes.py shows how it fails.
"""

import numpy as np


# --8<-- [start:empirical]
def natural_gradient(grads_per_example):
    """WRONG as curvature: outer products of the data's own gradients."""
    fisher = grads_per_example.T @ grads_per_example / len(grads_per_example)
    return -np.linalg.pinv(fisher) @ grads_per_example.mean(axis=0)
# --8<-- [end:empirical]
