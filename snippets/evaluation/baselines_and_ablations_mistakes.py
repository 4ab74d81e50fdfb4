"""Two unfair comparisons. tests/evaluation/test_baselines_and_ablations_mistakes.py: how they fail."""

import numpy as np


# --8<-- [start:lucky]
def compare_best(scores_a, scores_b):
    """WRONG: the best of 20 runs against the best of 3 compares 20 with 3."""
    return np.max(scores_b) - np.max(scores_a)
# --8<-- [end:lucky]


# --8<-- [start:sum]
def contributions(results):
    """WRONG: what each trick adds alone does not sum to what they add together."""
    none = results[(0,) * results.ndim]
    single = np.eye(results.ndim, dtype=np.int64)
    return np.array([results[tuple(row)] - none for row in single])
# --8<-- [end:sum]
