"""Two wrong numbers for rare classes. tests/data/test_unbalanced_data_mistakes.py shows how they fail."""

import numpy as np


# --8<-- [start:trapezoid]
def area_by_trapezoids(recall, precision):
    """WRONG: a straight line between two points of a precision-recall curve."""
    return float(np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2))
# --8<-- [end:trapezoid]


# --8<-- [start:threshold]
def decide(probs_of_a_balanced_model, cost_miss, cost_alarm):
    """WRONG: the cost threshold, applied to outputs for 50 % positives."""
    return probs_of_a_balanced_model > cost_alarm / (cost_alarm + cost_miss)
# --8<-- [end:threshold]
