"""Quality numbers for a box labeling team: agreement, intervals, sample sizes, acceptance.

Interval: Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*,
JASA 22, 1927, https://doi.org/10.1080/01621459.1927.10502953.
"""

import math

import numpy as np


# --8<-- [start:agreement]
def box_iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of every box with every other.

    Args:
        boxes: Shape (N, 4) as ``x1, y1, x2, y2`` in pixels, with an area.
        others: Shape (M, 4), the same.

    Returns:
        Shape (N, M), from 0 to 1.

    Raises:
        ValueError: If a box has no area or a coordinate that is not finite.

    >>> box = np.array([[0, 0, 10, 10.0]])
    >>> box_iou(box, box + 1).round(3)
    array([[0.681]])
    """
    boxes = _checked("boxes", boxes)
    others = _checked("others", others)
    top_left = np.maximum(boxes[:, None, :2], others[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    sides = np.clip(bottom_right - top_left, 0.0, None)
    overlap = np.prod(sides, axis=2)  # (N, M, 2) -> (N, M)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    other_areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return overlap / (areas[:, None] + other_areas[None, :] - overlap)


def agreement(
    boxes: np.ndarray,
    labels: np.ndarray,
    others: np.ndarray,
    other_labels: np.ndarray,
    threshold: float = 0.5,
) -> tuple[float, float, float]:
    """Agreement of two annotators on one image: found, placed, named.

    Pairs are formed one to one, whatever the classes: the pair with the largest
    IoU first, then the largest among the boxes left, while it reaches the
    threshold. With P pairs among N and M boxes, found is the F1 score
    ``2 P / (N + M)``, placed the mean IoU of the pairs, named the fraction of
    pairs with the same class.

    Args:
        boxes: First annotator, (N, 4) as ``x1, y1, x2, y2`` in pixels.
        labels: Their classes, (N,).
        others: Second annotator, (M, 4).
        other_labels: Their classes, (M,).
        threshold: Smallest IoU of a pair, above 0.

    Returns:
        ``(found, placed, named)``. Found is 1.0 if neither drew a box; without
        any pair, placed and named are ``nan``.

    Raises:
        ValueError: If the threshold is not above 0 and at most 1, or an
            annotator has not one label for each box.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold must be in (0, 1], got {threshold}")
    if len(labels) != len(boxes) or len(other_labels) != len(others):
        raise ValueError("labels must hold one class for each box")
    if len(boxes) + len(others) == 0:
        return 1.0, math.nan, math.nan
    iou = box_iou(boxes, others)
    overlaps, same = [], []
    while iou.size and iou.max() >= threshold:
        i, j = np.unravel_index(np.argmax(iou), iou.shape)
        overlaps.append(iou[i, j])
        same.append(labels[i] == other_labels[j])
        iou[i, :] = iou[:, j] = -1.0  # each box belongs to one pair only
    found = 2 * len(overlaps) / (len(boxes) + len(others))
    if not overlaps:
        return found, math.nan, math.nan
    return found, float(np.mean(overlaps)), float(np.mean(same))
# --8<-- [end:agreement]


def _checked(name: str, boxes: np.ndarray) -> np.ndarray:
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    # Written so that NaN fails too.
    if not np.all(np.isfinite(boxes)) or not np.all(boxes[:, 2:] > boxes[:, :2]):
        raise ValueError(f"{name} must be finite with x2 > x1 and y2 > y1, got {boxes}")
    return boxes


# --8<-- [start:sample]
def wilson_interval(
    errors: int, checked: int, z: float = 1.96
) -> tuple[float, float]:
    """Wilson's interval for an error rate, after checking a random sample.

    Args:
        errors: Wrong items found, 0 to ``checked``.
        checked: Items checked, at least 1.
        z: Normal quantile; 1.96 gives 95%.

    Returns:
        Lower and upper end. With p the observed rate and n items, they are
        ``(p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n)``.

    Raises:
        ValueError: If the counts are impossible.

    >>> [round(end, 4) for end in wilson_interval(0, 100)]
    [0.0, 0.037]
    """
    if not 0 <= errors <= checked or checked < 1:
        raise ValueError(f"errors must be 0 to checked, got {errors} of {checked}")
    rate = errors / checked
    center = rate + z**2 / (2 * checked)
    spread = z * math.sqrt(rate * (1 - rate) / checked + z**2 / (4 * checked**2))
    scale = 1 + z**2 / checked
    return max(0.0, (center - spread) / scale), min(1.0, (center + spread) / scale)


