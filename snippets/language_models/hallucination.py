"""Hallucination in numbers: missing mass, scores that pay for silence, entropy of meanings.

Kalai and Vempala 2023, https://arxiv.org/abs/2311.14648; Kalai and others 2025,
https://arxiv.org/abs/2509.04664; Farquhar and others 2024,
https://doi.org/10.1038/s41586-024-07421-0.
"""

import numpy as np


# --8<-- [start:mass]
def good_turing_missing_mass(counts: np.ndarray) -> np.ndarray:
    """Good-Turing estimate of the probability that the next fact is a new one.

    The number of facts seen exactly once over the number of observations.

    Args:
        counts: (..., M) integers, how often each fact was seen; zeros are ignored.

    Returns:
        (...) float64.

    Raises:
        ValueError: If ``counts`` are not integers, negative, or all 0.
    """
    if counts.dtype.kind not in "iu" or (counts.size and counts.min() < 0):
        raise ValueError(f"counts must be integers from 0 up, got {counts.dtype}"
                         + (f" down to {counts.min()}" if counts.size else ""))
    observations = counts.sum(axis=-1, dtype=np.int64)
    if np.any(observations == 0):
        raise ValueError(f"counts must hold an observation, got {observations}")
    return np.count_nonzero(counts == 1, axis=-1) / observations
# --8<-- [end:mass]


# --8<-- [start:score]
def wrong_answer_penalty(threshold: float) -> float:
    """What a wrong answer must cost so that answering pays above this confidence.

    A right answer earns 1, silence 0: p - (1 - p) penalty is 0 at p = threshold for
    penalty = threshold / (1 - threshold).

    Args:
        threshold: At least 0, below 1.

    Raises:
        ValueError: If it is not.
    """
    if not 0 <= threshold < 1:
        raise ValueError(f"threshold must be from 0 to below 1, got {threshold}")
    return threshold / (1 - threshold)


def mean_score(correct: np.ndarray, answered: np.ndarray,
               threshold: float) -> np.ndarray:
    """Mean score of a set of questions: 1 right, 0 silent, minus the penalty wrong.

    Args:
        correct: (..., N) bool; ignored where nothing was answered.
        answered: (..., N) bool.
        threshold: Of ``wrong_answer_penalty``; 0 is plain accuracy.

    Returns:
        (...) float64.

    Raises:
        ValueError: If the shapes differ, N is 0, or the threshold is out of range.
    """
    if correct.shape != answered.shape or not correct.shape[-1]:
        raise ValueError(f"correct and answered must share a shape with N > 0, "
                         f"got {correct.shape} and {answered.shape}")
    points = np.where(correct, 1.0, -wrong_answer_penalty(threshold))
    return np.where(answered, points, 0.0).mean(axis=-1)
# --8<-- [end:score]


# --8<-- [start:entropy]
def semantic_entropy(meanings: np.ndarray,
                     weights: np.ndarray | None = None) -> np.ndarray:
    """Entropy in nats over the meanings of sampled answers.

    Answers of one meaning are one outcome, however they are worded. With w the
    weights over their sum and m_i the weight of all answers that mean what answer i
    means, it is -sum_i w_i ln m_i.

    Args:
        meanings: (..., S) a label per sample, equal for equal meaning.
        weights: (..., S) at least 0, such as sequence probabilities; equal if None.

    Returns:
        (...) floating point.

    Raises:
        ValueError: If there is no sample, shapes differ, or weights are negative or
            sum to 0.
    """
    if not meanings.shape[-1]:
        raise ValueError(f"meanings must hold a sample, got shape {meanings.shape}")
    w = np.ones(meanings.shape) if weights is None else weights
    if w.shape != meanings.shape or np.any(w < 0) or np.any(w.sum(axis=-1) == 0):
        raise ValueError(f"weights must be (..., S), at least 0 and not all 0, "
                         f"got {w}")
    w = w / w.sum(axis=-1, keepdims=True)
    same = meanings[..., :, None] == meanings[..., None, :]  # (..., S, S)
    mass = np.where(same, w[..., None, :], 0).sum(axis=-1)  # (..., S)
    return -(w * np.log(np.where(w > 0, mass, 1))).sum(axis=-1) + 0.0
# --8<-- [end:entropy]


# --8<-- [start:risk]
def risk_coverage(confidence: np.ndarray, correct: np.ndarray) -> tuple:
    """Error among the answered questions as the surest ones are answered first.

    Args:
        confidence: (N,) higher is surer. Ties are kept in their order.
        correct: (N,) bool.

    Returns:
        coverage (N,), the share answered, 1/N to 1; and risk (N,), the share of
        these that is wrong.

    Raises:
        ValueError: If the arguments are not vectors of one length above 0.
    """
    if (confidence.shape != correct.shape or confidence.ndim != 1
            or not len(correct)):
        raise ValueError(f"confidence and correct must be (N,) with N > 0, "
                         f"got {confidence.shape} and {correct.shape}")
    # Unsigned and boolean values have no negative, hence the float.
    order = np.argsort(-confidence.astype(np.float64), kind="stable")
    wrong = ~correct.astype(bool)[order]
    answered = np.arange(1, len(wrong) + 1)
    return answered / len(wrong), np.cumsum(wrong) / answered
# --8<-- [end:risk]


if __name__ == "__main__":
    counts = np.array([4, 2, 1, 1, 1, 1, 0])
    print("missing mass", good_turing_missing_mass(counts))
    for threshold in (0.0, 0.5, 0.75, 0.9):
        penalty = wrong_answer_penalty(threshold)
        print(f"t {threshold}: penalty {penalty:.0f}, sure by 0.3 and guessing "
              f"{0.3 - 0.7 * penalty:.1f}, sure by 0.95 {0.95 - 0.05 * penalty:.2f}")
    for name, right, wrong in (("o4-mini", 24, 75), ("gpt-5-thinking-mini", 22, 26)):
        correct = np.arange(100) < right
        answered = np.arange(100) < right + wrong
        print(name, [round(100 * float(mean_score(correct, answered, t)), 1)
                     for t in (0.0, 0.5, 0.75)])
    print("equal at penalty", round(2 / 49, 3), "threshold", round(2 / 51, 3))
    for meanings in ([0] * 10, [0, 0, 0, 0, 1, 1, 1, 2, 2, 3], list(range(10))):
        print(meanings, f"{semantic_entropy(np.array(meanings)):.3f}")
    coverage, risk = risk_coverage(np.array([0.9, 0.4, 0.8, 0.6]),
                                   np.array([True, False, True, False]))
    print(coverage, risk.round(3))
