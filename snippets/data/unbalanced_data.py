"""Scores, thresholds and probabilities when one class is rare.

Prior correction and its unsupervised form: Saerens, Latinne and Decaestecker,
*Adjusting the Outputs of a Classifier to New a Priori Probabilities*, 2002,
https://doi.org/10.1162/089976602753284446
"""

import numpy as np


# --8<-- [start:metric]
def average_precision(targets: np.ndarray, scores: np.ndarray) -> float:
    """Precision, averaged over the rises of recall while the threshold falls.

    Examples with equal scores pass the threshold together: one step.

    Args:
        targets: 0 or 1, (N,).
        scores: Higher means more likely positive, (N,).

    Returns:
        The sum over the distinct scores, from high to low, of (rise in recall)
        times (precision there). A random ranking gets about the share of positives.

    Raises:
        ValueError: If ``targets`` has no positive, or the shapes differ.

    >>> average_precision(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]))
    0.8333333333333333
    """
    if targets.shape != scores.shape:
        raise ValueError(f"targets {targets.shape} for scores {scores.shape}")
    positives = np.sum(targets == 1)
    if positives == 0:
        raise ValueError("targets has no positive: recall is not defined")
    order = np.argsort(scores)[::-1]  # not of -scores: unsigned integers would wrap
    hits = np.cumsum(targets[order] == 1)  # positives among the first 1, 2, ...
    ranked = scores[order]
    last = np.append(ranked[1:] != ranked[:-1], True)  # of each group of ties
    precision = hits[last] / (np.flatnonzero(last) + 1)
    recall = hits[last] / positives
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def precision_from_rates(
    recall: float, false_positive_rate: float, rate: float
) -> float:
    """Precision of a classifier where a share ``rate`` of the examples is positive.

    Args:
        recall: Share of the positives found.
        false_positive_rate: Share of the negatives that raise an alarm.
        rate: Share of positives in the data.

    Returns:
        True alarms divided by all alarms.

    >>> print(f"{precision_from_rates(0.9, 0.01, 0.001):.3f}")
    0.083
    """
    true_alarms = recall * rate
    return true_alarms / (true_alarms + false_positive_rate * (1 - rate))
# --8<-- [end:metric]


# --8<-- [start:threshold]
def cost_threshold(cost_miss: float, cost_alarm: float) -> float:
    """The probability from which acting is cheaper than waiting.

    Args:
        cost_miss: Cost of a positive that is not acted on, > 0.
        cost_alarm: Cost of acting on a negative, > 0.

    Returns:
        The threshold for a calibrated probability.

    Raises:
        ValueError: If ``cost_miss`` or ``cost_alarm`` is not positive.

    >>> cost_threshold(99.0, 1.0)
    0.01
    """
    if not cost_miss > 0:
        raise ValueError(f"cost_miss must be positive, got {cost_miss}")
    if not cost_alarm > 0:
        raise ValueError(f"cost_alarm must be positive, got {cost_alarm}")
    return cost_alarm / (cost_alarm + cost_miss)
# --8<-- [end:threshold]


# --8<-- [start:prior]
def correct_prior(
    probs: np.ndarray, train_rate: float, true_rate: float
) -> np.ndarray:
    """Probabilities for data with another share of positives.

    Args:
        probs: Probability of a positive where their share is train_rate, (N,).
        train_rate: Share of positives that the model was trained with.
        true_rate: Share of positives where it is used.

    Returns:
        Corrected probabilities, (N,), in the same order of size.

    Raises:
        ValueError: If ``train_rate`` or ``true_rate`` is not between 0 and 1.

    >>> correct_prior(np.array([0.5, 0.9]), 0.5, 0.01).round(4)
    array([0.01  , 0.0833])
    """
    for name, rate in (("train_rate", train_rate), ("true_rate", true_rate)):
        if not 0 < rate < 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {rate}")
    positive = probs * true_rate / train_rate
    negative = (1 - probs) * (1 - true_rate) / (1 - train_rate)
    return positive / (positive + negative)


def estimate_rate(probs: np.ndarray, train_rate: float, steps: int = 100) -> float:
    """The share of positives in data without labels, by expectation maximization.

    Needs calibrated probabilities, and classes whose inputs did not change.

    Args:
        probs: Outputs on the new data, as calibrated at ``train_rate``, (N,).
        train_rate: Share of positives that the model was trained with; the start.
        steps: How often to correct the probabilities and average them.

    Returns:
        The estimated share.

    >>> estimate_rate(np.array([1.0, 0.0, 0.0, 0.0]), 0.5)
    0.25
    """
    rate = train_rate
    for _ in range(steps):
        rate = float(np.mean(correct_prior(probs, train_rate, rate)))
        if not 0 < rate < 1:
            break
    return rate
# --8<-- [end:prior]


if __name__ == "__main__":
    for rate in (0.5, 0.01, 0.001):
        print(f"recall 0.9, false positives 1%, rate {rate}: "
              f"precision {precision_from_rates(0.9, 0.01, rate):.3f}")
    for prob in (0.5, 0.9, 0.99):
        print(f"trained at 50%, output {prob}: at 0.1% it means "
              f"{correct_prior(np.array([prob]), 0.5, 0.001)[0]:.4f}")
    print(f"miss 500, alarm 10: act from {cost_threshold(500.0, 10.0):.4f}")
    targets, scores = np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.8, 0.7, 0.2, 0.1])
    print(f"average precision of + - + - -: {average_precision(targets, scores):.3f}")
