"""Gradients of micro-batches, added up to the gradient of the batch that does not fit.

How the mean of means went unnoticed in a widely used trainer:
https://huggingface.co/blog/gradient_accumulation.
"""

import numpy as np


# --8<-- [start:sums]
def loss_and_grad(weight: np.ndarray, x: np.ndarray, targets: np.ndarray,
                  ignore_index: int = -100) -> tuple[float, np.ndarray, int]:
    """Cross-entropy of a linear layer: the SUM over tokens, its gradient, count.

    Args:
        weight: Parameters, (K, D); ``x @ weight.T`` are the logits.
        x: Inputs, (N, T, D).
        targets: Classes, (N, T).
        ignore_index: Marks the tokens that do not count (padding, prompt).

    Returns:
        Sum of the losses, gradient of that sum (K, D), number of tokens that count.

    Raises:
        ValueError: If ``targets`` is not (N, T).

    >>> x, targets = np.zeros((1, 2, 3)), np.array([[1, -100]])
    >>> loss, grad, count = loss_and_grad(np.ones((2, 3)), x, targets)
    >>> round(loss, 4), count
    (0.6931, 1)
    """
    if np.shape(targets) != x.shape[:-1]:
        raise ValueError(f"targets must be {x.shape[:-1]}, got {np.shape(targets)}")
    keep = np.asarray(targets) != ignore_index
    x, targets = x[keep], np.asarray(targets)[keep]  # (N, T, D) -> (tokens, D)
    logits = x @ weight.T  # (tokens, K)
    logits = logits - logits.max(axis=-1, keepdims=True)
    log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    rows = np.arange(len(targets))
    grad_logits = np.exp(log_probs)
    grad_logits[rows, targets] -= 1
    return float(-log_probs[rows, targets].sum()), grad_logits.T @ x, len(targets)
# --8<-- [end:sums]


# --8<-- [start:accumulate]
def accumulate(
    weight: np.ndarray, x: np.ndarray, targets: np.ndarray, sizes: list[int],
    ignore_index: int = -100,
) -> tuple[float, np.ndarray]:
    """Mean loss per token and its gradient, from one micro-batch after the other.

    Sums are added and divided ONCE by the tokens of the whole batch.

    Args:
        weight: Parameters, (K, D).
        x: Inputs, (N, T, D).
        targets: Classes, (N, T).
        sizes: Sequences in each micro-batch, in order; they add up to N.
        ignore_index: Marks the tokens that do not count.

    Raises:
        ValueError: If ``sizes`` do not add up to N, or no token counts.

    >>> x, targets = np.zeros((3, 2, 1)), np.array([[0, 1], [1, -100], [0, 0]])
    >>> round(accumulate(np.zeros((2, 1)), x, targets, [1, 2])[0], 4)
    0.6931
    """
    if sum(sizes) != len(x) or min(sizes, default=0) < 0:
        raise ValueError(f"sizes must be counts of {len(x)} in sum, got {sizes}")
    total, tokens, start = 0.0, 0, 0
    grad = np.zeros_like(weight)
    for size in sizes:
        rows = slice(start, start + size)
        loss, part, n = loss_and_grad(weight, x[rows], targets[rows], ignore_index)
        total, grad = total + loss, grad + part
        tokens, start = tokens + n, start + size
    if tokens == 0:
        raise ValueError(f"targets must not all be {ignore_index}, or none")
    return total / tokens, grad / tokens
# --8<-- [end:accumulate]


# --8<-- [start:step]
def train_step(weight: np.ndarray, x: np.ndarray, targets: np.ndarray,
               sizes: list[int], lr: float, max_norm: float = np.inf) -> np.ndarray:
    """One SGD step: accumulate everything, clip the result once, then update once.

    Args:
        weight: Parameters, (K, D); not modified.
        x: Inputs, (N, T, D).
        targets: Classes, (N, T); -100 does not count.
        sizes: Sequences in each micro-batch.
        lr: Learning rate.
        max_norm: Largest norm of the accumulated gradient; longer ones are scaled.

    Raises:
        ValueError: If ``max_norm`` is not positive.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be positive, got {max_norm}")
    grad = accumulate(weight, x, targets, sizes)[1]
    norm = float(np.sqrt((grad**2).sum()))
    return weight - lr * grad * (min(1.0, max_norm / norm) if norm > 0 else 1.0)
# --8<-- [end:step]


# --8<-- [start:means]
def mean_of_means(losses: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """Mean per token, and what averaging the micro-batches' means gives instead.

    They differ by the covariance of mean and count, over the mean count.

    Args:
        losses: Mean loss of each micro-batch, (M,).
        counts: Its tokens, (M,); all positive.

    Returns:
        Mean per token, mean of means.

    Raises:
        ValueError: If a count is not positive.

    >>> mean_of_means(np.array([4.0, 1.0]), np.array([1, 3]))
    (1.75, 2.5)
    """
    losses, counts = np.asarray(losses, np.float64), np.asarray(counts, np.float64)
    if not (counts > 0).all():
        raise ValueError(f"counts must be positive, got {counts.tolist()}")
    return float((losses * counts).sum() / counts.sum()), float(losses.mean())
# --8<-- [end:means]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    weight, x = rng.standard_normal((5, 3)), rng.standard_normal((6, 7, 3))
    lengths = np.array([7, 1, 5, 2, 6, 1])
    targets = rng.integers(0, 5, (6, 7))
    targets[np.arange(7) >= lengths[:, None]] = -100
    full = accumulate(weight, x, targets, [6])[1]
    for sizes in ([3, 3], [1, 5], [2, 1, 3], [1] * 6):
        grad = accumulate(weight, x, targets, sizes)[1]
        parts = np.split(np.arange(6), np.cumsum(sizes)[:-1])
        each = [accumulate(weight, x[rows], targets[rows], [len(rows)])[1] for rows in parts]
        wrong = np.mean(each, axis=0)
        error = [float(np.linalg.norm(g - full) / np.linalg.norm(full)) for g in (grad, wrong)]
        print(f"micro-batches {sizes}: the sum is exact to 1e-14: {error[0] < 1e-14}, "
              f"relative error of the mean of means {error[1]:.2f}")
    print("losses 4 and 1 of 1 and 3 tokens: per token, mean of means",
          mean_of_means(np.array([4.0, 1.0]), np.array([1, 3])))
    total = np.float16(0)
    for _ in range(5000):
        total = np.float16(total + np.float16(1))
    print("5,000 ones added in float16:", float(total))
