"""Class weights in cross-entropy, what they do to probabilities, and how to undo it.

Elkan, *The Foundations of Cost-Sensitive Learning*, IJCAI 2001. Effective number of
samples: Cui and others, https://arxiv.org/abs/1901.05555.
"""

import math

import numpy as np


# --8<-- [start:loss]
def weighted_cross_entropy(
    logits: np.ndarray, targets: np.ndarray, class_weights: np.ndarray
) -> tuple[float, np.ndarray]:
    """Weighted mean of the cross-entropy: divided by the sum of the weights used.

    This is the mean of ``nn.CrossEntropyLoss(weight=...)`` for class indices.

    Args:
        logits: Scores before softmax, (N, K).
        targets: Class indices, (N,).
        class_weights: One weight per class, at least 0, (K,).

    Returns:
        The loss, and its gradient with respect to ``logits``, (N, K).

    Raises:
        ValueError: If ``targets`` are not one per row, or their ``class_weights``
            sum to 0, as those of an empty batch do.

    >>> loss, _ = weighted_cross_entropy(np.array([[0.0, 0.0], [0.0, 2.0]]),
    ...                                  np.array([0, 1]), np.array([1.0, 3.0]))
    >>> print(f"{loss:.4f}")  # (1 * 0.6931 + 3 * 0.1269) / 4
    0.2685
    """
    if targets.shape != logits.shape[:1]:
        raise ValueError(f"targets {targets.shape}: one per row of {logits.shape}")
    weights = class_weights[targets]  # (K,) -> (N,)
    total = weights.sum()
    if not total > 0:
        raise ValueError(f"class_weights of these targets sum to {total}")
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(targets))
    loss = -(weights * log_probs[rows, targets]).sum() / total
    grad = np.exp(log_probs)
    grad[rows, targets] -= 1
    return float(loss), grad * weights[:, None] / total


def weighted_binary_cross_entropy(
    logits: np.ndarray, targets: np.ndarray, pos_weight: float
) -> tuple[float, np.ndarray]:
    """Binary cross-entropy, positives times pos_weight, divided by their number N.

    This is ``nn.BCEWithLogitsLoss(pos_weight=...)``: not a weighted mean.

    Args:
        logits: Scores before the sigmoid, (N,).
        targets: 0 or 1, (N,).
        pos_weight: Weight of the positives, > 0; negatives have 1.

    Returns:
        The loss, and its gradient with respect to ``logits``, (N,).

    Raises:
        ValueError: If ``pos_weight`` is not positive, ``logits`` is empty, or the
            shapes differ.

    >>> targets = np.array([0.0, 1.0])
    >>> loss, grad = weighted_binary_cross_entropy(np.zeros(2), targets, 3.0)
    >>> print(f"{loss:.4f}", grad)  # (1 + 3) * 0.6931 / 2
    1.3863 [ 0.25 -0.75]
    """
    if not pos_weight > 0:
        raise ValueError(f"pos_weight must be positive, got {pos_weight}")
    if logits.shape != targets.shape or logits.size == 0:
        raise ValueError(f"logits {logits.shape} for targets {targets.shape}")
    weights = np.where(targets == 1, pos_weight, 1.0)
    decay = np.exp(-np.abs(logits))
    loss = np.maximum(logits, 0) - logits * targets + np.log1p(decay)
    probs = np.where(logits >= 0, 1, decay) / (1 + decay)
    return float((weights * loss).mean()), weights * (probs - targets) / len(logits)
# --8<-- [end:loss]


