"""Backpropagation in a fully connected network: tanh layers, softmax cross-entropy, SGD.

Rumelhart, Hinton and Williams, *Learning representations by back-propagating
errors*, Nature 323, 1986, https://doi.org/10.1038/323533a0.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:forward]
def forward(
    x: np.ndarray, weights: list[np.ndarray], biases: list[np.ndarray]
) -> list[np.ndarray]:
    """Run the network; keep every layer's output for the backward pass.

    Each layer computes ``a @ weight + bias``; all but the last apply tanh.

    Args:
        x: Inputs, shape (N, D_0).
        weights: L arrays, the l-th of shape (D_{l-1}, D_l).
        biases: L arrays, the l-th of shape (D_l,).

    Returns:
        L + 1 arrays: ``x``, the L - 1 hidden activations, and the logits (N, D_L).

    Raises:
        ValueError: If ``weights`` is empty, or ``biases`` does not hold one
            vector per layer (a matrix would broadcast).
    """
    needed, got = [w.shape[1:] for w in weights], [b.shape for b in biases]
    if not weights or got != needed:
        raise ValueError(f"weights need biases of {needed}, got biases of {got}")
    activations = [x]
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        z = activations[-1] @ weight + bias  # (N, D_{l-1}) -> (N, D_l)
        is_output = layer == len(weights) - 1
        activations.append(z if is_output else np.tanh(z))
    return activations
# --8<-- [end:forward]


# --8<-- [start:loss]
def cross_entropy(
    logits: np.ndarray, targets: np.ndarray
) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of the softmax, and the gradient of the logits.

    Args:
        logits: Shape (N, K), N >= 1.
        targets: Class indices, shape (N,), integers in 0..K-1.

    Returns:
        The loss in nats, and the gradient (probs - one_hot) / N of shape (N, K).

    Raises:
        ValueError: If ``logits`` has no rows, ``targets`` is not one index per row
            (a single one would broadcast), or a target is outside 0..K-1 (NumPy
            would take -1 as the last class).

    >>> loss, grad = cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    >>> round(loss, 4), grad
    (0.6931, array([[ 0.5, -0.5]]))
    """
    num_rows, num_classes = logits.shape
    if num_rows == 0:
        raise ValueError("logits must have at least one row, got 0")
    if targets.shape != (num_rows,):
        raise ValueError(f"targets must be {(num_rows,)}, got {targets.shape}")
    if targets.min() < 0 or targets.max() >= num_classes:
        raise ValueError(f"targets must lie in 0..{num_classes - 1}, got {targets}")
    rows = np.arange(num_rows)
    shifted = logits - logits.max(axis=1, keepdims=True)  # exp(1000) overflows
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad_logits = np.exp(log_probs)  # the probabilities, (N, K)
    grad_logits[rows, targets] -= 1.0
    return float(-log_probs[rows, targets].mean()), grad_logits / num_rows
# --8<-- [end:loss]


