"""Sharpness from Hessian-vector products, the rescaling that defeats it, and SAM.

Products: Pearlmutter, https://doi.org/10.1162/neco.1994.6.1.147. Rescaling: Dinh and
colleagues, https://arxiv.org/abs/1703.04933. SAM: https://arxiv.org/abs/2010.01412.
"""

from collections.abc import Callable

import numpy as np

Gradient = Callable[[np.ndarray], np.ndarray]


# --8<-- [start:hvp]
def hessian_vector_product(grad: Gradient, weight: np.ndarray, vector: np.ndarray,
                           eps: float = 1e-5) -> np.ndarray:
    """H v without H: (grad(w + eps u) - grad(w - eps u)) / (2 eps), times |v|.

    u is v divided by its norm, so the step does not depend on the length of v.

    Args:
        grad: From weights (P,) to the gradient (P,).
        weight: Where, (P,); not modified.
        vector: (P,).
        eps: Step, for float64.

    Returns:
        (P,); zeros for the zero vector.

    Raises:
        ValueError: If ``vector`` has another shape than ``weight``.

    >>> hessian_vector_product(lambda w: 3 * w, np.ones(2), np.ones(2)).round(6)
    array([3., 3.])
    """
    if np.shape(vector) != np.shape(weight):
        raise ValueError(f"vector must be like weight, got {np.shape(vector)}")
    norm = float(np.linalg.norm(vector))
    if norm == 0:
        return np.zeros(np.shape(weight))
    step = eps * np.asarray(vector) / norm
    return (grad(weight + step) - grad(weight - step)) * (norm / (2 * eps))
# --8<-- [end:hvp]


# --8<-- [start:top]
def top_eigenvalue(hvp: Gradient, size: int, rng: np.random.Generator,
                   iterations: int = 100) -> float:
    """Eigenvalue of largest magnitude by power iteration, as a Rayleigh quotient.

    Starts at a standard normal vector, repeats v <- H v / |H v|, returns v @ H v.

    Args:
        hvp: From v (size,) to H v.
        size: Number of weights.
        rng: Draws the start.
        iterations: Products with H; the error falls as (second / first)**(2 n).

    Raises:
        ValueError: If ``iterations`` is below 1.

    >>> h = np.diag([1.0, -5.0, 2.0])
    >>> round(top_eigenvalue(lambda v: h @ v, 3, np.random.default_rng(0)), 6)
    -5.0
    """
    if iterations < 1:
        raise ValueError(f"iterations must be at least 1, got {iterations}")
    vector, value = rng.standard_normal(size), 0.0
    for _ in range(iterations):
        vector = vector / np.linalg.norm(vector)
        product = hvp(vector)
        value = float(vector @ product)
        if not product.any():
            return 0.0
        vector = product
    return value
# --8<-- [end:top]


# --8<-- [start:trace]
def hutchinson_trace(hvp: Gradient, size: int, samples: int,
                     rng: np.random.Generator) -> float:
    """Trace of H as the mean of v @ H v over vectors of random signs.

    Args:
        hvp: From v (size,) to H v.
        size: Number of weights.
        samples: Vectors; one is exact if H is diagonal.
        rng: Draws the signs, rng.choice([-1.0, 1.0], size) for each.

    >>> rng = np.random.default_rng(0)
    >>> hutchinson_trace(lambda v: np.array([1.0, 2.0]) * v, 2, 1, rng)
    3.0
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    signs = [rng.choice([-1.0, 1.0], size) for _ in range(samples)]
    return float(np.mean([v @ hvp(v) for v in signs]))
# --8<-- [end:trace]


# --8<-- [start:sam]
def sam_gradient(grad: Gradient, weight: np.ndarray,
                 rho: float = 0.05) -> np.ndarray:
    """Gradient at the worst point nearby: grad(w + rho * grad(w) / |grad(w)|).

    The step is then w - lr * sam_gradient: taken from w, not from the worst point.

    Args:
        grad: From weights (P,) to the gradient (P,).
        weight: (P,); not modified.
        rho: Radius; 0 is plain descent.

    >>> sam_gradient(lambda w: 2 * w, np.array([3.0, 4.0]), 0.5)
    array([6.6, 8.8])
    """
    first = grad(weight)
    norm = float(np.linalg.norm(first))
    return grad(weight + rho * first / norm) if norm > 0 else first
# --8<-- [end:sam]


# --8<-- [start:rescale]
def rescale(w1: np.ndarray, w2: np.ndarray,
            alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """The same ReLU network with other weights: w1 * alpha, w2 / alpha.

    relu(alpha z) = alpha relu(z) for alpha > 0, so every output stays.

    Args:
        w1: Into the hidden layer.
        w2: Out of it.
        alpha: Positive.

    Raises:
        ValueError: If ``alpha`` is not positive.
    """
    if not alpha > 0:
        raise ValueError(f"alpha must be positive, got {alpha}")
    return w1 * alpha, w2 / alpha
# --8<-- [end:rescale]


# --8<-- [start:product]
def product_grad(weight: np.ndarray) -> np.ndarray:
    """Gradient of 0.5 * (a * b - 1)**2 at weight = (a, b)."""
    return (weight[0] * weight[1] - 1) * weight[::-1]
# --8<-- [end:product]


if __name__ == "__main__":
    for alpha in (1.0, 2.0, 10.0):
        at = np.concatenate(rescale(np.ones(1), np.ones(1), alpha))
        top = top_eigenvalue(lambda v, at=at: hessian_vector_product(product_grad, at, v), 2,
                             np.random.default_rng(0))
        print(f"alpha {alpha:4.0f}: a {at[0]:.1f}, b {at[1]:.1f}, largest eigenvalue {top:.2f}")
    for lr in (0.05, 0.2):
        weight = np.array([4.0, 0.24])
        first = weight @ weight
        for _ in range(2000):
            weight = weight - lr * product_grad(weight)
        print(f"rate {lr}: limit 2/lr {2 / lr:.1f}, sharpness at the near minimum {first:.2f}, "
              f"at the end {weight @ weight:.2f}")
    weight = np.array([4.0, 0.24])
    for steps in (2000, 4000):
        for _ in range(2000):
            weight = weight - 0.05 * sam_gradient(product_grad, weight, 0.1)
        print(f"SAM, rate 0.05, rho 0.1, {steps} steps: sharpness {weight @ weight:.2f}")
