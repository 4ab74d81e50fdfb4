"""A GRU in PyTorch's layout, forward and backward through time, and the paper's variant.

Cho and others 2014, https://arxiv.org/abs/1406.1078; the layout is that of torch.nn.GRU.
"""

import numpy as np


# --8<-- [start:cell]
def sigmoid(z: np.ndarray) -> np.ndarray:
    """Logistic function as (1 + tanh(z / 2)) / 2, which does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def gru_cell(x: np.ndarray, h: np.ndarray, weight_ih: np.ndarray,
             weight_hh: np.ndarray, bias_ih: np.ndarray, bias_hh: np.ndarray,
             reset_after: bool = True) -> np.ndarray:
    """One step of a GRU: the next state (N, H).

    The rows of weights and biases are three pieces of H in PyTorch's order r, z, n.
    r and z are the sigmoid of x @ W_ih.T + b_ih + h @ W_hh.T + b_hh. The candidate
    n is tanh(x @ W_in.T + b_in + r * (h @ W_hn.T + b_hn)) if ``reset_after``, else
    tanh(x @ W_in.T + b_in + (r * h) @ W_hn.T + b_hn). The state is
    (1 - z) * n + z * h.

    Args:
        x: Input (N, D).
        h: State (N, H).
        weight_ih: (3H, D).
        weight_hh: (3H, H).
        bias_ih: (3H,).
        bias_hh: (3H,).
        reset_after: Whether r acts after the matrix, as in PyTorch, or before it.

    Raises:
        ValueError: If ``weight_hh`` is not (3H, H).
    """
    hidden = h.shape[1]
    if weight_hh.shape != (3 * hidden, hidden):
        raise ValueError(
            f"weight_hh must be {(3 * hidden, hidden)}, got {weight_hh.shape}")
    x_r, x_z, x_n = np.split(x @ weight_ih.T + bias_ih, 3, axis=1)  # (N, H) each
    h_r, h_z, h_n = np.split(h @ weight_hh.T + bias_hh, 3, axis=1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    if not reset_after:  # a second product, which has to wait for r
        h_n = (r * h) @ weight_hh[2 * hidden :].T + bias_hh[2 * hidden :]
    n = np.tanh(x_n + (r * h_n if reset_after else h_n))
    return (1 - z) * n + z * h
# --8<-- [end:cell]


# --8<-- [start:forward]
def forward(x: np.ndarray, h0: np.ndarray, weight_ih: np.ndarray,
            weight_hh: np.ndarray, bias_ih: np.ndarray,
            bias_hh: np.ndarray) -> tuple:
    """States of a GRU in PyTorch's variant, and what its backward needs.

    Args:
        x: Inputs (T, N, D).
        h0: State before the first input, (N, H).
        weight_ih: (3H, D), in the order r, z, n.
        weight_hh: (3H, H).
        bias_ih: (3H,).
        bias_hh: (3H,).

    Returns:
        h (T + 1, N, H) with h0 first, and cache (T, N, 4H): r, z, n and
        h @ W_hn.T + b_hn side by side.
    """
    hidden = h0.shape[1]
    h = [h0]
    # at least float32: the type of integer weights would cut the gates to 0
    dtype = np.result_type(x, h0, weight_ih, weight_hh, np.float32)
    cache = np.empty((len(x), len(h0), 4 * hidden), dtype)
    for t, x_t in enumerate(x):
        x_r, x_z, x_n = np.split(x_t @ weight_ih.T + bias_ih, 3, axis=1)
        h_r, h_z, h_n = np.split(h[-1] @ weight_hh.T + bias_hh, 3, axis=1)
        r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
        n = np.tanh(x_n + r * h_n)
        h.append((1 - z) * n + z * h[-1])
        cache[t] = np.concatenate([r, z, n, h_n], axis=1)
    return np.stack(h), cache
# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(x: np.ndarray, h: np.ndarray, cache: np.ndarray, weight_ih: np.ndarray,
             weight_hh: np.ndarray, grad_h: np.ndarray) -> dict[str, np.ndarray]:
    """Backpropagation through time for ``forward``, summed over batch and time.

    Args:
        x: Inputs (T, N, D).
        h: States (T + 1, N, H) from ``forward``.
        cache: (T, N, 4H) from ``forward``.
        weight_ih: (3H, D).
        weight_hh: (3H, H).
        grad_h: What the loss sends directly to h[1], ..., h[T], (T, N, H).

    Returns:
        Gradients named weight_ih, weight_hh, bias_ih, bias_hh, x and h0.
    """
    rows, dtype = len(weight_hh), cache.dtype  # x may be integers, one-hot
    grads = {"weight_ih": np.zeros(weight_ih.shape, dtype),
             "weight_hh": np.zeros(weight_hh.shape, dtype),
             "bias_ih": np.zeros(rows, dtype),
             "bias_hh": np.zeros(rows, dtype),
             "x": np.zeros(x.shape, dtype)}
    dh = np.zeros(h[0].shape, dtype)  # from later steps, (N, H)
    for t in range(len(x) - 1, -1, -1):
        r, z, n, h_n = np.split(cache[t], 4, axis=1)
        dh = dh + grad_h[t]
        pre_z = dh * (h[t] - n) * z * (1 - z)
        pre_n = dh * (1 - z) * (1 - n**2)
        pre_r = pre_n * h_n * r * (1 - r)
        for_x = np.concatenate([pre_r, pre_z, pre_n], axis=1)  # (N, 3H)
        for_h = np.concatenate([pre_r, pre_z, pre_n * r], axis=1)  # r on the way
        grads["weight_ih"] += for_x.T @ x[t]
        grads["weight_hh"] += for_h.T @ h[t]
        grads["bias_ih"] += for_x.sum(axis=0)
        grads["bias_hh"] += for_h.sum(axis=0)
        grads["x"][t] = for_x @ weight_ih
        dh = dh * z + for_h @ weight_hh  # the direct path: times z, no matrix
    return grads | {"h0": dh}
# --8<-- [end:backward]


if __name__ == "__main__":
    # Two units, no input: r = (0.9, 0.1), z = (0.5, 0.5), W_hn swaps the units.
    gate = np.log(9.0)
    bias = np.array([gate, -gate, 0.0, 0.0, 0.0, 0.0])
    swap = np.vstack([np.zeros((4, 2)), [[0.0, 1.0], [1.0, 0.0]]])
    arguments = np.zeros((1, 1)), np.array([[1.0, -1.0]]), np.zeros((6, 1)), swap, bias, np.zeros(6)
    for after in (True, False):
        print("reset after the matrix" if after else "reset before it",
              gru_cell(*arguments, reset_after=after).round(4))
    features, size = 100, 200
    weights = 3 * (features * size + size * size)
    print("weights", weights, "in PyTorch", weights + 6 * size, "without doubles", weights + 4 * size)
    for start in (0.0, 1.0, 3.0):
        print(f"bias {start}: kept over 100 steps {sigmoid(np.array(start)) ** 100:.2g}")
