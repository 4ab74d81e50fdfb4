"""Transfer learning for a small ReLU network: keep layers, replace the head, freeze, fine-tune.

Freezing by layers: Yosinski and others, https://arxiv.org/abs/1411.1792. A head that is fitted
before the rest moves: Kumar and others, https://arxiv.org/abs/2202.10054.

A network is a list of layers, each a pair (weight (D_in, D_out), bias (D_out,)). ReLU follows every
layer but the last, the head, which gives logits.
"""

from itertools import pairwise

import numpy as np


# --8<-- [start:forward]
def forward(layers: list, x: np.ndarray) -> list[np.ndarray]:
    """The input and each layer's output, ReLU included; the last entry is logits.

    Args:
        layers: Pairs (weight, bias).
        x: Inputs (N, D).

    Returns:
        One array more than there are layers.
    """
    outputs = [x]
    for number, (weight, bias) in enumerate(layers, 1):
        x = x @ weight + bias  # (N, D_in) -> (N, D_out)
        if number < len(layers):
            x = np.maximum(x, 0)
        outputs.append(x)
    return outputs
# --8<-- [end:forward]


# --8<-- [start:head]
def replace_head(layers: list, num_classes: int) -> list:
    """A copy whose last layer is all zeros and has ``num_classes`` outputs.

    Zeros are safe in the last layer: its own gradient is not zero, and until it has
    moved, no gradient reaches the layers below.

    Args:
        layers: Pairs (weight, bias); neither the list nor its arrays are changed.
        num_classes: Classes of the new task.
    """
    kept = [(weight.copy(), bias.copy()) for weight, bias in layers[:-1]]
    inputs = layers[-1][0].shape[0]
    return [*kept, (np.zeros((inputs, num_classes)), np.zeros(num_classes))]
# --8<-- [end:head]


# --8<-- [start:grads]
def loss_and_grads(layers: list, x: np.ndarray, targets: np.ndarray,
                   frozen: int = 0) -> tuple[float, list]:
    """Mean cross-entropy, and gradients of all but the first ``frozen`` layers.

    The backward pass stops above the frozen layers, so they cost a forward pass
    only.

    Args:
        layers: Pairs (weight, bias).
        x: Inputs (N, D).
        targets: Class indices (N,).
        frozen: Number of layers that stay as they are, counted from the input.

    Returns:
        The loss, and per layer a pair of gradients, or None where it is frozen.

    Raises:
        ValueError: If ``frozen`` is not 0 to the number of layers minus 1.
    """
    if not 0 <= frozen < len(layers):
        raise ValueError(f"frozen must be 0 to {len(layers) - 1}, not {frozen}")
    outputs = forward(layers, x)
    logits = outputs[-1] - outputs[-1].max(axis=1, keepdims=True)
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    rows = np.arange(len(x))
    loss = -log_probs[rows, targets].mean()
    grad = np.exp(log_probs)
    grad[rows, targets] -= 1
    grad /= len(x)  # (N, K), with respect to the logits
    grads = [None] * len(layers)
    for number in range(len(layers) - 1, frozen - 1, -1):
        below = outputs[number]
        grads[number] = below.T @ grad, grad.sum(axis=0)
        if number > frozen:
            # (N, D_out) -> (N, D_in)
            grad = (grad @ layers[number][0].T) * (below > 0)
    return float(loss), grads
# --8<-- [end:grads]


# --8<-- [start:tune]
def fine_tune(layers: list, x: np.ndarray, targets: np.ndarray, frozen: int,
              lr: float, steps: int, decay: float = 1.0) -> list:
    """Full-batch gradient descent on the layers above ``frozen``.

    The head moves at ``lr``, each layer below it at ``decay`` times the rate of the
    layer above it.

    Args:
        layers: Pairs (weight, bias); they are not changed.
        x: Inputs (N, D).
        targets: Class indices (N,).
        frozen: Layers that stay as they are, counted from the input.
        lr: Rate of the head.
        steps: Number of steps.
        decay: Factor per layer, 1 for one rate everywhere.

    Returns:
        New layers; the frozen ones are the same arrays as before.
    """
    layers = list(layers)
    for _ in range(steps):
        _, grads = loss_and_grads(layers, x, targets, frozen)
        for number in range(frozen, len(layers)):
            rate = lr * decay ** (len(layers) - 1 - number)
            layers[number] = tuple(p - rate * g for p, g in
                                   zip(layers[number], grads[number], strict=True))
    return layers
# --8<-- [end:tune]


def trained_numbers(sizes: list[int], frozen: int) -> int:
    """Number of weights and biases above the first ``frozen`` layers.

    Args:
        sizes: Width of the input, of each hidden layer, and number of classes.
        frozen: Layers that stay as they are, counted from the input.

    >>> trained_numbers([64, 32, 16, 5], 0), trained_numbers([64, 32, 16, 5], 2)
    (2693, 85)
    """
    pairs = list(pairwise(sizes))[frozen:]
    return sum(inputs * outputs + outputs for inputs, outputs in pairs)


if __name__ == "__main__":
    layers = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[1.0], [1.0]]), np.zeros(1))]
    x, targets = np.array([[2.0], [-3.0]]), np.array([0, 1])
    layers = replace_head(layers, 2)
    loss, grads = loss_and_grads(layers, x, targets)
    print("features", forward(layers, x)[1].tolist(), "loss", round(loss, 4))
    print("head", grads[1][0].round(6).tolist(),
          "first layer", np.abs(grads[0][0]).tolist())
    tuned = fine_tune(layers, x, targets, 1, 1.0, 1)
    print("logits after one step", forward(tuned, x)[-1].round(6).tolist())
    print("loss", round(loss_and_grads(tuned, x, targets)[0], 4))
    print("to train:", [trained_numbers([64, 32, 16, 5], k) for k in range(3)])
