"""Over-sampling, under-sampling and their repair.

Repeat factors: Gupta, Dollár and Girshick, *LVIS*, https://arxiv.org/abs/1908.03195.
Repair: He and others, *Practical Lessons from Predicting Clicks on Ads at Facebook*,
2014, https://doi.org/10.1145/2648584.2648589. SMOTE: Chawla and others,
https://arxiv.org/abs/1106.1813.
"""

import numpy as np


# --8<-- [start:over]
def balanced_draw(
    targets: np.ndarray, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Indices of a batch: a class, all equally likely, then one of its examples.

    Args:
        targets: Class of each training example, at least 0, (N,).
        size: Number of indices drawn, with replacement.
        rng: Source of randomness.

    Returns:
        Indices into ``targets``, (size,).

    Raises:
        ValueError: If ``targets`` is empty.

    >>> targets = np.array([0] * 99 + [1])
    >>> drawn = balanced_draw(targets, 1000, np.random.default_rng(0))
    >>> bool(450 < (targets[drawn] == 1).sum() < 550)
    True
    """
    if len(targets) == 0:
        raise ValueError("targets is empty")
    classes, members, counts = np.unique(
        targets, return_inverse=True, return_counts=True)
    chance = 1 / (len(classes) * counts[members])  # (N,): sums to 1
    return rng.choice(len(targets), size=size, p=chance)
# --8<-- [end:over]


# --8<-- [start:repeat]
def repeat_factors(contains: np.ndarray, threshold: float) -> np.ndarray:
    """How often to show each image per epoch, so that rare classes come more often.

    Args:
        contains: Whether image i shows class k, boolean, (N, K).
        threshold: Classes in at least this share of the images are not repeated.

    Returns:
        For each image the largest max(1, sqrt(threshold / share)) of its classes,
        where share is the class's share of the images; 1 for an empty image. (N,)

    Raises:
        ValueError: If ``threshold`` is not positive.

    >>> contains = np.array([[True, False]] * 99 + [[True, True]])
    >>> repeat_factors(contains, 0.04)[[0, -1]]
    array([1., 2.])
    """
    if not threshold > 0:
        raise ValueError(f"threshold must be positive, got {threshold}")
    share = contains.mean(axis=0)  # (N, K) -> (K,)
    per_class = np.ones(len(share))
    seen = share > 0
    per_class[seen] = np.maximum(1.0, np.sqrt(threshold / share[seen]))
    return np.where(contains, per_class, 1.0).max(axis=1)  # (N, K) -> (N,)


def draw_epoch(factors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One epoch in random order, each example repeated by its factor on average.

    A factor of 2.3 gives two copies, and a third with probability 0.3.

    Args:
        factors: Repeat factors, at least 0, (N,); below 1 they under-sample.
        rng: Source of randomness; draw a new epoch each time.

    Returns:
        Shuffled indices.

    >>> np.sort(draw_epoch(np.array([1.0, 3.0, 0.0]), np.random.default_rng(0)))
    array([0, 1, 1, 1])
    """
    whole = np.floor(factors)
    copies = whole + (rng.random(len(factors)) < factors - whole)
    rows = np.repeat(np.arange(len(factors)), copies.astype(np.intp))
    return rng.permutation(rows)
# --8<-- [end:repeat]


# --8<-- [start:under]
def under_sample(
    targets: np.ndarray, keep: float, rng: np.random.Generator
) -> np.ndarray:
    """Indices of all positives and of a random share of the negatives.

    Args:
        targets: 0 or 1, (N,).
        keep: Probability with which a negative stays, in (0, 1].
        rng: Source of randomness.

    Returns:
        Indices into ``targets``, in order.

    Raises:
        ValueError: If ``keep`` is outside (0, 1].

    >>> under_sample(np.array([0, 1, 0, 1]), 1.0, np.random.default_rng(0))
    array([0, 1, 2, 3])
    """
    if not 0 < keep <= 1:
        raise ValueError(f"keep must lie in (0, 1], got {keep}")
    return np.flatnonzero((targets == 1) | (rng.random(len(targets)) < keep))


def undo_under_sampling(probs: np.ndarray, keep: float) -> np.ndarray:
    """Probabilities at the original share of negatives.

    Args:
        probs: Outputs of a model trained on an under-sampled set, (N,).
        keep: The share of the negatives that was kept, in (0, 1].

    Returns:
        Corrected probabilities: the odds multiplied by keep, (N,).

    Raises:
        ValueError: If ``keep`` is outside (0, 1].

    >>> undo_under_sampling(np.array([0.5]), 0.01).round(4)
    array([0.0099])
    """
    if not 0 < keep <= 1:
        raise ValueError(f"keep must lie in (0, 1], got {keep}")
    return probs / (probs + (1 - probs) / keep)
# --8<-- [end:under]


# --8<-- [start:smote]
def smote(x: np.ndarray, num: int, k: int, rng: np.random.Generator) -> np.ndarray:
    """New points between a rare example and one of its k nearest rare neighbors.

    Args:
        x: Examples of the rare class, without exact duplicates, (N, D).
        num: Number of points to make.
        k: Neighbors to choose from, from 1 to N - 1.
        rng: Source of randomness.

    Returns:
        Points at a uniformly random place on such segments, (num, D).

    Raises:
        ValueError: If ``k`` is not between 1 and N - 1.

    >>> smote(np.array([[0.0], [1.0]]), 1, 1, np.random.default_rng(0)).shape
    (1, 1)
    """
    if not 1 <= k <= len(x) - 1:
        raise ValueError(f"k must lie between 1 and {len(x) - 1}, got {k}")
    centered = x - x.mean(axis=0)  # a common offset would swallow the distances
    squares = (centered**2).sum(axis=1)
    distance = squares[:, None] + squares - 2 * centered @ centered.T  # (N, N)
    np.fill_diagonal(distance, np.inf)  # nobody is their own neighbor
    nearest = np.argsort(distance, axis=1)[:, :k]
    start = rng.integers(len(x), size=num)
    end = nearest[start, rng.integers(k, size=num)]
    place = rng.random((num, 1))
    return x[start] + place * (x[end] - x[start])  # (num, D)
# --8<-- [end:smote]


if __name__ == "__main__":
    rate, size = 0.01, 256
    print(f"batch of {size}, rate {rate}: {rate * size:.2f} positives on average, "
          f"none in {100 * (1 - rate) ** size:.1f}% of the batches")
    for ratio in (1, 2, 5, 10, 20):
        spread = 1 / 1000 + 1 / (1000 * ratio)
        print(f"{ratio} negatives per positive: variance {spread / (1 / 1000):.2f}")
    for share in (0.001, 0.0001, 0.00001):
        print(f"LVIS, class in a share {share}: repeat {max(1, np.sqrt(0.001 / share)):.2f}")
    print(f"CTR 0.1%, keep 1% of the negatives: the share becomes "
          f"{0.001 / (0.001 + 0.999 * 0.01):.4f}, corrected "
          f"{undo_under_sampling(np.array([0.001 / (0.001 + 0.999 * 0.01)]), 0.01)[0]:.4f}")
    rng = np.random.default_rng(0)
    for dim in (1, 2, 10, 100, 1000):
        points = rng.standard_normal((200, dim))
        print(f"SMOTE in {dim} dimensions: variance {smote(points, 4000, 5, rng).var():.2f} of 1")