# --8<-- [start:undo]
def undo_class_weights(probs: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
    """Probabilities as if trained without weights: divide by them and normalize.

    Args:
        probs: Outputs of a model trained with ``class_weights``, (N, K).
        class_weights: The weights of the loss, > 0, (K,).

    Returns:
        Corrected probabilities, (N, K); each row sums to 1.

    Raises:
        ValueError: If ``class_weights`` are not all positive.

    >>> undo_class_weights(np.array([[0.5, 0.5]]), np.array([1.0, 49.0]))
    array([[0.98, 0.02]])
    """
    if not (class_weights > 0).all():
        raise ValueError(f"class_weights must be positive, got {class_weights}")
    scaled = probs / class_weights
    return scaled / scaled.sum(axis=1, keepdims=True)
# --8<-- [end:undo]


# --8<-- [start:weights]
def balanced_weights(counts: np.ndarray, beta: float = 1.0) -> np.ndarray:
    """Weights with which each class counts alike, averaging 1 over the examples.

    Proportional to 1 / n for beta = 1, to (1 - beta) / (1 - beta ** n) below: the
    effective number. beta = 0 gives every class the weight 1.

    Args:
        counts: Examples per class, n > 0, (K,).
        beta: From 0 to 1; in the paper 0.9 to 0.9999.

    Returns:
        Weights with sum(counts * weights) = sum(counts), (K,).

    Raises:
        ValueError: If ``counts`` has a class without examples, or ``beta`` is
            outside 0 to 1.

    >>> balanced_weights(np.array([90, 10])).round(3)
    array([0.556, 5.   ])
    """
    if not (counts > 0).all():
        raise ValueError(f"counts must be positive, got {counts}")
    if not 0 <= beta <= 1:
        raise ValueError(f"beta must lie in [0, 1], got {beta}")
    size = counts.astype(np.float64)
    effective = size if beta == 1 else (1 - beta**size) / (1 - beta)
    weights = 1 / effective
    return weights * size.sum() / (size * weights).sum()
# --8<-- [end:weights]


# --8<-- [start:batch]
def effective_weight(weight: float, rate: float, batch_size: int) -> float:
    """Weight of a positive relative to a negative, when each batch is normalized.

    The expected factor 1 / (sum of weights) differs for the two, because a positive
    raises the sum of its own batch. Batches are drawn independently.

    Args:
        weight: Weight of the positives, > 0; negatives have 1.
        rate: Share of positives in the data, between 0 and 1.
        batch_size: B, at least 1.

    Returns:
        weight * E[1 / (weight + S)] / E[1 / (1 + S)], with S the sum of the weights
        of the B - 1 other examples.

    >>> print(f"{effective_weight(49.0, 0.02, 8):.1f}")
    7.4
    """
    others = batch_size - 1
    k = np.arange(batch_size)  # positives among the others: binomial
    log_factorial = np.array([math.lgamma(i + 1) for i in range(batch_size)])
    log_choose = log_factorial[-1] - log_factorial - log_factorial[::-1]
    chance = np.exp(log_choose + k * np.log(rate) + (others - k) * np.log1p(-rate))
    total = weight * k + (others - k)
    positive = weight * (chance / (weight + total)).sum()
    return float(positive / (chance / (1 + total)).sum())
# --8<-- [end:batch]


def focal_optimum(truth: float, gamma: float = 2.0) -> float:
    """The output with the least expected focal loss, to about 0.0005.

    The expected loss of an output q is -truth (1 - q)^gamma ln q, for a positive,
    minus (1 - truth) q^gamma ln(1 - q), for a negative.

    Args:
        truth: True probability of a positive, inside (0, 1).
        gamma: Focusing parameter; 0 is cross-entropy.

    Returns:
        The best q.

    >>> round(focal_optimum(0.3, gamma=0.0), 2)
    0.3
    """
    q = np.linspace(0.0005, 0.9995, 1999)
    loss = -truth * (1 - q) ** gamma * np.log(q) - (1 - truth) * q**gamma * np.log(1 - q)
    return float(q[loss.argmin()])


if __name__ == "__main__":
    for weight in (9.0, 49.0):
        for truth in (0.02, 0.1, 0.5):
            out = weight * truth / (weight * truth + 1 - truth)
            print(f"weight {weight:g}: true {truth} -> output {out:.3f}, "
                  f"threshold 1/2 is a true {1 / (1 + weight):.3f}")
    counts = np.array([9800, 200])
    for beta in (1.0, 0.9999, 0.999, 0.99, 0.0):
        weights = balanced_weights(counts, beta)
        print(f"beta {beta}: weights {weights.round(3)}, ratio {weights[1] / weights[0]:.1f}")
    for batch_size in (1, 8, 32, 128, 512, 2048):
        print(f"batch {batch_size}: effective weight "
              f"{effective_weight(49.0, 0.02, batch_size):.1f}")
    for truth in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98):
        print(f"focal, gamma 2: true {truth} -> output {focal_optimum(truth):.3f}")
    for prob in (0.9, 0.5, 0.1):
        print(f"focal factor at p = {prob}: {(1 - prob) ** 2:.2f}")