# --8<-- [start:backward]
def backward(
    activations: list[np.ndarray],
    weights: list[np.ndarray],
    grad_logits: np.ndarray,
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Gradients of every weight and bias, from the last layer to the first.

    Args:
        activations: What ``forward`` returned: x, hidden tanh outputs, logits.
        weights: The weights that ``forward`` used, unchanged.
        grad_logits: Gradient of the loss with respect to the logits, (N, D_L).

    Returns:
        Gradients shaped like the weights, and gradients shaped like the biases.
    """
    grad_weights, grad_biases = [], []
    delta = grad_logits  # gradient with respect to this layer's z, (N, D_l)
    for layer in reversed(range(len(weights))):
        a = activations[layer]  # the layer's input, (N, D_{l-1})
        grad_weights.append(a.T @ delta)  # (D_{l-1}, N) @ (N, D_l)
        grad_biases.append(delta.sum(axis=0))  # (N, D_l) -> (D_l,)
        if layer > 0:  # x is data: nobody needs its gradient
            # (N, D_l) @ (D_l, D_{l-1}) -> (N, D_{l-1}); tanh' = 1 - a^2
            delta = (delta @ weights[layer].T) * (1.0 - a**2)
    return grad_weights[::-1], grad_biases[::-1]
# --8<-- [end:backward]


# --8<-- [start:update]
def sgd_step(
    params: list[np.ndarray], grads: list[np.ndarray], lr: float
) -> list[np.ndarray]:
    """Move every parameter against its gradient: ``param - lr * grad``.

    Args:
        params: One array per parameter, any shapes.
        grads: Gradients, in the same order and of the same shapes.
        lr: Learning rate, > 0.

    Returns:
        New arrays; the old ones stay as they are.

    Raises:
        ValueError: If ``lr`` is not positive, or a gradient's shape is not its
            parameter's: broadcasting would hide a forgotten sum over the batch.

    >>> sgd_step([np.array([1.0, 2.0])], [np.array([10.0, -10.0])], lr=0.1)
    [array([0., 3.])]
    """
    if not lr > 0:
        raise ValueError(f"lr must be positive, got {lr}")
    for param, grad in zip(params, grads, strict=True):
        if param.shape != grad.shape:
            raise ValueError(f"grads must be {param.shape}, got {grad.shape}")
    return [param - lr * grad for param, grad in zip(params, grads, strict=True)]
# --8<-- [end:update]


# --8<-- [start:check]
def central_difference(
    function: Callable[[], float], array: np.ndarray, eps: float = 1e-5
) -> np.ndarray:
    """Numerical gradient of ``function()`` with respect to ``array``.

    Args:
        function: Reads ``array`` and returns a scalar.
        array: float64, any shape; nudged in place by +eps and -eps, then restored.
        eps: Half the distance between the two evaluations.

    Returns:
        (f(+eps) - f(-eps)) / (2 eps) for each entry, shaped like ``array``.

    Raises:
        ValueError: If ``array`` is not float64: rounding would hide the difference.
    """
    if array.dtype != np.float64:
        raise ValueError(f"array must be float64, got {array.dtype}")
    grad = np.zeros_like(array)
    for index in np.ndindex(*array.shape):
        kept = array[index]
        array[index] = kept + eps
        above = function()
        array[index] = kept - eps
        below = function()
        array[index] = kept
        grad[index] = (above - below) / (2.0 * eps)
    return grad
# --8<-- [end:check]


if __name__ == "__main__":
    x, targets = np.array([[1.0, 2.0]]), np.array([1])
    weights = [np.array([[1.0, -1.0], [-0.5, 1.0]]), np.array([[-1.0, 0.0], [1.0, -1.0]])]
    biases = [np.array([np.log(3) / 2, np.log(3) - 1]), np.array([np.log(3), 1.1])]
    activations = forward(x, weights, biases)
    loss, grad_logits = cross_entropy(activations[-1], targets)
    grad_weights, grad_biases = backward(activations, weights, grad_logits)
    print(f"hidden {activations[1][0].round(4)}, logits {activations[2][0].round(4)}")
    print(f"loss {loss:.4f}, delta 2 {grad_biases[1].round(4)}, delta 1 {grad_biases[0].round(4)}")
    print(f"gradients of the weights {[grad.round(4).tolist() for grad in grad_weights]}")
    squared_norm = sum(np.sum(g * g) for g in grad_weights + grad_biases)
    print(f"squared norm of the gradient {squared_norm:.4f}")
    for lr in (0.1, 0.01):
        stepped = sgd_step(weights, grad_weights, lr), sgd_step(biases, grad_biases, lr)
        fall = loss - cross_entropy(forward(x, *stepped)[-1], targets)[0]
        print(f"lr {lr}: loss falls by {fall:.4f}, first order predicts {lr * squared_norm:.4f}")
