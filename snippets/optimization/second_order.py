"""Newton, products with the Hessian, conjugate gradients, Kronecker factors.

Pearlmutter, https://doi.org/10.1162/neco.1994.6.1.147; K-FAC: Martens and Grosse,
https://arxiv.org/abs/1503.05671; Shampoo: https://arxiv.org/abs/1802.09568.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:newton]
def newton_step(grad: np.ndarray, hessian: np.ndarray, damping: float = 0.0,
                saddle_free: bool = False) -> np.ndarray:
    """Solves (H + damping * I) step = -grad.

    With ``saddle_free`` H's eigenvalues are replaced by their absolute values, so
    that the step goes down along directions of negative curvature, too.

    Args:
        grad: (d,).
        hessian: Symmetric, (d, d).
        damping: Added to the diagonal.
        saddle_free: Whether to take absolute eigenvalues.

    Returns:
        The step, (d,).

    Raises:
        ValueError: If ``hessian`` is not (d, d).
    """
    d = len(grad)
    if hessian.shape != (d, d):
        raise ValueError(f"hessian must be {(d, d)}, got {hessian.shape}")
    values, vectors = np.linalg.eigh(hessian)  # d**3, as a solve would be
    values = np.abs(values) if saddle_free else values
    return -vectors @ ((vectors.T @ grad) / (values + damping))
# --8<-- [end:newton]


# --8<-- [start:products]
def loss_and_gradient(w1: np.ndarray, w2: np.ndarray, x: np.ndarray,
                      targets: np.ndarray) -> tuple:
    """Half the squared error of tanh(x w1) w2, mean over N, and two gradients."""
    h = np.tanh(x @ w1)  # (N, D) -> (N, H)
    error = (h @ w2 - targets) / len(x)  # (N, K)
    back = (error @ w2.T) * (1 - h**2)  # (N, H)
    loss = 0.5 * len(x) * np.sum(error**2)
    return loss, x.T @ back, h.T @ error


def curvature_product(w1: np.ndarray, w2: np.ndarray, x: np.ndarray,
                      targets: np.ndarray, v1: np.ndarray, v2: np.ndarray,
                      gauss_newton: bool = False) -> tuple:
    """Hessian times (v1, v2): every line of the gradient, differentiated along v.

    With ``gauss_newton`` only J^T J v / N, J the Jacobian of the outputs: the terms
    with the error are left out.

    Args:
        w1: (D, H).
        w2: (H, K).
        x: (N, D).
        targets: (N, K).
        v1: Direction for w1, (D, H).
        v2: Direction for w2, (H, K).
        gauss_newton: Leave out the second derivatives of the network.

    Returns:
        Two arrays in the shapes of w1 and w2.
    """
    h = np.tanh(x @ w1)
    slope = 1 - h**2
    error = (h @ w2 - targets) / len(x)
    back_h = error @ w2.T
    r_h = slope * (x @ v1)
    r_error = (r_h @ w2 + h @ v2) / len(x)
    r_back = (r_error @ w2.T) * slope
    out1, out2 = x.T @ r_back, h.T @ r_error
    if not gauss_newton:
        out1 = out1 + x.T @ ((error @ v2.T) * slope - 2 * back_h * h * r_h)
        out2 = out2 + r_h.T @ error
    return out1, out2
# --8<-- [end:products]


# --8<-- [start:cg]
def conjugate_gradient(product: Callable[[np.ndarray], np.ndarray], b: np.ndarray,
                       iterations: int, tol: float = 1e-10) -> np.ndarray:
    """Approximate solution of A x = b for positive definite A, from products only.

    Starts at 0 and stops early when the residual is below tol * |b|.
    """
    x, r = np.zeros_like(b), b.copy()
    p, square = r.copy(), r @ r
    stop = tol**2 * square
    for _ in range(iterations):
        if square <= stop:
            break
        a_p = product(p)
        alpha = square / (p @ a_p)
        x, r = x + alpha * p, r - alpha * a_p
        square, old = r @ r, square
        p = r + square / old * p
    return x
# --8<-- [end:cg]


# --8<-- [start:kronecker]
def kfac_step(grad: np.ndarray, inputs: np.ndarray, deltas: np.ndarray,
              damping: float) -> np.ndarray:
    """-(S + damping I)^-1 grad (A + damping I)^-1 for a weight (out, in).

    Args:
        grad: (out, in).
        inputs: Inputs of the layer, (N, in); A is their mean outer product.
        deltas: Gradients of its outputs, (N, out); S is their mean outer product.
        damping: Added to both diagonals.
    """
    a = inputs.T @ inputs / len(inputs) + damping * np.eye(inputs.shape[1])
    s = deltas.T @ deltas / len(deltas) + damping * np.eye(deltas.shape[1])
    return -np.linalg.solve(s, np.linalg.solve(a, grad.T).T)


def shampoo_step(grad: np.ndarray, left: np.ndarray, right: np.ndarray,
                 eps: float = 1e-12) -> np.ndarray:
    """-left^(-1/4) grad right^(-1/4) with sums of G G^T and G^T G.

    Args:
        grad: (out, in).
        left: (out, out), positive semidefinite.
        right: (in, in), positive semidefinite.
        eps: Added to the eigenvalues.
    """
    roots = []
    for matrix in (left, right):
        values, vectors = np.linalg.eigh(matrix)
        roots.append((vectors * (np.maximum(values, 0) + eps) ** -0.25) @ vectors.T)
    return -roots[0] @ grad @ roots[1]
# --8<-- [end:kronecker]


if __name__ == "__main__":
    x, y = 1.0, 0.1  # f = x**2 / 2 - y**2 / 2 + y**4 / 4: saddle at 0, minima y = -1, 1
    grad = np.array([x, -y + y**3])
    hessian = np.diag([1.0, -1 + 3 * y**2])
    for free in (False, True):
        print("saddle-free" if free else "Newton",
              (np.array([x, y]) + newton_step(grad, hessian, saddle_free=free)).round(4))
    for d in (1e4, 1e6, 7e9):
        seconds = d**3 / 3 / 1e15
        print(f"d = {d:.0e}: Hessian {4 * d**2:.1e} bytes, Cholesky {d**3 / 3:.1e}"
              f" operations, {seconds:.1e} s at 1e15 per second")
