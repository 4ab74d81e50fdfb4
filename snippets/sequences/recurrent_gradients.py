"""How far back the gradient of a tanh network reaches, state by state and lag by lag.

The bound: Pascanu, Mikolov and Bengio, https://arxiv.org/abs/1211.5063.
"""

import numpy as np


# --8<-- [start:states]
def state_gradients(h: np.ndarray, w_h: np.ndarray,
                    grad_last: np.ndarray) -> np.ndarray:
    """Gradient at every state of a loss that reads only the last one.

    The states follow h[t] = tanh(x[t] @ w_x + h[t - 1] @ w_h + bias). The gradient
    at h[t - 1] is (that at h[t], times the slope 1 - h[t]**2) @ w_h.T.

    Args:
        h: States (T + 1, N, H), h[0] before the first input.
        w_h: Recurrent weights (H, H).
        grad_last: Gradient of the loss at h[T], (N, H).

    Returns:
        (T + 1, N, H); the last entry is grad_last.
    """
    grads = [grad_last]
    for state in h[:0:-1]:  # h[T], ..., h[1]
        grads.append((grads[-1] * (1 - state**2)) @ w_h.T)
    return np.stack(grads[::-1])
# --8<-- [end:states]


# --8<-- [start:lags]
def weight_gradient_by_lag(h: np.ndarray, w_h: np.ndarray,
                           grad_last: np.ndarray) -> np.ndarray:
    """Norm of what each lag adds to the gradient of w_h.

    Step t adds h[t - 1].T @ delta[t], where delta[t] is the gradient at h[t] times
    the slope 1 - h[t]**2; its lag is T - t.

    Args:
        h: States (T + 1, N, H).
        w_h: Recurrent weights (H, H).
        grad_last: Gradient of the loss at h[T], (N, H).

    Returns:
        Frobenius norms (T,), lag 0 first.
    """
    deltas = state_gradients(h, w_h, grad_last)[1:] * (1 - h[1:] ** 2)  # (T, N, H)
    parts = h[:-1].transpose(0, 2, 1) @ deltas  # (T, H, N) @ (T, N, H) -> (T, H, H)
    return np.sqrt((parts**2).sum(axis=(1, 2)))[::-1]
# --8<-- [end:lags]


# --8<-- [start:orthogonal]
def orthogonal(size: int, rng: np.random.Generator) -> np.ndarray:
    """A random orthogonal matrix (size, size), uniformly distributed.

    Q of the QR decomposition of a standard normal matrix; each column is multiplied
    by the sign of its entry on R's diagonal, without which the result depends on
    how the decomposition chooses signs.
    """
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return q * np.sign(np.diag(r))
# --8<-- [end:orthogonal]


# --8<-- [start:powers]
def power_norms(matrix: np.ndarray, steps: int) -> np.ndarray:
    """Largest singular value of each power from 0 to steps: (steps + 1,).

    >>> power_norms(np.diag([0.5, -2.0]), 3)
    array([1., 2., 4., 8.])
    """
    power, norms = np.eye(len(matrix)), []
    for _ in range(steps + 1):
        norms.append(np.linalg.norm(power, 2))
        power = power @ matrix
    return np.array(norms)
# --8<-- [end:powers]


if __name__ == "__main__":
    # One unit, h = tanh(2 h): at the fixed point 0 and at the other one.
    for start in (0.0, 0.9575):
        h = [np.full((1, 1), start)]
        for _ in range(20):
            h.append(np.tanh(2 * h[-1]))
        grads = state_gradients(np.stack(h), np.full((1, 1), 2.0), np.ones((1, 1)))
        print(f"from {start}: state {h[-1].item():.4f}, factor {grads[-2].item():.4f}, "
              f"20 steps {grads[0].item():.3g}")
    norms = power_norms(np.array([[0.9, 2.0], [0.0, 0.9]]), 100)
    print("powers:", {k: round(float(norms[k]), 3) for k in (1, 5, 10, 50, 100)},
          "largest at", norms.argmax())
    rng, size, steps = np.random.default_rng(0), 64, 50
    x = rng.standard_normal((steps, 8, size)) / 5
    direction = rng.standard_normal((8, size))
    for name, w_h in (("default", rng.uniform(-1, 1, (size, size)) / 8),
                      ("orthogonal", orthogonal(size, rng))):
        h = [np.zeros((8, size))]
        for x_t in x:
            h.append(np.tanh(x_t + h[-1] @ w_h))
        lags = weight_gradient_by_lag(np.stack(h), w_h, direction)
        print(name, "norm by lag", {k: f"{lags[k]:.2g}" for k in (0, 1, 5, 10, 20, 40)})
