"""Where do annotators disagree, and can more of them settle it?

Observer error and its estimation: Dawid, Skene, *Maximum Likelihood Estimation of Observer
Error-Rates Using the EM Algorithm*, Applied Statistics 28, 1979, https://doi.org/10.2307/2346806.
"""

import math

import numpy as np


# --8<-- [start:matrix]
def disagreement_matrix(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """How often two annotators of the same item said class i and class j.

    Every unordered pair of annotators of an item counts once. A pair (i, j) with
    i different from j adds one half to ``[i, j]`` and one half to ``[j, i]``; a
    pair that agrees on i adds one to ``[i, i]``. So the sum is the number of
    pairs, the trace the number of agreeing ones.

    Args:
        labels: Integers, (N, A) for N items and A annotators; -1 where an
            annotator did not see the item.
        num_classes: Number of classes K.

    Returns:
        Shape (K, K), symmetric, floating point.

    Raises:
        ValueError: If a label is not in -1 to K - 1.

    >>> disagreement_matrix(np.array([[0, 0, 1]]), 2)
    array([[1., 1.],
           [1., 0.]])
    """
    counts = _counts(labels, num_classes)  # (N, K)
    # Ordered pairs of different annotators: all pairs less each with itself.
    ordered = counts.T @ counts - np.diag(counts.sum(axis=0))  # (K, K)
    return ordered / 2


def item_entropy(labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Entropy of the answers to each item, in bits: 0 where all agree.

    Args:
        labels: Integers, (N, A), -1 where an annotator did not see the item.
        num_classes: Number of classes K.

    Returns:
        Shape (N,). ``nan`` for an item that nobody labeled.

    Raises:
        ValueError: If a label is not in -1 to K - 1.

    >>> item_entropy(np.array([[0, 0, 1, 1], [1, 1, 1, -1]]), 2)
    array([1., 0.])
    """
    counts = _counts(labels, num_classes)
    total = counts.sum(axis=1, keepdims=True)
    probs = counts / np.maximum(total, 1)
    # 0 log 0 is 0: the logarithm of 1 stands in.
    entropy = -np.sum(probs * np.log2(np.where(probs > 0, probs, 1.0)), axis=1)
    return np.where(total[:, 0] > 0, np.abs(entropy), np.nan)
# --8<-- [end:matrix]


def _counts(labels: np.ndarray, num_classes: int) -> np.ndarray:
    labels = np.asarray(labels)
    if not np.all(np.isin(labels, np.arange(-1, num_classes))):  # also 0.5 and nan
        raise ValueError(f"labels must be -1 to {num_classes - 1}, got {labels}")
    one_hot = labels[:, :, None] == np.arange(num_classes)  # (N, A, K)
    return one_hot.sum(axis=1).astype(np.float64)  # (N, A, K) -> (N, K)


# --8<-- [start:vote]
def majority_probability(share: float, annotators: int) -> float:
    """Probability that a vote of independent annotators picks a class, of two.

    Args:
        share: Probability that one annotator picks the class, 0 to 1.
        annotators: Their number, odd, so that there are no ties; below 1,000.

    Raises:
        ValueError: If ``annotators`` is not an odd number from 1 to 999 or
            ``share`` is out of range.

    >>> round(majority_probability(0.8, 3), 3)
    0.896
    """
    # From about 1,030 on the binomial coefficient exceeds floating point.
    if not 1 <= annotators <= 999 or annotators % 2 == 0:
        raise ValueError(f"annotators must be odd, 1 to 999, got {annotators}")
    if not 0 <= share <= 1:
        raise ValueError(f"share must be in [0, 1], got {share}")
    return sum(
        math.comb(annotators, k) * share**k * (1 - share) ** (annotators - k)
        for k in range(annotators // 2 + 1, annotators + 1)
    )
# --8<-- [end:vote]


if __name__ == "__main__":
    names = ["person", "chair", "stool", "cart"]
    pilot = np.array([
        [0, 0, 0], [0, 0, 0], [0, 0, 0], [3, 3, 3], [3, 3, 3], [1, 1, 1],
        [1, 1, 2], [2, 1, 2], [1, 1, 2], [1, 1, 2], [0, 3, 1], [2, 2, 2],
    ])
    matrix = disagreement_matrix(pilot, 4)
    print(names)
    print(matrix)
    print(f"agreement {np.trace(matrix) / matrix.sum():.3f}")
    print("entropy", item_entropy(pilot, 4).round(3))
    merged = disagreement_matrix(np.where(pilot == 2, 1, pilot), 4)
    print(f"chair and stool merged: {np.trace(merged) / merged.sum():.3f}")
    for annotator in range(3):
        print("annotator", annotator, np.bincount(pilot[:, annotator], minlength=4))
    for share in [0.9, 0.6]:
        for annotators in [1, 3, 5, 25]:
            print(share, annotators, f"{majority_probability(share, annotators):.3f}")
