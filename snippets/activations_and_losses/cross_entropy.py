"""Cross-entropy from logits, for classes and for labels, with its gradient.

As the training score of a network with normalized outputs: Bridle, NeurIPS 1989.
Label smoothing: Szegedy and others, https://arxiv.org/abs/1512.00567, section 7.
"""

import numpy as np


# --8<-- [start:divergence]
def entropy_and_divergence(p: np.ndarray, q: np.ndarray) -> tuple[float, float]:
    """Entropy H(p) and divergence KL(p, q) in nats; their sum is the cross-entropy.

    A class with p = 0 counts 0, whatever q is; p > 0 where q = 0 makes KL infinite.

    Args:
        p: True distribution, (K,).
        q: Predicted distribution, (K,).

    Returns:
        H(p) = -sum p ln p, and KL(p, q) = sum p ln(p / q).

    >>> entropy, divergence = entropy_and_divergence(np.array([1.0, 0.0]),
    ...                                              np.array([0.5, 0.5]))
    >>> print(f"{entropy:.4f} {divergence:.4f}")
    0.0000 0.6931
    """
    p, q = p[p > 0], q[p > 0]
    if (q == 0).any():
        return float((p * np.log(1 / p)).sum()), float("inf")
    return float((p * np.log(1 / p)).sum()), float((p * np.log(p / q)).sum())
# --8<-- [end:divergence]


# --8<-- [start:classes]
def cross_entropy(
    logits: np.ndarray, targets: np.ndarray,
    label_smoothing: float = 0.0, ignore_index: int = -100,
) -> tuple[float, np.ndarray]:
    """Mean cross-entropy in nats over the targets that are not ignored.

    The target distribution is (1 - label_smoothing) on the true class plus
    label_smoothing / K on each of the K classes.

    Args:
        logits: Scores before softmax, (N, K).
        targets: Class indices from 0 to K - 1, or ``ignore_index``, (N,).
        label_smoothing: At least 0, below 1.
        ignore_index: Rows with this target count nowhere, and get a zero gradient.

    Returns:
        The loss, and its gradient with respect to ``logits``, (N, K).

    Raises:
        ValueError: If ``targets`` have another shape, another number, or nothing
            that counts, or ``label_smoothing`` is out of range.

    >>> loss, grad = cross_entropy(np.array([[2.0, 1.0, 0.0]]), np.array([0]))
    >>> print(f"{loss:.4f}", grad.round(4))
    0.4076 [[-0.3348  0.2447  0.09  ]]
    """
    num_rows, num_classes = logits.shape
    if targets.shape != (num_rows,):
        raise ValueError(f"targets must be ({num_rows},), got {targets.shape}")
    if not 0 <= label_smoothing < 1:
        raise ValueError(f"label_smoothing must be 0 to 1, got {label_smoothing}")
    counts = targets != ignore_index  # (N,)
    if not counts.any():
        raise ValueError(f"targets have no class to learn from: {targets}")
    wrong = targets[counts & ((targets < 0) | (targets >= num_classes))]
    if len(wrong) > 0:
        raise ValueError(f"targets must be 0 to {num_classes - 1}, got {wrong[0]}")
    kept, classes = logits[counts], targets[counts]  # (n, K) and (n,)
    shifted = kept - kept.max(axis=1, keepdims=True)  # exp cannot overflow
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    wanted = np.full_like(log_probs, label_smoothing / num_classes)
    wanted[np.arange(len(kept)), classes] += 1 - label_smoothing
    loss = -(wanted * np.where(wanted > 0, log_probs, 0)).sum()  # 0 times -inf is 0
    grad = np.zeros(logits.shape, log_probs.dtype)
    grad[counts] = (np.exp(log_probs) - wanted) / len(kept)
    return float(loss / len(kept)), grad
# --8<-- [end:classes]


