"""ROC and precision-recall curves, the areas under them, and a threshold by cost.

The area under the ROC curve as a probability of ranking: Hanley and McNeil 1982,
https://doi.org/10.1148/radiology.143.1.7063747
"""

import math

import numpy as np


# --8<-- [start:roc]
def cumulative(
    targets: np.ndarray, scores: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weight of true and of false positives for each threshold "score >= t".

    Args:
        targets: 0 or 1, (N,).
        scores: Higher means more likely positive, (N,).
        weights: Weight of each example, (N,), all 1 if None.

    Returns:
        tp, fp, thresholds, each (U,), U distinct scores, from the highest down.
        Equal scores pass the threshold together.

    Raises:
        ValueError: If shapes differ, a target is not 0 or 1, or a score is nan.

    >>> cumulative(np.array([1, 0, 1]), np.array([0.9, 0.5, 0.5]))[:2]
    (array([1., 2.]), array([0., 1.]))
    """
    weights = np.ones(targets.shape) if weights is None else weights
    if not targets.shape == scores.shape == weights.shape or targets.ndim != 1:
        raise ValueError(
            f"targets {targets.shape}, scores {scores.shape} and weights "
            f"{weights.shape} must be one (N,)")
    if not np.all((targets == 0) | (targets == 1)):
        raise ValueError(f"targets must be 0 or 1, got {np.unique(targets)}")
    if np.any(np.isnan(scores)):
        raise ValueError(f"scores must not be nan, {np.isnan(scores).sum()} are")
    order = np.argsort(scores, kind="stable")[::-1]
    ranked = scores[order]
    last = np.append(ranked[1:] != ranked[:-1], True)[: len(ranked)]  # of equals
    tp = np.cumsum(np.where(targets[order] == 1, weights[order], 0.0))[last]
    fp = np.cumsum(np.where(targets[order] == 1, 0.0, weights[order]))[last]
    return tp, fp, ranked[last]


def roc_curve(
    targets: np.ndarray, scores: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """False-positive rate and recall for each threshold.

    Args:
        targets: 0 or 1, (N,), both present.
        scores: Higher means more likely positive, (N,).
        weights: Weight of each example, (N,), all 1 if None.

    Returns:
        fpr, tpr, thresholds, each (U + 1,), from (0, 0) at threshold infinity
        to (1, 1).

    Raises:
        ValueError: If positives or negatives have no weight.
    """
    tp, fp, thresholds = cumulative(targets, scores, weights)
    if len(tp) == 0 or tp[-1] <= 0 or fp[-1] <= 0:
        raise ValueError(f"targets need both classes, got {np.unique(targets)}")
    return (np.append(0.0, fp / fp[-1]), np.append(0.0, tp / tp[-1]),
            np.append(np.inf, thresholds))
# --8<-- [end:roc]


# --8<-- [start:auc]
def area(x: np.ndarray, y: np.ndarray) -> float:
    """Area under straight lines between the points.

    Args:
        x: Not decreasing, (U,).
        y: (U,).
    """
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))


def probability_of_ranking(targets: np.ndarray, scores: np.ndarray) -> float:
    """Share of (positive, negative) pairs in which the positive scores higher.

    Args:
        targets: 0 or 1, (N,), both present.
        scores: (N,).

    Returns:
        Mann and Whitney's U divided by the number of pairs; a tie counts one half.

    Raises:
        ValueError: If a class is missing, shapes differ, or a score is nan.

    >>> probability_of_ranking(np.array([1, 0, 0]), np.array([2.0, 2.0, 1.0]))
    0.75
    """
    if targets.shape != scores.shape or np.any(np.isnan(scores)):
        raise ValueError(f"targets {targets.shape} need as many scores, none of "
                         f"them nan, got {scores.shape}")
    negative, positive = np.sort(scores[targets == 0]), scores[targets == 1]
    if len(negative) == 0 or len(positive) == 0:
        raise ValueError(f"targets need both classes, got {np.unique(targets)}")
    below = np.searchsorted(negative, positive, side="left")
    not_above = np.searchsorted(negative, positive, side="right")
    return float(np.mean((below + not_above) / 2) / len(negative))


def partial_auc(fpr: np.ndarray, tpr: np.ndarray, max_fpr: float) -> float:
    """Area up to a false-positive rate, scaled so that chance is 0.5 and perfect 1.

    With the raw area A, m = max_fpr**2 / 2 that of chance and max_fpr that of a
    perfect ranking, it is (1 + (A - m) / (max_fpr - m)) / 2.

    Args:
        fpr: From ``roc_curve``.
        tpr: From ``roc_curve``.
        max_fpr: In (0, 1]; the curve is cut there, on the straight line.

    Raises:
        ValueError: If max_fpr is out of range.
    """
    if not 0 < max_fpr <= 1:
        raise ValueError(f"max_fpr must lie in (0, 1], got {max_fpr}")
    keep = fpr <= max_fpr
    x = np.append(fpr[keep], max_fpr)
    raw = area(x, np.append(tpr[keep], np.interp(max_fpr, fpr, tpr)))
    chance = max_fpr**2 / 2
    return (1 + (raw - chance) / (max_fpr - chance)) / 2
# --8<-- [end:auc]


# --8<-- [start:pr]
def average_precision(
    targets: np.ndarray, scores: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Precision, averaged over the rises of recall while the threshold falls.

    Args:
        targets: 0 or 1, (N,), at least one 1.
        scores: (N,).
        weights: Weight of each example, (N,), all 1 if None.

    Returns:
        Sum over thresholds of (rise of recall) x (precision there): steps, no
        straight lines.

    Raises:
        ValueError: If no positive has a weight.
    """
    tp, fp, _ = cumulative(targets, scores, weights)
    if len(tp) == 0 or tp[-1] <= 0:
        raise ValueError(f"targets need a positive, got {np.unique(targets)}")
    gain = np.diff(tp / tp[-1], prepend=0.0)
    use = gain > 0  # where nothing has a weight yet, precision is 0 / 0
    return float(np.sum(gain[use] * tp[use] / (tp[use] + fp[use])))
# --8<-- [end:pr]


# --8<-- [start:cost]
def best_threshold(
    targets: np.ndarray, scores: np.ndarray, cost_miss: float, cost_alarm: float
) -> tuple[float, float]:
    """The threshold "score >= t" that is cheapest on these examples.

    Args:
        targets: 0 or 1, (N,), at the natural frequency.
        scores: (N,).
        cost_miss: Of a positive below the threshold.
        cost_alarm: Of a negative at or above it.

    Returns:
        The threshold (infinity for "never"; of equally cheap ones the highest) and
        its cost per example.

    Raises:
        ValueError: If there is no example.
    """
    if len(targets) == 0:
        raise ValueError(f"targets must not be empty, got shape {targets.shape}")
    tp, fp, thresholds = cumulative(targets, scores)
    tp, fp = np.append(0.0, tp), np.append(0.0, fp)
    cost = (cost_miss * (tp[-1] - tp) + cost_alarm * fp) / len(targets)
    best = int(np.argmin(cost))
    return float(np.append(np.inf, thresholds)[best]), float(cost[best])
# --8<-- [end:cost]


# --8<-- [start:gaussians]
def gaussian_rates(shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rates when negatives score N(0, 1) and positives N(shift, 1).

    Args:
        shift: Distance of the means.

    Returns:
        fpr, tpr, thresholds on a fine grid, thresholds from 9 down to -7.
    """
    thresholds = np.linspace(9.0, -7.0, 16001)
    tail = np.vectorize(lambda t: 0.5 * math.erfc(t / math.sqrt(2)))
    return tail(thresholds), tail(thresholds - shift), thresholds
# --8<-- [end:gaussians]


if __name__ == "__main__":
    targets = np.array([1, 0, 1, 0, 1, 0, 0])
    scores = np.array([0.9, 0.8, 0.6, 0.6, 0.4, 0.3, 0.2])
    fpr, tpr, _ = roc_curve(targets, scores)
    print(f"AUC {area(fpr, tpr):.4f} = {probability_of_ranking(targets, scores):.4f}")
    tp, fp, _ = cumulative(targets, scores)
    precision, recall = np.append(1.0, tp / (tp + fp)), np.append(0.0, tp / 3)
    print(f"average precision {average_precision(targets, scores):.4f}, "
          f"trapezoid {area(recall, precision):.4f}, pAUC(0.5) {partial_auc(fpr, tpr, 0.5):.4f}")

    fpr, tpr, thresholds = gaussian_rates(2.0)
    print(f"two Gaussians, shift 2: AUC {area(fpr, tpr):.4f}, pAUC(0.01) {partial_auc(fpr, tpr, 0.01):.4f}")
    for share in (0.5, 0.1, 0.01, 0.001):
        precision = share * tpr / (share * tpr + (1 - share) * fpr)
        at = np.searchsorted(tpr, 0.8)
        print(f"  positives {share}: average precision {area(tpr, precision):.3f}, "
              f"at recall 0.8 precision {precision[at]:.3f}, false-positive rate {fpr[at]:.4f}")
    cost = 0.01 * 50 * (1 - tpr) + 0.99 * fpr
    for name, at in (("best", np.argmin(cost)), ("Youden", np.argmax(tpr - fpr))):
        print(f"  {name}: threshold {thresholds[at]:.2f}, recall {tpr[at]:.3f}, "
              f"false-positive rate {fpr[at]:.3f}, cost {cost[at]:.3f}")
    top = np.linspace(0, 1, 16001)  # 30 % of the positives above all negatives, the rest at random
    for name, f, r in (("A", top, 0.3 + 0.7 * top), ("B", *gaussian_rates(1.4657)[:2])):
        precision = 0.01 * r / (0.01 * r + 0.99 * f)
        average = area(np.append(0.0, r), np.append(precision[0], precision))
        print(f"model {name}: AUC {area(f, r):.3f}, average precision at 1 % {average:.3f}, "
              f"recall at 0.1 % false positives {np.interp(0.001, f, r):.3f}")
