"""Names for a loss that does not move: what its value, its noise and the data say.

The order of the checks follows Andrej Karpathy, *A Recipe for Training Neural
Networks*, https://karpathy.github.io/2019/04/25/recipe/.
"""

import numpy as np


# --8<-- [start:values]
def telling_values(counts: np.ndarray) -> dict[str, float]:
    """Cross-entropy, in nats, of three models that have learned nothing or half.

    Args:
        counts: How many examples each of the K classes has, shape (K,), K >= 2.

    Returns:
        ``uniform``: probability 1/K for every class, ln K. ``base rate``: every
        class gets its share of the examples, the best without looking at the
        input. ``softmax twice``: the lowest that a softmax loss can reach when
        its inputs are already probabilities, ln(1 + (K - 1) / e).

    Raises:
        ValueError: If ``counts`` has fewer than two classes, a negative count
            or no example.

    >>> {k: round(v, 3) for k, v in telling_values(np.array([900, 100])).items()}
    {'uniform': 0.693, 'base rate': 0.325, 'softmax twice': 0.313}
    """
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 1 or len(counts) < 2 or counts.min() < 0 or counts.sum() == 0:
        raise ValueError(f"counts must hold two classes, one example, got {counts}")
    shares = counts[counts > 0] / counts.sum()  # 0 ln 0 = 0
    return {"uniform": float(np.log(len(counts))),
            "base rate": float(-(shares * np.log(shares)).sum()),
            "softmax twice": float(np.log(1 + (len(counts) - 1) / np.e))}
# --8<-- [end:values]


# --8<-- [start:kind]
def kind_of_flat(losses: np.ndarray, tolerance: float = 0.01) -> str:
    """How a loss moves: "not finite", "exactly constant", "plateau" or "moves".

    Args:
        losses: Loss of the *same* examples after each epoch, shape (T,), T >= 4.
        tolerance: A drift of the mean, from the second quarter of the curve to the
            last, of at most this share of the second quarter's mean is a plateau.

    Returns:
        The first name that fits, in the order above. "exactly constant" means that
        all values are equal: then no parameter that matters has changed.

    Raises:
        ValueError: If there are fewer than 4 losses.

    >>> kind_of_flat(np.array([2.3026, 2.3026, 2.3026, 2.3026]))
    'exactly constant'
    >>> kind_of_flat(np.array([2.41, 2.303, 2.302, 2.304, 2.303, 2.3, 2.304]))
    'plateau'
    """
    losses = np.asarray(losses, dtype=np.float64)
    if losses.ndim != 1 or len(losses) < 4:
        raise ValueError(f"losses must hold 4 or more values, got {losses.shape}")
    if not np.isfinite(losses).all():
        return "not finite"
    if losses.max() == losses.min():
        return "exactly constant"
    quarter = len(losses) // 4
    before, end = losses[quarter : 2 * quarter].mean(), losses[-quarter:].mean()
    return "plateau" if abs(end - before) <= tolerance * abs(before) else "moves"
# --8<-- [end:kind]


# --8<-- [start:neighbors]
def neighbor_agreement(x: np.ndarray, labels: np.ndarray) -> float:
    """Share of examples whose nearest other example has the same label.

    Args:
        x: Inputs as they enter the model, shape (N, D), N >= 2, finite. The
            distance is Euclidean. Memory grows with N * N: 2,000 are enough.
        labels: Labels as they enter the loss, shape (N,).

    Returns:
        Near the share that guessing would reach: labels and inputs do not belong
        together, or distances between raw inputs say nothing for this task.

    Raises:
        ValueError: If the lengths differ, there are fewer than two examples, or x
            is not two-dimensional and finite.

    >>> x = np.array([[0.0], [0.1], [5.0], [5.1]])
    >>> neighbor_agreement(x, np.array([0, 0, 1, 1]))
    1.0
    """
    x, labels = np.asarray(x, dtype=np.float64), np.asarray(labels)
    if len(x) != len(labels) or len(x) < 2:
        raise ValueError(f"x and labels must have one length of at least 2, "
                         f"got {len(x)} and {len(labels)}")
    if x.ndim != 2 or not np.isfinite(x).all():
        raise ValueError(f"x must be (N, D) and finite, got {x.shape}")
    x = x - x.mean(axis=0)  # else a large common offset cancels all digits below
    square = (x * x).sum(axis=1)
    distance = square[:, None] + square - 2 * x @ x.T  # (N, D) -> (N, N)
    np.fill_diagonal(distance, np.inf)
    return float((labels[distance.argmin(axis=1)] == labels).mean())
# --8<-- [end:neighbors]


# --8<-- [start:batches]
def classes_per_batch(labels: np.ndarray, batch: int) -> tuple[float, float]:
    """Distinct labels in a batch, in the given order and if the order were random.

    Args:
        labels: Labels in the order in which training sees them, shape (N,).
        batch: Examples in a batch, 1 <= batch <= N. An incomplete last batch is
            left out.

    Returns:
        The mean count of the batches, and its expectation for ``batch`` independent
        draws: the sum over the classes of 1 - (1 - share) ** batch.

    Raises:
        ValueError: If ``batch`` is not in that range.

    >>> classes_per_batch(np.array([0, 0, 0, 0, 1, 1, 1, 1]), 4)
    (1.0, 1.875)
    """
    labels = np.asarray(labels)
    if not 1 <= batch <= len(labels):
        raise ValueError(f"batch must be between 1 and {len(labels)}, got {batch}")
    full = len(labels) // batch
    batches = labels[: full * batch].reshape(full, batch)
    found = [len(np.unique(rows)) for rows in batches]
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(np.mean(found)), float((1 - (1 - shares) ** batch).sum())
# --8<-- [end:batches]


# --8<-- [start:stuck]
def stuck_share(slopes: np.ndarray, smallest: float = 1e-3) -> float:
    """Share of units whose activation slope is below ``smallest`` on every example.

    Args:
        slopes: Derivative of the activation at each pre-activation, shape
            (N, units): 0 or 1 for ReLU, s (1 - s) for a sigmoid s, 1 - t ** 2
            for a tanh t.
        smallest: Slopes of smaller magnitude count as zero.

    Returns:
        1.0 if no gradient passes the layer: dead ReLUs, saturated sigmoids. A unit
        that is dead in one batch may live in another, so use many examples.

    Raises:
        ValueError: If ``slopes`` is not two-dimensional or is empty.

    >>> stuck_share(np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))
    0.6666666666666666
    """
    slopes = np.asarray(slopes, dtype=np.float64)
    if slopes.ndim != 2 or slopes.size == 0:
        raise ValueError(f"slopes must have shape (N, units), got {slopes.shape}")
    return float((np.abs(slopes).max(axis=0) < smallest).mean())
# --8<-- [end:stuck]


if __name__ == "__main__":
    for name, counts in [("ten equal classes", np.full(10, 100)),
                         ("two equal classes", np.array([500, 500])),
                         ("900 to 100", np.array([900, 100]))]:
        values = {key: round(value, 4) for key, value in telling_values(counts).items()}
        print(f"{name}: {values}")
    once, zero = np.log(1 + np.exp(-1)), np.log(2)
    print(f"sigmoid twice: positives at best {once:.4f}, negatives {zero:.4f}, "
          f"half and half {(once + zero) / 2:.4f}")
    ordered = np.repeat(np.arange(10), 100)
    print("sorted, batch 32:", [round(v, 2) for v in classes_per_batch(ordered, 32)])
