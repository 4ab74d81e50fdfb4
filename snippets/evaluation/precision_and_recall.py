"""Precision, recall and F from counts, with the averages over classes.

The Matthews coefficient for two classes and its use: Chicco and Jurman 2020,
https://doi.org/10.1186/s12864-019-6413-7; its form for many classes is the
correlation between the one-hot targets and the one-hot predictions.
"""

import math

import numpy as np


# --8<-- [start:counts]
def counts(
    targets: np.ndarray, predictions: np.ndarray, num_classes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True positives, false positives and false negatives of each class.

    Args:
        targets: Class indices, (N,), or 0 and 1 for several labels each, (N, K).
        predictions: The same form and shape.
        num_classes: K.

    Returns:
        tp, fp, fn, each (K,) int64.

    Raises:
        ValueError: If the shapes differ or fit neither form, or a value is out of
            range.

    >>> counts(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3)
    (array([1, 1, 0]), array([0, 2, 0]), array([1, 0, 1]))
    """
    if targets.shape != predictions.shape:
        raise ValueError(
            f"targets {targets.shape} for predictions {predictions.shape}")
    one_hot = []
    for name, values in (("targets", targets), ("predictions", predictions)):
        if values.ndim == 1:  # (N,) -> (N, K)
            limit, encoded = num_classes, values[:, None] == np.arange(num_classes)
        elif values.ndim == 2 and values.shape[1] == num_classes:
            limit, encoded = 2, values == 1
        else:
            raise ValueError(
                f"{name} must be (N,) or (N, {num_classes}), got {values.shape}")
        if values.size and not np.isin(values, np.arange(limit)).all():
            raise ValueError(
                f"{name} must lie in 0..{limit - 1}, got {np.unique(values)}")
        one_hot.append(encoded)
    true, said = one_hot
    return tuple(np.sum(hit, axis=0, dtype=np.int64)
                 for hit in (true & said, ~true & said, true & ~said))
# --8<-- [end:counts]


# --8<-- [start:scores]
def precision_recall_fscore(
    tp: np.ndarray, fp: np.ndarray, fn: np.ndarray, beta: float = 1.0,
    average: str | None = None, zero_division: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F-beta, per class or averaged over the classes.

    Args:
        tp: True positives, (K,).
        fp: False positives, (K,).
        fn: False negatives, (K,).
        beta: Recall counts beta times as much as precision.
        average: None for one value per class; "micro" adds the counts up first;
            "macro" is the plain mean over classes; "weighted" weights each class
            with its number of targets, tp + fn.
        zero_division: Value of 0 / 0. With nan such classes are left out of a mean.
            A mean without any weight is 0 / 0 as well.

    Returns:
        precision, recall and F, each (K,), or () with an average.

    Raises:
        ValueError: If average is none of these, or beta is not positive.

    >>> tp, fp, fn = np.array([16]), np.array([49]), np.array([4])
    >>> [round(float(v[0]), 3) for v in precision_recall_fscore(tp, fp, fn)]
    [0.246, 0.8, 0.376]
    """
    if average not in (None, "micro", "macro", "weighted"):
        raise ValueError(
            f"average must be None, micro, macro or weighted, got {average!r}")
    if not beta > 0:
        raise ValueError(f"beta must be positive, got {beta}")
    tp, fp, fn = (np.asarray(c, dtype=np.float64) for c in (tp, fp, fn))
    if average == "micro":
        tp, fp, fn = tp.sum(), fp.sum(), fn.sum()
    hits = (1 + beta**2) * tp

    def divide(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
        safe = np.where(bottom > 0, bottom, 1.0)
        return np.where(bottom > 0, top / safe, zero_division)

    scores = [divide(tp, tp + fp), divide(tp, tp + fn),
              divide(hits, hits + fp + beta**2 * fn)]
    if average in (None, "micro"):
        return tuple(scores)
    weight = tp + fn if average == "weighted" else np.ones_like(tp)
    means = []
    for score in scores:
        use = np.where(np.isnan(score), 0.0, weight)
        means.append(divide(np.sum(np.where(use > 0, score, 0.0) * use), use.sum()))
    return tuple(means)
# --8<-- [end:scores]


# --8<-- [start:chance]
def balanced_accuracy(tp: np.ndarray, fn: np.ndarray) -> float:
    """Mean recall over the classes that occur.

    Args:
        tp: True positives of *all* classes, (K,); for two classes both of them.
        fn: False negatives, (K,).

    Returns:
        1 / K' for a constant answer, K' the number of classes that occur.

    Raises:
        ValueError: If no class occurs.
    """
    support = np.asarray(tp, dtype=np.float64) + fn
    if not np.any(support > 0):
        raise ValueError(f"tp + fn must be positive for some class, got {support}")
    return float(np.mean(np.asarray(tp)[support > 0] / support[support > 0]))


def matthews(tp: np.ndarray, fp: np.ndarray, fn: np.ndarray) -> float:
    """Matthews correlation coefficient of single-label predictions.

    With N examples, t = (tp + fn) / N and p = (tp + fp) / N per class, it is
    (accuracy - sum(t p)) / sqrt((1 - sum(t t)) (1 - sum(p p))).

    Args:
        tp: True positives of *all* classes, (K,); for two classes both of them.
        fp: False positives, (K,).
        fn: False negatives, (K,).

    Returns:
        Between -1 and 1; 0 where targets or predictions are constant.

    Raises:
        ValueError: If there is no example.
    """
    tp, fp, fn = (np.asarray(c, dtype=np.float64) for c in (tp, fp, fn))
    total = tp.sum() + fn.sum()
    if total == 0:
        raise ValueError(f"tp + fn must be positive somewhere, got {tp + fn}")
    true, said = (tp + fn) / total, (tp + fp) / total
    spread = (1 - true @ true) * (1 - said @ said)
    if spread <= 1e-15:
        return 0.0
    return float((tp.sum() / total - true @ said) / math.sqrt(spread))
# --8<-- [end:chance]


# --8<-- [start:rates]
def both_classes(
    prevalence: float, recall: float, false_positive_rate: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expected counts per example of a detector, negative class first.

    Args:
        prevalence: Share of positives.
        recall: Share of positives found.
        false_positive_rate: Share of negatives that raise an alarm.

    Returns:
        tp, fp, fn, each (2,), adding up to shares of one example.

    >>> both_classes(0.02, 0.8, 0.05)[0].round(3)
    array([0.931, 0.016])
    """
    tp, fp = prevalence * recall, (1 - prevalence) * false_positive_rate
    fn, tn = prevalence - tp, 1 - prevalence - fp
    return np.array([tn, tp]), np.array([fn, fp]), np.array([fp, fn])
# --8<-- [end:rates]


if __name__ == "__main__":
    print("recall 0.8, false-positive rate 0.05")
    for prevalence in (0.5, 0.1, 0.02, 0.001):
        tp, fp, fn = both_classes(prevalence, 0.8, 0.05)
        precision, _, f1 = (v[1] for v in precision_recall_fscore(tp, fp, fn))
        print(f"prevalence {prevalence}: accuracy {tp.sum():.3f}, precision {precision:.3f}, "
              f"F1 {f1:.3f}, MCC {matthews(tp, fp, fn):.3f}, "
              f"balanced {balanced_accuracy(tp, fn):.3f}, all positive F1 "
              f"{2 * prevalence / (1 + prevalence):.3f}")
    confusion = np.array([[76, 3, 1], [4, 10, 1], [2, 1, 2]])  # rows: target
    tp = np.diag(confusion)
    fp, fn = confusion.sum(axis=0) - tp, confusion.sum(axis=1) - tp
    for average in (None, "micro", "macro", "weighted"):
        print(average, [np.round(v, 3).tolist() for v in precision_recall_fscore(tp, fp, fn, 1.0, average)])
    print(f"balanced {balanced_accuracy(tp, fn):.3f}, MCC {matthews(tp, fp, fn):.3f}")
