"""A plain recurrent network and backpropagation through time, in full and cut off.

Elman 1990, https://doi.org/10.1207/s15516709cog1402_1; backpropagation through time: Werbos
1990, https://doi.org/10.1109/5.58337.
"""

import numpy as np


# --8<-- [start:forward]
def forward(x: np.ndarray, h0: np.ndarray, w_x: np.ndarray, w_h: np.ndarray,
            bias: np.ndarray) -> np.ndarray:
    """States of a tanh network, one step after the other.

    h[t] = tanh(x[t - 1] @ w_x + h[t - 1] @ w_h + bias).

    Args:
        x: Inputs (T, N, D).
        h0: State before the first input, (N, H).
        w_x: (D, H).
        w_h: (H, H).
        bias: (H,).

    Returns:
        States (T + 1, N, H); h[0] is h0, and h[t] is the state after t inputs.

    Raises:
        ValueError: If ``x`` does not have three axes.
    """
    if np.ndim(x) != 3:
        raise ValueError(f"x must be (T, N, D), got shape {np.shape(x)}")
    h = [h0]
    for x_t in x:  # one after the other: h[t] needs h[t - 1]
        h.append(np.tanh(x_t @ w_x + h[-1] @ w_h + bias))
    return np.stack(h)  # T + 1 times (N, H) -> (T + 1, N, H)
# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(x: np.ndarray, h: np.ndarray, w_x: np.ndarray, w_h: np.ndarray,
             grad_h: np.ndarray,
             window: int | None = None) -> dict[str, np.ndarray]:
    """Backpropagation through time, summed over batch and time.

    With a window, the gradient that comes back from later steps is dropped at
    every multiple of the window: with window 3, steps 1 to 3 get nothing from
    step 4 and later, steps 4 to 6 nothing from step 7 and later.

    Args:
        x: Inputs (T, N, D).
        h: States (T + 1, N, H) from ``forward``.
        w_x: (D, H).
        w_h: (H, H).
        grad_h: What the loss sends directly to h[1], ..., h[T], (T, N, H).
        window: Steps per piece, or None for one piece.

    Returns:
        Gradients named w_x, w_h, bias, h0 and x, each of the shape of its own.

    Raises:
        ValueError: If ``window`` is below 1.
    """
    if window is not None and window < 1:
        raise ValueError(f"window must be at least 1, got {window}")
    grads = {"w_x": np.zeros_like(w_x), "w_h": np.zeros_like(w_h),
             "bias": np.zeros_like(w_h[0]),
             "x": np.zeros(x.shape, h.dtype)}  # x may be integers, one-hot
    from_later = np.zeros_like(h[0])  # (N, H)
    for t in range(len(x), 0, -1):
        if window is not None and t % window == 0:
            from_later = np.zeros_like(from_later)
        delta = (grad_h[t - 1] + from_later) * (1 - h[t] ** 2)
        grads["w_x"] += x[t - 1].T @ delta  # the same weights at every step: add
        grads["w_h"] += h[t - 1].T @ delta
        grads["bias"] += delta.sum(axis=0)
        grads["x"][t - 1] = delta @ w_x.T
        from_later = delta @ w_h.T
    return grads | {"h0": from_later}
# --8<-- [end:backward]


# --8<-- [start:last]
def last_states(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The state after the last real input of every sequence in a padded batch.

    Args:
        h: States (T + 1, N, H) from ``forward``.
        lengths: Number of real inputs of each sequence, (N,) integers from 0
            to T; the padding comes after them.

    Returns:
        States (N, H): h[lengths[n], n] for each n.
    """
    return h[lengths, np.arange(h.shape[1])]
# --8<-- [end:last]


if __name__ == "__main__":
    # One unit, w_x = 1, w_h = 1, no bias; inputs arctanh(0.5), 0, 0; the loss is h[3].
    x = np.array([np.arctanh(0.5), 0.0, 0.0]).reshape(3, 1, 1)
    one, grad_h = np.ones((1, 1)), np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
    h = forward(x, np.zeros((1, 1)), one, one, np.zeros(1))
    print("states", h.ravel().round(4))
    print("slopes", (1 - h[1:] ** 2).ravel().round(4))
    for window in (None, 2, 1):
        grads = backward(x, h, one, one, grad_h, window)
        print(f"window {window}:", {key: value.ravel().round(4) for key, value in grads.items()})
