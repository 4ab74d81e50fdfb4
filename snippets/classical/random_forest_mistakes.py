"""Wrong code around random forests. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:in_bag]
def error_in_bag(probs_of_trees: np.ndarray, labels: np.ndarray) -> float:
    """WRONG as an estimate for new rows: most trees have seen the row they judge.

    ``probs_of_trees`` is (trees, N, num_classes) for the training rows.
    """
    return float(np.mean(probs_of_trees.mean(axis=0).argmax(axis=1) != labels))
# --8<-- [end:in_bag]


# --8<-- [start:ties]
def best_cut_ignoring_ties(
    values: np.ndarray, labels: np.ndarray
) -> tuple[int, float]:
    """WRONG with repeated values: may cut between equal ones; no threshold can.

    Binary labels. Returns how many sorted points go left, and the Gini cost.
    """
    ones = np.cumsum(labels[np.argsort(values, kind="stable")])
    sizes = np.arange(1, len(values))
    share_left = ones[:-1] / sizes
    share_right = (ones[-1] - ones[:-1]) / sizes[::-1]
    cost = 2 * sizes * share_left * (1 - share_left)
    cost = cost + 2 * sizes[::-1] * share_right * (1 - share_right)
    cut = int(np.argmin(cost))
    return cut + 1, float(cost[cut] / len(values))
# --8<-- [end:ties]
