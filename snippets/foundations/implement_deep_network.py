"""A deep network from scratch: ReLU layers, softmax cross-entropy, SGD with momentum.

He, Zhang, Ren and Sun, *Delving Deep into Rectifiers*, the initialization,
https://arxiv.org/abs/1502.01852, section 2.2.
"""

from itertools import pairwise

import numpy as np


# --8<-- [start:model]
def init_params(sizes: list[int], rng: np.random.Generator) -> list[np.ndarray]:
    """Weights from N(0, 2 / D_in), drawn layer by layer, and biases of zero.

    Args:
        sizes: Widths D_0, ..., D_L: input, hidden layers, classes.
        rng: Source of the weights, one standard normal (D_in, D_out) per layer.

    Returns:
        ``[weight_1, bias_1, weight_2, ...]`` of shapes (D_in, D_out) and (D_out,).
    """
    params = []
    for d_in, d_out in pairwise(sizes):
        params.append(rng.standard_normal((d_in, d_out)) * np.sqrt(2.0 / d_in))
        params.append(np.zeros(d_out))
    return params


def forward(params: list[np.ndarray], x: np.ndarray) -> list[np.ndarray]:
    """The input of every layer, then the logits; ReLU on all but the last layer.

    Args:
        params: Weights and biases as from ``init_params``.
        x: Inputs, shape (N, D_0).

    Returns:
        L + 1 arrays: ``x``, the hidden activations, the logits (N, K).
    """
    outputs = [x]
    for i in range(0, len(params), 2):
        z = outputs[-1] @ params[i] + params[i + 1]  # (N, D_in) -> (N, D_out)
        is_last = i == len(params) - 2
        outputs.append(z if is_last else np.maximum(z, 0.0))
    return outputs
# --8<-- [end:model]


# --8<-- [start:loss]
def cross_entropy(
    logits: np.ndarray, targets: np.ndarray
) -> tuple[float, np.ndarray]:
    """Mean softmax cross-entropy, and its gradient (probs - one_hot) / N.

    Args:
        logits: Shape (N, K), N >= 1.
        targets: Class indices 0..K-1, shape (N,).

    Returns:
        Loss in nats, and the gradient with respect to the logits, (N, K).

    Raises:
        ValueError: If ``targets`` is not of shape (N,), where a column would
            broadcast, or is negative, where -1 would mean the last class.
    """
    if targets.shape != logits.shape[:1] or len(targets) == 0:
        raise ValueError(f"targets {targets.shape} must fit logits {logits.shape}")
    if targets.min() < 0:
        raise ValueError(f"targets start at class 0, but one is {targets.min()}")
    rows = np.arange(len(targets))
    shifted = logits - logits.max(axis=1, keepdims=True)  # exp(1000) overflows
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad = np.exp(log_probs)
    grad[rows, targets] -= 1.0
    return float(-log_probs[rows, targets].mean()), grad / len(targets)
# --8<-- [end:loss]


# --8<-- [start:backward]
def backward(
    params: list[np.ndarray], outputs: list[np.ndarray], grad: np.ndarray
) -> list[np.ndarray]:
    """Gradients of all parameters, in the order and shapes of ``params``.

    Args:
        params: The parameters that ``forward`` used.
        outputs: What ``forward`` returned.
        grad: Gradient with respect to the logits, (N, K).
    """
    grads = []
    for i in range(len(params) - 2, -1, -2):
        a = outputs[i // 2]  # this layer's input, (N, D_in)
        grads = [a.T @ grad, grad.sum(axis=0), *grads]
        if i > 0:  # x is data and needs no gradient
            grad = (grad @ params[i].T) * (a > 0)  # (N, D_out) -> (N, D_in)
    return grads
# --8<-- [end:backward]


# --8<-- [start:train]
def momentum_step(
    params: list[np.ndarray], grads: list[np.ndarray], velocity: list[np.ndarray],
    lr: float, momentum: float = 0.9,
) -> None:
    """In place: velocity = momentum * velocity + grad; param -= lr * velocity.

    Raises:
        ValueError: If the lists differ in length.
    """
    for param, grad, v in zip(params, grads, velocity, strict=True):
        v *= momentum
        v += grad
        param -= lr * v


def evaluate(
    params: list[np.ndarray], x: np.ndarray, targets: np.ndarray
) -> tuple[float, float]:
    """Mean loss and accuracy on a whole set; changes nothing."""
    logits = forward(params, x)[-1]
    accuracy = float((logits.argmax(axis=1) == targets).mean())
    return cross_entropy(logits, targets)[0], accuracy


def train(
    params: list[np.ndarray], data: tuple, validation: tuple, lr: float,
    rng: np.random.Generator, epochs: int = 40, batch: int = 32,
) -> tuple[list[np.ndarray], list[tuple]]:
    """Train ``params`` in place; keep the epoch with the lowest validation loss.

    Args:
        params: Start; afterwards the parameters of the last epoch.
        data: Training inputs (N, D_0) and targets (N,).
        validation: The same for the validation set.
        lr: Learning rate of ``momentum_step``; momentum stays at 0.9.
        rng: One ``permutation(N)`` per epoch.
        epochs: Passes over the data.
        batch: Rows per step; the last batch of an epoch may be smaller.

    Returns:
        A copy of the best parameters (an empty list if no validation loss was
        finite), and per epoch (mean training loss before each step, validation
        loss, validation accuracy).
    """
    x, targets = data
    velocity = [np.zeros_like(param) for param in params]
    history, best, lowest = [], [], np.inf
    for _ in range(epochs):
        order, total = rng.permutation(len(x)), 0.0
        for start in range(0, len(x), batch):
            rows = order[start : start + batch]
            outputs = forward(params, x[rows])
            loss, grad = cross_entropy(outputs[-1], targets[rows])
            momentum_step(params, backward(params, outputs, grad), velocity, lr)
            total += loss * len(rows)  # the last batch may be smaller
        history.append((total / len(x), *evaluate(params, *validation)))
        if history[-1][1] < lowest:
            lowest, best = history[-1][1], [param.copy() for param in params]
    return best, history
# --8<-- [end:train]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    params = init_params([64, 64, 32, 10], rng)
    print("parameters by array", [param.size for param in params], sum(p.size for p in params))
    x, targets = rng.standard_normal((10, 64)), np.arange(10)
    print(f"loss with all logits equal {cross_entropy(np.zeros((10, 10)), targets)[0]:.4f}")
    print(f"loss at the start {evaluate(params, x, targets)[0]:.2f}")
    train(params, (x, targets), (x, targets), 0.05, rng, epochs=200, batch=10)
    loss, accuracy = evaluate(params, x, targets)
    print(f"ten random rows learned by heart: loss {loss:.4f}, accuracy {accuracy:.0%}")
    weight, velocity = np.array([1.0]), np.array([0.0])
    for _ in range(2):
        momentum_step([weight], [np.array([1.0])], [velocity], lr=0.1)
        print(f"velocity {velocity[0]:.2f}, weight {weight[0]:.2f}")
