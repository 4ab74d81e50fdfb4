"""Random forest: trees on bootstrap samples, a few features per split, out-of-bag error.

Breiman, *Random forests*, https://doi.org/10.1023/A:1010933404324.
"""

import numpy as np


# --8<-- [start:split]
def best_split(
    x: np.ndarray, labels: np.ndarray, num_classes: int, features: np.ndarray
) -> tuple[int, float, float]:
    """The feature and threshold whose two sides have the lowest Gini impurity.

    The impurity of n points with class shares p is 1 - Σ p²; a split costs the mean
    of its sides, weighted by their sizes. Thresholds lie halfway between different
    values that are neighbors; the first best one is kept.

    Args:
        x: (N, D).
        labels: (N,), integers from 0 to num_classes - 1.
        num_classes: Number of classes.
        features: Columns to try, in this order.

    Returns:
        Feature, threshold and cost; (-1, nan, inf) if no column has two values.

    >>> x = np.array([[1.0], [2.0], [4.0], [5.0]])
    >>> best_split(x, np.array([0, 0, 1, 1]), 2, np.array([0]))
    (0, 3.0, 0.0)
    """
    best = -1, float("nan"), float("inf")
    one_hot = (labels[:, None] == np.arange(num_classes)).astype(np.float64)
    sizes = np.arange(1, len(x))  # of the left side
    for feature in features:
        order = np.argsort(x[:, feature], kind="stable")
        values = x[order, feature]
        left = np.cumsum(one_hot[order], axis=0)  # (N, num_classes)
        right = left[-1] - left
        # n (1 - Σ (count / n)²) = n - Σ count² / n, for every cut at once: (N - 1,)
        cost = sizes - (left[:-1] ** 2).sum(axis=1) / sizes
        cost += sizes[::-1] - (right[:-1] ** 2).sum(axis=1) / sizes[::-1]
        cost = np.where(values[1:] > values[:-1], cost / len(x), np.inf)
        if len(cost) and cost.min() < best[2]:
            cut = int(np.argmin(cost))
            low, high = values[cut], values[cut + 1]
            threshold = low / 2 + high / 2  # high - low could overflow
            if threshold == high:  # rounded up between neighboring floats
                threshold = low
            best = int(feature), float(threshold), float(cost[cut])
    return best
# --8<-- [end:split]


# --8<-- [start:tree]
def grow_tree(
    x: np.ndarray, labels: np.ndarray, num_classes: int,
    max_features: int, rng: np.random.Generator,
) -> tuple:
    """Split until a node is pure or cannot be split, trying few features each time.

    Each node draws an order of all features and tries the first ``max_features``
    that are not constant in it.

    Args:
        x: (N, D), N >= 1.
        labels: (N,), integers from 0 to num_classes - 1.
        num_classes: Number of classes.
        max_features: From 1 to D.
        rng: Draws the features.

    Returns:
        A leaf ``(probs,)`` with the class shares (num_classes,), or a node
        ``(feature, threshold, left, right)``; x <= threshold goes left.
    """
    counts = np.bincount(labels, minlength=num_classes)
    leaf = (counts / counts.sum(),)
    if counts.max() == len(labels):
        return leaf
    order = rng.permutation(x.shape[1])
    differs = x.max(axis=0) > x.min(axis=0)  # no difference: x may be bool or int8
    varied = order[differs[order]][:max_features]
    feature, threshold, _ = best_split(x, labels, num_classes, varied)
    if feature < 0:
        return leaf
    goes_left = x[:, feature] <= threshold
    left, right = (
        grow_tree(x[side], labels[side], num_classes, max_features, rng)
        for side in (goes_left, ~goes_left)
    )
    return feature, threshold, left, right


def predict_tree(tree: tuple, x: np.ndarray, num_classes: int) -> np.ndarray:
    """Class shares of the leaf that each row ends in.

    Args:
        tree: From ``grow_tree``.
        x: (N, D), N >= 0.
        num_classes: Number of classes.

    Returns:
        (N, num_classes).
    """
    if len(tree) == 1:
        return np.tile(tree[0], (len(x), 1))
    feature, threshold, left, right = tree
    goes_left = x[:, feature] <= threshold
    probs = np.zeros((len(x), num_classes))
    probs[goes_left] = predict_tree(left, x[goes_left], num_classes)
    probs[~goes_left] = predict_tree(right, x[~goes_left], num_classes)
    return probs
# --8<-- [end:tree]


# --8<-- [start:forest]
def grow_forest(
    x: np.ndarray, labels: np.ndarray, num_classes: int,
    num_trees: int, max_features: int, rng: np.random.Generator,
) -> list[tuple[tuple, np.ndarray]]:
    """Trees, each on N rows drawn with replacement.

    Args:
        x: (N, D), N >= 1.
        labels: (N,), integers from 0 to num_classes - 1.
        num_classes: Number of classes.
        num_trees: >= 1.
        max_features: Features tried per split, from 1 to D.
        rng: Draws rows and features.

    Returns:
        For each tree: the tree and its rows (N,), some of them repeated.

    Raises:
        ValueError: If ``num_trees`` or ``max_features`` is out of range.
    """
    if num_trees < 1:
        raise ValueError(f"num_trees must be at least 1, got {num_trees}")
    if not 1 <= max_features <= x.shape[1]:
        raise ValueError(
            f"max_features must be from 1 to {x.shape[1]}, got {max_features}"
        )
    forest = []
    for _ in range(num_trees):
        rows = rng.integers(len(x), size=len(x))
        tree = grow_tree(x[rows], labels[rows], num_classes, max_features, rng)
        forest.append((tree, rows))
    return forest


def predict_forest(
    forest: list[tuple[tuple, np.ndarray]], x: np.ndarray, num_classes: int
) -> np.ndarray:
    """Mean class shares over the trees.

    Args:
        forest: From ``grow_forest``.
        x: (N, D), N >= 0.
        num_classes: Number of classes.

    Returns:
        (N, num_classes).
    """
    probs = [predict_tree(tree, x, num_classes) for tree, _ in forest]
    return np.mean(probs, axis=0)  # (trees, N, num_classes) -> (N, num_classes)


def out_of_bag(
    forest: list[tuple[tuple, np.ndarray]], x: np.ndarray, num_classes: int
) -> np.ndarray:
    """Mean class shares of each training row over the trees that did not see it.

    Args:
        forest: From ``grow_forest`` on ``x``.
        x: The training rows, (N, D).
        num_classes: Number of classes.

    Returns:
        (N, num_classes); nan where every tree saw the row.
    """
    total = np.zeros((len(x), num_classes))
    trees = np.zeros((len(x), 1))
    for tree, rows in forest:
        unseen = np.setdiff1d(np.arange(len(x)), rows)
        total[unseen] += predict_tree(tree, x[unseen], num_classes)
        trees[unseen] += 1
    return np.where(trees > 0, total / np.maximum(trees, 1), np.nan)
# --8<-- [end:forest]


if __name__ == "__main__":
    line = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]])
    labels = np.array([0, 0, 1, 0, 1, 1])
    print("six points:", best_split(line, labels, 2, np.array([0])))
    print("out of bag:", [(1 - 1 / n) ** n for n in (10, 1000)], np.exp(-1))
    for trees in (1, 10, 100):
        print(trees, "trees: variance", 0.3 + 0.7 / trees, "of one tree's, at correlation 0.3")