def sample_size(rate: float, margin: float, cluster: float = 1.0,
                correlation: float = 0.0, z: float = 1.96) -> int:
    """Items to check so that the error rate is known within ± margin.

    Args:
        rate: The error rate you expect, between 0 and 1.
        margin: Half the width of the interval, above 0.
        cluster: Items checked per image, at least 1.
        correlation: Between errors of the same image, 0 to 1. The sample grows
            by the design effect ``1 + (cluster − 1) · correlation``.
        z: Normal quantile; 1.96 gives 95%.

    Returns:
        ``z² rate (1 − rate) / margin²`` times the design effect, rounded up.

    Raises:
        ValueError: If an argument is outside its range.

    >>> sample_size(rate=0.05, margin=0.02)
    457
    """
    if not 0 < rate < 1 or not margin > 0:
        raise ValueError(f"rate must be in (0, 1), margin above 0: "
                         f"{rate}, {margin}")
    if not cluster >= 1 or not 0 <= correlation <= 1:
        raise ValueError(f"cluster must be at least 1, correlation 0 to 1: "
                         f"{cluster}, {correlation}")
    independent = z**2 * rate * (1 - rate) / margin**2
    return math.ceil(independent * (1 + (cluster - 1) * correlation))
# --8<-- [end:sample]


# --8<-- [start:accept]
def acceptance_probability(checked: int, allowed: int, rate: float) -> float:
    """Chance that at most ``allowed`` of ``checked`` random items are wrong.

    Args:
        checked: Items drawn from a batch that is much larger, at least 0.
        allowed: Errors with which the batch still passes.
        rate: True error rate of the batch, from 0 to 1.

    Returns:
        The sum of the binomial probabilities of 0 to ``allowed`` errors.

    Raises:
        ValueError: If the rate is outside 0 to 1.

    >>> round(acceptance_probability(60, 0, 0.05), 4)
    0.0461
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must be 0 to 1, got {rate}")
    if rate == 0 or rate == 1:  # all items are right, or all are wrong
        return float(rate * checked <= allowed)
    total = 0.0
    for k in range(min(allowed, checked) + 1):
        # Logarithms: 5000 choose 400 is too large for a float.
        ways = (math.lgamma(checked + 1) - math.lgamma(k + 1)
                - math.lgamma(checked - k + 1))
        total += math.exp(
            ways + k * math.log(rate) + (checked - k) * math.log1p(-rate)
        )
    return min(total, 1.0)


def acceptance_plan(good: float, bad: float, producer_risk: float = 0.05,
                    consumer_risk: float = 0.10) -> tuple[int, int]:
    """Smallest sample that passes good batches and rejects bad ones.

    Args:
        good: Error rate of a batch that should pass, above 0.
        bad: Error rate of a batch that should be rejected, above ``good``.
        producer_risk: Accepted chance of rejecting a good batch, in (0, 1).
        consumer_risk: Accepted chance of passing a bad one, in (0, 1).

    Returns:
        Items to check and errors allowed: the smallest number of errors for
        which a sample exists that keeps both risks, with its smallest sample.

    Raises:
        ValueError: If the rates are not ``0 < good < bad < 1`` or a risk is not
            between 0 and 1.
    """
    if not 0 < good < bad < 1:
        raise ValueError(f"good and bad must be 0 < good < bad < 1: {good}, {bad}")
    if not 0 < producer_risk < 1 or not 0 < consumer_risk < 1:
        raise ValueError(f"producer_risk and consumer_risk must be in (0, 1): "
                         f"{producer_risk}, {consumer_risk}")
    checked = 1
    allowed = 0
    while True:
        while acceptance_probability(checked, allowed, bad) > consumer_risk:
            checked += 1  # too easy to pass: check more
        if acceptance_probability(checked, allowed, good) >= 1 - producer_risk:
            return checked, allowed
        allowed += 1  # too hard to pass: allow one more error
# --8<-- [end:accept]


if __name__ == "__main__":
    # Two annotators, one image: the same person, a chair named otherwise, one box missed.
    first = np.array([[0, 0, 40, 100], [60, 50, 100, 90], [200, 20, 220, 40.0]])
    second = np.array([[2, 0, 42, 96], [60, 50, 100, 95.0]])
    found, placed, named = agreement(
        first, np.array(["person", "chair", "cart"]), second, np.array(["person", "stool"])
    )
    print(f"found {found:.2f}, placed {placed:.3f}, named {named:.2f}")
    for errors, checked in [(0, 60), (12, 400), (24, 400)]:
        low, high = wilson_interval(errors, checked)
        print(f"{errors} errors in {checked}: {low:.1%} to {high:.1%}")
    print(f"5% within 2 points: {sample_size(0.05, 0.02)} independent boxes, "
          f"{sample_size(0.05, 0.02, cluster=20, correlation=0.2)} at 20 per image, "
          f"{sample_size(0.05, 0.02, cluster=2, correlation=0.2)} at 2 per image")
    for good, bad in [(0.01, 0.05), (0.02, 0.05), (0.03, 0.10)]:
        checked, allowed = acceptance_plan(good, bad)
        print(f"good {good:.0%}, bad {bad:.0%}: check {checked}, allow {allowed}, "
              f"pass {acceptance_probability(checked, allowed, good):.3f} "
              f"and {acceptance_probability(checked, allowed, bad):.3f}")
