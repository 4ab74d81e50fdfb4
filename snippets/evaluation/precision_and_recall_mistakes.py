"""Two wrong F1 scores. tests/evaluation/test_precision_and_recall_mistakes.py shows how they fail."""

import numpy as np


# --8<-- [start:batches]
def mean_f1_over_batches(targets, predictions, batch_size):
    """WRONG: F1 is not a mean over examples, so this is another number."""
    scores = []
    for start in range(0, len(targets), batch_size):
        true = targets[start : start + batch_size]
        said = predictions[start : start + batch_size]
        bottom = true.sum() + said.sum()
        scores.append(2 * (true * said).sum() / bottom if bottom else 0.0)
    return float(np.mean(scores))
# --8<-- [end:batches]


# --8<-- [start:macro]
def f1_of_averages(precision, recall):
    """WRONG: macro-F1 is the mean of the classes' F1, not F1 of the means."""
    p, r = np.mean(precision), np.mean(recall)
    return float(2 * p * r / (p + r))
# --8<-- [end:macro]
