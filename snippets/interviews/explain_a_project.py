"""The arithmetic behind a project answer: agreement, labels from boxes, false triggers.

Kappa is from Cohen, *A coefficient of agreement for nominal scales*,
https://doi.org/10.1177/001316446002000104.
"""

import math

import numpy as np


# --8<-- [start:kappa]
def cohens_kappa(first: np.ndarray, second: np.ndarray) -> float:
    """Agreement of two annotators beyond chance: (p_o - p_e) / (1 - p_e).

    p_o is the share of items with the same label. p_e is the share expected if each
    annotator kept their own frequencies of labels but dealt them out at random.

    Args:
        first: (N,) integer labels of one annotator, N >= 1.
        second: (N,) integer labels of the other, for the same items.

    Returns:
        1 for full agreement, 0 for chance, below 0 for less. NaN if both use one
        and the same label throughout: then chance alone explains everything.

    Raises:
        ValueError: If the shapes differ or are not (N,) with N >= 1.

    >>> round(cohens_kappa(np.array([1, 1, 0, 0]), np.array([1, 0, 0, 0])), 3)
    0.5
    """
    first, second = np.asarray(first), np.asarray(second)
    if first.ndim != 1 or first.shape != second.shape or len(first) == 0:
        raise ValueError("first and second must both be (N,) with N >= 1, "
                         f"got {first.shape} and {second.shape}")
    observed = float(np.mean(first == second))
    expected = sum(float(np.mean(first == label) * np.mean(second == label))
                   for label in np.union1d(first, second))
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan
# --8<-- [end:kappa]


# --8<-- [start:labels]
def labels_from_boxes(boxes: np.ndarray, height: int, width: int,
                      min_share: float) -> np.ndarray:
    """Turn boxes into yes/no labels: yes where the box covers enough of the image.

    Args:
        boxes: (N, 4) as x1, y1, x2, y2 in pixels, the largest raised hand of
            each image; all zeros where there is none.
        height: Image height in pixels, > 0.
        width: Image width in pixels, > 0.
        min_share: Smallest share of the image's area that counts as yes, in (0, 1].

    Returns:
        (N,) booleans. What lies outside the image does not count as area.

    Raises:
        ValueError: If ``boxes`` is not (N, 4), ``height`` or ``width`` is not
            positive, or ``min_share`` is not in (0, 1].

    >>> boxes = np.array([[0, 0, 160, 120], [0, 0, 0, 0]])
    >>> labels_from_boxes(boxes, height=480, width=640, min_share=0.05)
    array([ True, False])
    """
    boxes = np.asarray(boxes, dtype=np.float64)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must be (N, 4), got {boxes.shape}")
    if not (height > 0 and width > 0):
        raise ValueError("height and width must be positive, "
                         f"got {height} and {width}")
    if not 0 < min_share <= 1:
        raise ValueError(f"min_share must be in (0, 1], got {min_share}")
    x1, x2 = np.clip(boxes[:, 0], 0, width), np.clip(boxes[:, 2], 0, width)
    y1, y2 = np.clip(boxes[:, 1], 0, height), np.clip(boxes[:, 3], 0, height)
    area = np.maximum(x2 - x1, 0) * np.maximum(y2 - y1, 0)  # (N,)
    return area / (height * width) >= min_share
# --8<-- [end:labels]


# --8<-- [start:rates]
def false_triggers_per_hour(frame_rate: float, false_positive_rate: float,
                            burst: float = 1.0) -> float:
    """False triggers in an hour of footage without the gesture.

    Args:
        frame_rate: Frames scored in a second, > 0.
        false_positive_rate: Share of negative frames that fire, in [0, 1].
        burst: Mean number of consecutive frames in one false alarm, >= 1.
            Neighboring frames look alike and fire together; the user notices one
            trigger.

    Raises:
        ValueError: If an argument is out of its range.

    >>> round(false_triggers_per_hour(30, 0.001, burst=6), 3)
    18.0
    """
    if not frame_rate > 0:
        raise ValueError(f"frame_rate must be positive, got {frame_rate}")
    if not 0 <= false_positive_rate <= 1:
        raise ValueError("false_positive_rate must be in [0, 1], "
                         f"got {false_positive_rate}")
    if not burst >= 1:
        raise ValueError(f"burst must be at least 1, got {burst}")
    return 3600 * frame_rate * false_positive_rate / burst


def sessions_hit(per_hour: float, minutes: float) -> float:
    """Share of sessions with a false trigger, for independent triggers (Poisson).

    Args:
        per_hour: Expected false triggers in an hour, >= 0.
        minutes: Length of a session, >= 0.

    Raises:
        ValueError: If an argument is negative.

    >>> round(sessions_hit(0.5, minutes=3), 4)
    0.0247
    """
    if not (per_hour >= 0 and minutes >= 0):
        raise ValueError("per_hour and minutes must not be negative, "
                         f"got {per_hour} and {minutes}")
    return -math.expm1(-per_hour * minutes / 60)


def precision(recall: float, false_positive_rate: float,
              prevalence: float) -> float:
    """Share of the fired frames that are right, by Bayes' rule.

    Args:
        recall: Share of positive frames that fire, in [0, 1].
        false_positive_rate: Share of negative frames that fire, in [0, 1].
        prevalence: Share of all frames that are positive, in [0, 1].

    Returns:
        The precision; NaN if nothing fires.

    Raises:
        ValueError: If an argument is outside [0, 1].

    >>> round(precision(0.9, 0.001, prevalence=0.01), 3)
    0.901
    """
    for name, value in [("recall", recall), ("prevalence", prevalence),
                        ("false_positive_rate", false_positive_rate)]:
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be in [0, 1], got {value}")
    right, wrong = recall * prevalence, false_positive_rate * (1 - prevalence)
    return right / (right + wrong) if right + wrong > 0 else math.nan
# --8<-- [end:rates]


def _two_annotators(counts: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts)


if __name__ == "__main__":
    for counts in [(40, 20, 10, 30), (2, 5, 5, 88)]:
        one, two = _two_annotators(counts)
        print(f"both yes, only first, only second, both no {counts}: "
              f"agreement {np.mean(one == two):.2f}, kappa {cohens_kappa(one, two):.2f}")
    for meters in (0.4, 0.8, 1.6):
        high, wide = 500 * 0.18 / meters, 500 * 0.09 / meters
        print(f"hand of 0.18 m x 0.09 m at {meters} m: {high:.0f} x {wide:.0f} pixels, "
              f"{high * wide / (480 * 640):.1%} of 640 x 480")
    for rate in (0.001, 0.0001, 0.00001):
        hourly = false_triggers_per_hour(30, rate, burst=6)
        print(f"false-positive rate {rate:.5f}: {hourly * 6:.2f} frames "
              f"and {hourly:.2f} triggers an hour, "
              f"{sessions_hit(hourly, 3):.1%} of 3-minute sessions")
    budget = -math.log(1 - 0.01) * 60 / 3
    print(f"at most 1% of 3-minute sessions: {budget:.3f} triggers an hour, "
          f"false-positive rate {budget * 6 / (3600 * 30):.2e}")
    for prevalence in (0.5, 0.01, 0.001):
        print(f"recall 0.9, false-positive rate 0.001, prevalence {prevalence}: "
              f"precision {precision(0.9, 0.001, prevalence):.3f}")