# --8<-- [start:binary]
def binary_cross_entropy(
    logits: np.ndarray, targets: np.ndarray
) -> tuple[float, np.ndarray]:
    """Mean binary cross-entropy in nats, one independent yes or no per element.

    Args:
        logits: Scores before the sigmoid, any shape.
        targets: 0, 1 or a probability between, same shape.

    Returns:
        The loss, and its gradient with respect to ``logits``.

    Raises:
        ValueError: If ``targets`` have another shape than ``logits``, or are empty.

    >>> loss, grad = binary_cross_entropy(np.array([-1000.0]), np.array([1.0]))
    >>> print(loss, grad)
    1000.0 [-1.]
    """
    if targets.shape != logits.shape:  # would broadcast without a word
        raise ValueError(f"targets must be {logits.shape}, got {targets.shape}")
    if targets.size == 0:
        raise ValueError("targets are empty")
    decay = np.exp(-np.abs(logits))  # at most 1: no overflow on either side
    loss = np.maximum(logits, 0) - logits * targets + np.log1p(decay)
    probs = np.where(logits >= 0, 1, decay) / (1 + decay)  # sigmoid
    return float(loss.mean()), (probs - targets) / logits.size
# --8<-- [end:binary]


def steps_until_right(loss: str, logit: float = -10.0, lr: float = 1.0) -> int:
    """Gradient steps on one logit with target 1 until it is above 0.

    Args:
        loss: "cross-entropy", or "squared" for (1 - p)^2 / 2 with p = sigmoid(logit).
        logit: Where it starts.
        lr: Learning rate.

    Returns:
        The number of steps.

    >>> steps_until_right("cross-entropy", logit=-0.1)
    1
    """
    steps = 0
    while logit <= 0:
        prob = 1 / (1 + np.exp(-logit))
        slope = prob * (1 - prob) if loss == "squared" else 1.0
        logit -= lr * (prob - 1) * slope
        steps += 1
    return steps


if __name__ == "__main__":
    p, q = np.array([0.7, 0.2, 0.1]), np.array([0.5, 0.25, 0.25])
    for name, unit in (("nats", 1.0), ("bits", np.log(2))):
        entropy, divergence = (value / unit for value in entropy_and_divergence(p, q))
        print(f"{name}: H(p) = {entropy:.4f}, KL = {divergence:.4f}, "
              f"H(p, q) = {entropy + divergence:.4f}")
    logits = np.array([[2.0, 1.0, 0.0]])
    for target in range(3):
        loss, grad = cross_entropy(logits, np.array([target]))
        print(f"class {target}: loss {loss:.4f} nats, {loss / np.log(2):.4f} bits, "
              f"perplexity {np.exp(loss):.3f}, gradient {grad[0].round(4)}")
    for num_classes in (2, 10, 1000, 50257):
        print(f"untrained, {num_classes} classes: {np.log(num_classes):.3f}")
    for z in (-10.0, -5.0, -2.0, 0.0, 2.0):
        prob = 1 / (1 + np.exp(-z))
        print(f"z = {z:5}: p = {prob:.3g}, cross-entropy {-np.log(prob):.3g} gradient "
              f"{prob - 1:.3g}; squared error {(prob - 1) ** 2 / 2:.3g} gradient "
              f"{(prob - 1) * prob * (1 - prob):.3g}")
    for loss in ("cross-entropy", "squared"):
        print(f"{loss}: {steps_until_right(loss):,} steps from z = -10 to above 0")
    eps, num_classes = 0.1, 10
    top = 1 - eps + eps / num_classes
    rest = eps / num_classes
    floor = -(top * np.log(top) + (num_classes - 1) * rest * np.log(rest))
    print(f"smoothing 0.1, 10 classes: best gap {np.log(top / rest):.3f}, floor {floor:.4f}")
    print(f"one-hot targets, 4,096 tokens, 50,257 classes: {4096 * 50257 * 4 / 1e6:.0f} MB")
