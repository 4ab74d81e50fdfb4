"""What a tuning budget buys, and what a trick is worth: the arithmetic of experiments.

Expected best of n trials: Dodge et al. 2019, https://arxiv.org/abs/1909.03004; its
bias and the unbiased form: Tang et al. 2020, https://arxiv.org/abs/2004.13705.
"""

import math

import numpy as np


# --8<-- [start:budget]
def expected_best(scores: np.ndarray, n: int, replace: bool = False) -> float:
    """Expected best of n trials, estimated from N >= n trials that were run.

    Args:
        scores: Validation scores of N independent trials, higher is better, (N,).
        n: Trials in the budget.
        replace: True draws the n from the N with replacement, the plug-in estimate,
            whose expectation is too low; False without: the mean of the maximum
            over all subsets of size n, which is unbiased.

    Returns:
        With v sorted upward: sum of v_i P(the maximum is v_i).

    Raises:
        ValueError: If n is not in 1..N.

    >>> round(float(expected_best(np.array([1.0, 2.0, 6.0]), 2)), 4)
    4.6667
    """
    if not 1 <= n <= len(scores):
        raise ValueError(f"n must lie in 1..{len(scores)}, got {n}")
    v, total = np.sort(scores.astype(np.float64)), len(scores)
    rank = np.arange(1, total + 1)
    if replace:
        chance = (rank / total) ** n - ((rank - 1) / total) ** n
    else:
        subsets = [math.comb(i, n - 1) / math.comb(total, n) for i in range(total)]
        chance = np.array(subsets)
    return float(v @ chance)


def winner(validation: np.ndarray, test: np.ndarray, n: int) -> float:
    """Expected test score of the trial with the best validation score among n.

    Args:
        validation: (N,).
        test: Of the same trials, (N,).
        n: Trials in the budget, drawn without replacement.

    Returns:
        The mean over all subsets; of equal validation scores the mean test score.

    Raises:
        ValueError: If the shapes differ or n is not in 1..N.
    """
    if validation.shape != test.shape:
        raise ValueError(f"validation {validation.shape} for test {test.shape}")
    total = len(validation)
    if not 1 <= n <= total:
        raise ValueError(f"n must lie in 1..{total}, got {n}")
    _, group = np.unique(validation, return_inverse=True)
    mean = np.bincount(group, weights=test) / np.bincount(group)
    order = np.argsort(validation, kind="stable")
    chance = [math.comb(i, n - 1) / math.comb(total, n) for i in range(total)]
    return float(mean[group[order]] @ np.array(chance))
# --8<-- [end:budget]


# --8<-- [start:effects]
def effects(results: np.ndarray) -> dict[str, np.ndarray]:
    """What each of k tricks is worth, by three definitions, from all combinations.

    Args:
        results: Mean scores, shape (2,) * k; index 1 on axis i means trick i is on.

    Returns:
        Three arrays (k,): "added", trick i alone minus none; "removed", all minus
        all but i; "average", on minus off over all settings of the others.

    Raises:
        ValueError: If an axis does not have length 2.

    >>> {key: value.tolist() for key, value in effects(
    ...     np.array([[80.0, 84.0], [84.0, 85.0]])).items()}
    {'added': [4.0, 4.0], 'removed': [1.0, 1.0], 'average': [2.5, 2.5]}
    """
    k = results.ndim
    if k == 0 or results.shape != (2,) * k:
        raise ValueError(f"results must be (2, ..., 2), got {results.shape}")
    gain = [np.take(results, 1, axis=i) - np.take(results, 0, axis=i)
            for i in range(k)]
    return {"added": np.array([g[(0,) * (k - 1)] for g in gain]),
            "removed": np.array([g[(1,) * (k - 1)] for g in gain]),
            "average": np.array([g.mean() for g in gain])}


def interaction(results: np.ndarray, i: int, j: int) -> float:
    """How much more trick i is worth with trick j than without it.

    Args:
        results: As in ``effects``.
        i: First trick.
        j: Second trick, another one; the result is the same with both exchanged.

    Returns:
        The mean over all settings of the others; negative: they overlap.

    Raises:
        ValueError: If i equals j.
    """
    if i == j:
        raise ValueError(f"i and j must differ, got {i} twice")
    both = np.moveaxis(results, (i, j), (0, 1))
    return float(np.mean(both[1, 1] - both[0, 1] - both[1, 0] + both[0, 0]))
# --8<-- [end:effects]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    trials = rng.normal(0.0, 1.0, (2000, 50))
    for n in (1, 5, 20, 50):
        plug_in = np.mean([expected_best(row, n, True) for row in trials])
        unbiased = np.mean([expected_best(row, n) for row in trials])
        print(f"best of {n} standard normals from 50 trials: with replacement {plug_in:.3f}, "
              f"without {unbiased:.3f}")
    results = np.array([[80.0, 84.0], [84.0, 85.0]])
    print(effects(results), interaction(results, 0, 1))
    results = np.array([[80.0, 78.0], [80.5, 86.0]])
    print(effects(results), interaction(results, 0, 1))
