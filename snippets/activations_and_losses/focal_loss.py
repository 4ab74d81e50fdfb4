"""The focal loss from logits, its gradient, its optimum, and the first bias of RetinaNet.

Lin and others 2017, https://arxiv.org/abs/1708.02002.
"""

import numpy as np


def softplus(z: np.ndarray) -> np.ndarray:
    """ln(1 + e^z) without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


# --8<-- [start:loss]
def sigmoid_focal_loss(inputs: np.ndarray, targets: np.ndarray, alpha: float = 0.25,
                       gamma: float = 2.0) -> np.ndarray:
    """-alpha_t (1 - q_t)^gamma ln q_t for each element, not summed.

    q_t is the probability of the target: sigmoid(z) for 1, sigmoid(-z) for 0.
    alpha_t is ``alpha`` for 1 and 1 - ``alpha`` for 0; a negative ``alpha``
    weighs nothing, as in torchvision.

    Args:
        inputs: Logits, any shape.
        targets: 0 or 1, same shape.
        alpha: Weight of the targets 1, at most 1.
        gamma: Focusing exponent, at least 0; 0 leaves weighted cross-entropy.

    Returns:
        Losses in nats, same shape.

    Raises:
        ValueError: If the shapes differ, a target is neither 0 nor 1, or gamma is
            negative or alpha above 1.

    >>> sigmoid_focal_loss(np.array([0.0]), np.array([1]), alpha=-1).round(4)
    array([0.1733])
    """
    if inputs.shape != targets.shape:  # would broadcast without a word
        raise ValueError(f"targets must be {inputs.shape}, got {targets.shape}")
    if gamma < 0 or alpha > 1:
        raise ValueError(f"gamma below 0 or alpha above 1: {gamma}, {alpha}")
    if not np.isin(targets, (0, 1)).all():
        raise ValueError("targets must be 0 or 1")
    signed = np.where(targets == 1, inputs, -1.0 * inputs)  # q_t = sigmoid(signed)
    loss = np.exp(-gamma * softplus(signed)) * softplus(-signed)
    weight = np.where(targets == 1, alpha, 1 - alpha) if alpha >= 0 else 1.0
    return (weight * loss).astype(loss.dtype)


def sigmoid_focal_loss_backward(
    inputs: np.ndarray, targets: np.ndarray,
    alpha: float = 0.25, gamma: float = 2.0,
) -> np.ndarray:
    """Gradient of the summed ``sigmoid_focal_loss`` at the logits.

    With the sign s of the target (+1 or -1):
    ``s alpha_t (1 - q_t)^gamma (gamma q_t ln q_t + q_t - 1)``.

    Args:
        inputs: Logits, any shape.
        targets: 0 or 1, same shape.
        alpha: As in the loss.
        gamma: As in the loss.

    Returns:
        Same shape as ``inputs``.
    """
    sign = np.where(targets == 1, 1, -1).astype(np.int8)
    signed = np.where(targets == 1, inputs, -1.0 * inputs)
    log_q, log_rest = -softplus(-signed), -softplus(signed)  # ln q_t, ln (1 - q_t)
    inner = gamma * np.exp(log_q) * log_q - np.exp(log_rest)
    weight = np.where(targets == 1, alpha, 1 - alpha) if alpha >= 0 else 1.0
    grad = sign * weight * np.exp(gamma * log_rest) * inner
    return grad.astype(log_q.dtype)
# --8<-- [end:loss]


# --8<-- [start:prior]
def prior_bias(prior: float) -> float:
    """Bias at which a sigmoid starts at the probability ``prior``: ln(p / (1 - p)).

    Args:
        prior: Above 0, below 1.

    Returns:
        The bias of the last layer.

    Raises:
        ValueError: If ``prior`` is not between 0 and 1.

    >>> round(prior_bias(0.01), 3)
    -4.595
    """
    if not 0 < prior < 1:
        raise ValueError(f"prior must be between 0 and 1, got {prior}")
    return float(np.log(prior) - np.log1p(-prior))
# --8<-- [end:prior]


# --8<-- [start:optimum]
def best_output(true_prob: float, alpha: float = -1.0, gamma: float = 2.0) -> float:
    """The output with the least expected focal loss where 1 has ``true_prob``.

    The expected gradient at the logit rises through 0 there; found by bisection.

    Args:
        true_prob: Probability of the target 1, above 0 and below 1.
        alpha: As in the loss.
        gamma: As in the loss.

    Returns:
        The probability that a perfect fit outputs.

    >>> round(best_output(0.9), 3), round(best_output(0.9, gamma=0.0), 3)
    (0.694, 0.9)
    """
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = np.full(2, (low + high) / 2)
        grads = sigmoid_focal_loss_backward(middle, np.array([1, 0]), alpha, gamma)
        if true_prob * grads[0] + (1 - true_prob) * grads[1] < 0:
            low = middle[0]
        else:
            high = middle[0]
    return float(1 / (1 + np.exp(-low)))
# --8<-- [end:optimum]


# --8<-- [start:undo]
def true_probability(output: np.ndarray, alpha: float = -1.0,
                     gamma: float = 2.0) -> np.ndarray:
    """The probability for which ``output`` is the best: undoes ``best_output``.

    Args:
        output: Probabilities between 0 and 1, without these, from a model trained
            with the focal loss, any shape.
        alpha: As in its loss.
        gamma: As in its loss.

    Returns:
        Same shape.

    >>> true_probability(np.array([0.5, 0.694])).round(3)
    array([0.5, 0.9])
    """
    logits = np.log(output) - np.log1p(-output)
    one, zero = np.ones(output.shape), np.zeros(output.shape)
    for_one = sigmoid_focal_loss_backward(logits, one, alpha, gamma)
    for_zero = sigmoid_focal_loss_backward(logits, zero, alpha, gamma)
    return for_zero / (for_zero - for_one)  # the expected gradient is zero
# --8<-- [end:undo]


if __name__ == "__main__":
    for q in (0.1, 0.5, 0.9, 0.99):
        z = np.array([np.log(q / (1 - q))])
        ce = sigmoid_focal_loss(z, np.array([1]), -1, 0).item()
        values = [sigmoid_focal_loss(z, np.array([1]), -1, 2).item(),
                  sigmoid_focal_loss_backward(z, np.array([1]), -1, 0).item(),
                  sigmoid_focal_loss_backward(z, np.array([1]), -1, 2).item()]
        print(q, f"ce {ce:.5f} focal {values[0]:.7f} ratio {ce / values[0]:.1f} "
              f"grads {values[1]:.5f} {values[2]:.7f} ratio {values[1] / values[2]:.1f}")
    grid = np.linspace(0.001, 0.999, 9981)
    z = np.log(grid / (1 - grid))
    for gamma in (0.5, 1.0, 2.0, 5.0):
        ratio = (sigmoid_focal_loss_backward(z, np.ones(z.size), -1, gamma)
                 / sigmoid_focal_loss_backward(z, np.ones(z.size), -1, 0))
        print("gamma", gamma, f"gradient ratio largest {ratio.max():.3f} at q_t {grid[ratio.argmax()]:.3f}, "
              f"equal at {grid[np.abs(ratio - 1)[50:].argmin() + 50]:.3f}")
    for alpha, gamma in ((-1, 1), (-1, 2), (-1, 5), (0.25, 2)):
        print(alpha, gamma, [round(best_output(p, alpha, gamma), 3) for p in (0.01, 0.1, 0.3, 0.5, 0.7, 0.9)])
    for prior in (0.5, 0.01):
        z = np.full(2, prior_bias(prior))
        for alpha, gamma in ((-1, 0), (0.25, 2)):
            loss = sigmoid_focal_loss(z, np.array([1, 0]), alpha, gamma)
            grad = sigmoid_focal_loss_backward(z, np.array([1, 0]), alpha, gamma)
            counts = np.array([50, 99_950])
            print(prior, alpha, gamma, "loss per positive", (loss * counts / 50).round(2),
                  "gradient per positive", (grad * counts / 50).round(3))
