"""What the first weights decide: identical, zero and random starts of one network.

Scales: Glorot and Bengio, https://proceedings.mlr.press/v9/glorot10a.html, and He and
others, https://arxiv.org/abs/1502.01852.
"""

import numpy as np

Params = list[tuple[np.ndarray, np.ndarray]]


# --8<-- [start:initialize]
def initialize(sizes: list[int], schemes: list[str], rng: np.random.Generator,
               value: float = 0.1) -> Params:
    """First weights and biases of a fully connected network; biases are zero.

    Args:
        sizes: Units per layer, input first: ``[64, 32, 10]`` has two matrices.
        schemes: One per weight matrix: ``"zero"``, ``"constant"`` (every weight is
            ``value``), ``"xavier"`` (normal, variance 2 / (fan_in + fan_out)) or
            ``"he"`` (normal, variance 2 / fan_in).
        rng: Source of randomness.
        value: The constant.

    Returns:
        One (weight, bias) per layer, (fan_in, fan_out) and (fan_out,), float64.

    Raises:
        ValueError: If a scheme is unknown or there are not ``len(sizes) - 1``.
    """
    if len(schemes) != len(sizes) - 1:
        raise ValueError(f"schemes: {len(sizes) - 1} needed, got {len(schemes)}")
    params = []
    for fan_in, fan_out, scheme in zip(sizes[:-1], sizes[1:], schemes, strict=True):
        shape = (fan_in, fan_out)
        if scheme == "zero":
            weight = np.zeros(shape)
        elif scheme == "constant":
            weight = np.full(shape, value, dtype=np.float64)
        elif scheme == "xavier":
            weight = rng.normal(0.0, np.sqrt(2.0 / (fan_in + fan_out)), shape)
        elif scheme == "he":  # normal() wants the root: a standard deviation
            weight = rng.normal(0.0, np.sqrt(2.0 / fan_in), shape)
        else:
            raise ValueError(f"schemes: {scheme!r} is unknown")
        params.append((weight, np.zeros(fan_out)))
    return params
# --8<-- [end:initialize]


# --8<-- [start:gradients]
def gradients(params: Params, x: np.ndarray, targets: np.ndarray,
              activation: str = "tanh", masks: list[np.ndarray] | None = None
              ) -> tuple[float, Params]:
    """Mean softmax cross-entropy and its gradients.

    Args:
        params: One (weight, bias) per layer; the last layer gives the logits.
        x: Inputs, shape (N, D).
        targets: Class of each input, integers, shape (N,).
        activation: Of the hidden layers: ``"tanh"``, ``"relu"`` (slope 0 at 0) or
            ``"sigmoid"``.
        masks: Optional, one per hidden layer, shape (N, units): multiplied onto the
            hidden activations, as dropout does.

    Returns:
        The loss, and gradients in the shape of ``params``.

    Raises:
        ValueError: If ``activation`` is unknown.
    """
    if activation not in ("tanh", "relu", "sigmoid"):
        raise ValueError(f"activation: tanh, relu or sigmoid, got {activation!r}")
    inputs, slopes, h = [], [], x
    for i, (weight, bias) in enumerate(params):
        inputs.append(h)
        z = h @ weight + bias  # (N, fan_in) -> (N, fan_out)
        if i == len(params) - 1:
            break
        if activation == "tanh":
            h = np.tanh(z)
            slope = 1 - h**2
        elif activation == "relu":
            h = np.maximum(z, 0)
            slope = (z > 0).astype(z.dtype)
        else:
            h = 0.5 * (1 + np.tanh(0.5 * z))  # the sigmoid, without overflow
            slope = h * (1 - h)
        if masks is not None:
            h, slope = h * masks[i], slope * masks[i]
        slopes.append(slope)
    z = z - z.max(axis=1, keepdims=True)
    log_probs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    rows = np.arange(len(x))
    loss = -log_probs[rows, targets].mean()
    delta = np.exp(log_probs)
    delta[rows, targets] -= 1
    delta = delta / len(x)  # (N, K)
    grads = []
    for i in reversed(range(len(params))):
        grads.append((inputs[i].T @ delta, delta.sum(axis=0)))
        if i > 0:
            # (N, fan_out) -> (N, fan_in)
            delta = (delta @ params[i][0].T) * slopes[i - 1]
    return float(loss), grads[::-1]
# --8<-- [end:gradients]


# --8<-- [start:train]
def train(params: Params, x: np.ndarray, targets: np.ndarray, lr: float, steps: int,
          activation: str = "tanh", momentum: float = 0.0,
          batch_size: int | None = None,
          rng: np.random.Generator | None = None) -> Params:
    """Gradient descent with momentum, in full or mini-batches.

    velocity = momentum * velocity + gradient, then param -= lr * velocity.

    Args:
        params: Start; not modified.
        x: Inputs, shape (N, D).
        targets: Classes, shape (N,).
        lr: Learning rate.
        steps: Number of updates.
        activation: As in ``gradients``.
        momentum: In [0, 1); velocities start at zero.
        batch_size: Examples drawn without replacement for each step; None is all.
        rng: Draws the batches; needed with ``batch_size``.

    Returns:
        New parameters.

    Raises:
        ValueError: If ``batch_size`` is given without ``rng``.
    """
    if batch_size is not None and rng is None:
        raise ValueError("rng is None: batch_size needs a generator")
    params = [(w.copy(), b.copy()) for w, b in params]
    velocity = [(np.zeros_like(w), np.zeros_like(b)) for w, b in params]
    for _ in range(steps):
        rows = np.arange(len(x))
        if batch_size is not None:
            rows = rng.choice(len(x), batch_size, replace=False)
        _, grads = gradients(params, x[rows], targets[rows], activation)
        for layer, speeds, slopes in zip(params, velocity, grads, strict=True):
            for param, speed, grad in zip(layer, speeds, slopes, strict=True):
                speed *= momentum
                speed += grad
                param -= lr * speed
    return params
# --8<-- [end:train]


# --8<-- [start:spread]
def spread(weight: np.ndarray) -> float:
    """How far the units of a layer are from being copies of one another.

    Args:
        weight: Shape (fan_in, units): a column holds the weights of a unit.

    Returns:
        Largest absolute difference between two entries of a row; 0 for copies.

    >>> spread(np.array([[1.0, 1.0], [2.0, 2.5]]))
    0.5
    """
    return float((weight.max(axis=1) - weight.min(axis=1)).max())
# --8<-- [end:spread]


if __name__ == "__main__":
    xor = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
    odd = np.array([0, 1, 1, 0])
    for schemes in (["zero", "zero"], ["constant", "constant"], ["xavier", "xavier"]):
        start = initialize([2, 8, 2], schemes, np.random.default_rng(0), value=0.5)
        end = train(start, xor, odd, lr=0.5, steps=500)
        loss, _ = gradients(end, xor, odd)
        print(f"XOR, {schemes[0]}: loss {loss:.3f}, spread {spread(end[0][0]):.2f}")
