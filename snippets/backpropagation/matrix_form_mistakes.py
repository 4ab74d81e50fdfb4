"""Matrix forms that run, because shapes fit or broadcast, and are wrong.

The correct products are derived on the page; GEMM is defined in Dongarra, Du Croz, Duff and
Hammarling, 1990, https://doi.org/10.1145/77626.79170.
"""

import numpy as np


# --8<-- [start:broadcast]
def half_mean_squared_error(out, targets):
    """Wrong for out (N, 1) and targets (N,): the difference is (N, N)."""
    error = out - targets  # compare the shapes first
    return 0.5 * np.mean(error**2), error.mean(axis=1, keepdims=True)
# --8<-- [end:broadcast]


# --8<-- [start:reshape]
def grad_x_by_reshape(grad_out, weight):
    """Wrong: the shape of the transpose, not its entries."""
    size, columns = weight.shape
    return grad_out @ weight.reshape(columns, size)  # must be weight.T
# --8<-- [end:reshape]


# --8<-- [start:mean]
def grad_bias_by_mean(grad_out):
    """Wrong: grad_out already holds the 1/N of a mean loss, so N divides twice."""
    return grad_out.mean(axis=0)  # must be sum
# --8<-- [end:mean]
