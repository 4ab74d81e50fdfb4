"""Two wrong areas. tests/evaluation/test_roc_and_pr_curves_mistakes.py shows how they fail."""

import numpy as np


# --8<-- [start:hard]
def auc_of_decisions(targets, scores, roc_auc):
    """WRONG: thresholded scores have one operating point left."""
    return roc_auc(targets, (scores >= 0.5).astype(np.float64))
# --8<-- [end:hard]


# --8<-- [start:ties]
def auc_by_sorting(targets, scores):
    """WRONG: among equal scores the order of the file decides."""
    ranked = targets[np.argsort(scores, kind="stable")]
    below = np.cumsum(ranked == 0)[ranked == 1]  # negatives before each positive
    return below.sum() / (np.sum(targets == 0) * np.sum(targets == 1))
# --8<-- [end:ties]
