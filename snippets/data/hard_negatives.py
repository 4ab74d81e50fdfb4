"""One round of hard negative mining: whom to ask about, what to expect, how to measure.

Mining in rounds: Felzenszwalb et al., *Object Detection with Discriminatively Trained
Part-Based Models*, TPAMI 32, 2010, https://doi.org/10.1109/TPAMI.2009.167.
"""

import numpy as np


# --8<-- [start:select]
def select_candidates(
    scores: np.ndarray,
    groups: np.ndarray,
    number: int,
    per_group: int,
    random_share: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Indices of the pool items that a person should look at in this round.

    First the hard part, ``number - round(number * random_share)`` items: walk
    through the pool from the highest score down, skipping an item when its group
    has given ``per_group`` items already. Then the random part: items drawn
    uniformly, without replacement, from those not yet chosen, of any group.

    Args:
        scores: The current model's scores of the pool, (N,).
        groups: The scene, track or near-duplicate cluster of each item, (N,).
        number: Items to choose, 0 to N.
        per_group: Most hard items of one group, at least 1.
        random_share: Share of random items, 0 to 1.
        rng: Source of randomness.

    Returns:
        Distinct indices, hard ones first, by falling score, equal scores in the
        order of the pool. The hard part is shorter if the groups run out; the
        random part is then larger, so that there are ``number`` in all.

    Raises:
        ValueError: If an argument is outside its range, a score is not finite, or
            ``scores`` and ``groups`` differ in length.

    >>> scores = np.array([0.9, 0.8, 0.7, 0.6])
    >>> groups = np.array([5, 5, 3, 4])  # the first two are the same poster
    >>> select_candidates(scores, groups, 2, 1, 0.0, np.random.default_rng(0))
    array([0, 2])
    """
    scores, groups = np.asarray(scores, dtype=np.float64), np.asarray(groups)
    if scores.ndim != 1 or scores.shape != groups.shape:
        raise ValueError("scores and groups must be (N,) both, "
                         f"got {scores.shape, groups.shape}")
    if not np.all(np.isfinite(scores)):
        raise ValueError(f"scores must be finite, got {scores}")
    if not 0 <= number <= len(scores) or per_group < 1:
        raise ValueError(f"number, per_group out of range: {number}, {per_group}")
    if not 0 <= random_share <= 1:
        raise ValueError(f"random_share must be in [0, 1], got {random_share}")
    wanted = number - round(number * random_share)
    hard: list[int] = []
    taken: dict = {}
    for i in np.argsort(-scores, kind="stable"):
        if len(hard) == wanted:
            break
        group = groups[i].item()
        if taken.get(group, 0) < per_group:
            taken[group] = taken.get(group, 0) + 1
            hard.append(int(i))
    rest = np.setdiff1d(np.arange(len(scores)), hard)
    drawn = rng.choice(rest, size=number - len(hard), replace=False)
    return np.concatenate([np.array(hard, dtype=np.int64), drawn.astype(np.int64)])
# --8<-- [end:select]


# --8<-- [start:share]
def positive_share(prevalence: float, recall: float, fpr: float) -> float:
    """Share of true positives among pool items that the model scores as positive.

    Args:
        prevalence: Share of positives in the pool, 0 to 1.
        recall: Share of the positives above the threshold, 0 to 1.
        fpr: Share of the negatives above the threshold, 0 to 1.

    Raises:
        ValueError: If an argument is outside 0 to 1, or if nothing is above the
            threshold.

    >>> round(positive_share(prevalence=0.002, recall=0.9, fpr=0.01), 3)
    0.153
    """
    rates = {"prevalence": prevalence, "recall": recall, "fpr": fpr}
    for name, rate in rates.items():
        if not 0 <= rate <= 1:
            raise ValueError(f"{name} must be in [0, 1], got {rate}")
    true, false = prevalence * recall, (1 - prevalence) * fpr
    if true + false == 0:
        raise ValueError(f"nothing above the threshold: recall {recall}, fpr {fpr}")
    return true / (true + false)
# --8<-- [end:share]


# --8<-- [start:metric]
def false_positive_rate_at_recall(
    positive_scores: np.ndarray, negative_scores: np.ndarray, recall: float
) -> float:
    """Share of negatives at or above the threshold that reaches the recall.

    The threshold is the largest positive score at or above which at least
    ``recall`` of the positives lie. A constant score therefore gives 1.0.

    Args:
        positive_scores: Scores of the test set's positives, (P,), P at least 1.
        negative_scores: Scores of its negatives, (M,), M at least 1.
        recall: Above 0, at most 1.

    Raises:
        ValueError: If recall is out of range, or a set of scores is empty or has a
            ``nan``.

    >>> positives, negatives = np.array([3.0, 2, 1, 0]), np.array([2.5, 1, -1, -2])
    >>> false_positive_rate_at_recall(positives, negatives, 0.75)
    0.5
    """
    if not 0 < recall <= 1:
        raise ValueError(f"recall must be in (0, 1], got {recall}")
    if len(positive_scores) == 0 or len(negative_scores) == 0:
        raise ValueError("positive_scores and negative_scores must not be empty")
    if np.any(np.isnan(positive_scores)) or np.any(np.isnan(negative_scores)):
        raise ValueError("positive_scores and negative_scores must not be nan")
    falling = np.sort(np.asarray(positive_scores, dtype=np.float64))[::-1]
    # The small number keeps 0.07 * 100 = 7.000000000000001 from asking for 8.
    needed = int(np.ceil(recall * len(falling) - 1e-9))
    return float(np.mean(np.asarray(negative_scores) >= falling[needed - 1]))
# --8<-- [end:metric]


if __name__ == "__main__":
    for fpr in [0.01, 0.001, 0.0001]:
        print(f"false positive rate {fpr}: {positive_share(0.002, 0.9, fpr):.1%} positives")
    print(f"recall 0.9 of 0.0002: {positive_share(0.0002, 0.9, 0.001):.1%}")
