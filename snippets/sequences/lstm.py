"""An LSTM with forget gate, forward and backward through time, in PyTorch's layout.

Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; the forget gate:
Gers, Schmidhuber and Cummins 2000, https://doi.org/10.1162/089976600300015015.
"""

import numpy as np


# --8<-- [start:forward]
def sigmoid(z: np.ndarray) -> np.ndarray:
    """Logistic function as (1 + tanh(z / 2)) / 2, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def forward(x: np.ndarray, h0: np.ndarray, c0: np.ndarray, weight_ih: np.ndarray,
            weight_hh: np.ndarray, bias: np.ndarray) -> tuple:
    """States, cells and gates of an LSTM.

    With z = x[t] @ weight_ih.T + h @ weight_hh.T + bias, cut into four pieces of H
    columns in PyTorch's order i, f, g, o: sigmoid for i, f and o, tanh for g. Then
    c = f * c + i * g and h = o * tanh(c).

    Args:
        x: Inputs (T, N, D).
        h0: State before the first input, (N, H).
        c0: Cell before the first input, (N, H).
        weight_ih: (4H, D).
        weight_hh: (4H, H).
        bias: (4H,); PyTorch keeps two vectors, of which this is the sum.

    Returns:
        h and c, (T + 1, N, H) each with h0 and c0 first, and gates (T, N, 4H)
        after their sigmoid or tanh.

    Raises:
        ValueError: If ``weight_hh`` is not (4H, H).
    """
    hidden = h0.shape[1]
    if weight_hh.shape != (4 * hidden, hidden):
        raise ValueError(
            f"weight_hh must be {(4 * hidden, hidden)}, got {weight_hh.shape}")
    h, c = [h0], [c0]
    gates = np.empty((len(x), len(h0), 4 * hidden), weight_hh.dtype)
    for t, x_t in enumerate(x):
        z = x_t @ weight_ih.T + h[-1] @ weight_hh.T + bias  # (N, 4H)
        i, f, g, o = np.split(z, 4, axis=1)  # (N, H) each
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c.append(f * c[-1] + i * g)
        h.append(o * np.tanh(c[-1]))
        gates[t] = np.concatenate([i, f, g, o], axis=1)
    return np.stack(h), np.stack(c), gates
# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(x: np.ndarray, h: np.ndarray, c: np.ndarray, gates: np.ndarray,
             weight_ih: np.ndarray, weight_hh: np.ndarray,
             grad_h: np.ndarray) -> dict[str, np.ndarray]:
    """Backpropagation through time for ``forward``, summed over batch and time.

    Args:
        x: Inputs (T, N, D).
        h: States (T + 1, N, H) from ``forward``.
        c: Cells (T + 1, N, H) from ``forward``.
        gates: (T, N, 4H) from ``forward``.
        weight_ih: (4H, D).
        weight_hh: (4H, H).
        grad_h: What the loss sends directly to h[1], ..., h[T], (T, N, H).

    Returns:
        Gradients named weight_ih, weight_hh, bias, x, h0 and c0.
    """
    grads = {"weight_ih": np.zeros_like(weight_ih),
             "x": np.zeros(x.shape, h.dtype),  # x may be integers, one-hot
             "weight_hh": np.zeros_like(weight_hh),
             "bias": np.zeros_like(weight_hh[:, 0])}
    dh, dc = np.zeros_like(h[0]), np.zeros_like(c[0])  # from later steps, (N, H)
    for t in range(len(x) - 1, -1, -1):
        i, f, g, o = np.split(gates[t], 4, axis=1)
        dh = dh + grad_h[t]
        tanh_c = np.tanh(c[t + 1])
        dc = dc + dh * o * (1 - tanh_c**2)
        dz = np.concatenate([  # before the gates' sigmoid or tanh, (N, 4H)
            dc * g * i * (1 - i), dc * c[t] * f * (1 - f),
            dc * i * (1 - g**2), dh * tanh_c * o * (1 - o)], axis=1)
        grads["weight_ih"] += dz.T @ x[t]
        grads["weight_hh"] += dz.T @ h[t]
        grads["bias"] += dz.sum(axis=0)
        grads["x"][t] = dz @ weight_ih
        dh, dc = dz @ weight_hh, dc * f  # the direct path: times f, no matrix
    return grads | {"h0": dh, "c0": dc}
# --8<-- [end:backward]


# --8<-- [start:init]
def init_lstm(features: int, hidden: int, forget_bias: float,
              rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Uniform in +-1 / sqrt(H), drawn as weight_ih, weight_hh, bias; then f's bias.

    Args:
        features: D.
        hidden: H.
        forget_bias: What the forget gate's H biases are set to.
        rng: Source of randomness.

    Returns:
        weight_ih (4H, D), weight_hh (4H, H) and bias (4H,).
    """
    bound = 1 / np.sqrt(hidden)
    params = {"weight_ih": rng.uniform(-bound, bound, (4 * hidden, features)),
              "weight_hh": rng.uniform(-bound, bound, (4 * hidden, hidden)),
              "bias": rng.uniform(-bound, bound, 4 * hidden)}
    params["bias"][hidden : 2 * hidden] = forget_bias
    return params
# --8<-- [end:init]


if __name__ == "__main__":
    # One unit; only biases: i = 1/2, f = 3/4, g = 3/5, o = 1/2 at every step.
    bias = np.array([0.0, np.log(3), np.log(2), 0.0])
    zero = np.zeros((4, 1))
    h, c, gates = forward(np.zeros((3, 1, 1)), np.zeros((1, 1)), np.ones((1, 1)), zero, zero, bias)
    print("gates", gates[0].ravel().round(4), "\ncells", c.ravel().round(4), "\nstates", h.ravel().round(4))
    grad_h = np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
    grads = backward(np.zeros((3, 1, 1)), h, c, gates, zero, zero, grad_h)
    print("gradient of h[3] at c[0]:", round(grads["c0"].item(), 4), "bias", grads["bias"].round(4))
    for forget_bias in (0.0, 1.0, 3.0):
        f = sigmoid(np.array(forget_bias))
        print(f"forget bias {forget_bias}: gate {f:.3f}, after 20 steps {f**20:.2g}, 100 {f**100:.2g}")
