"""Label smoothing, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:others]
def targets_of_the_other_definition(target, num_classes, share):
    """WRONG beside torch's argument: the share goes to the K - 1 others only."""
    row = np.full(num_classes, share / (num_classes - 1))
    row[target] = 1 - share  # torch: 1 - share + share / K
    return row
# --8<-- [end:others]


# --8<-- [start:twice]
def soften_and_smooth(target, num_classes, share):
    """WRONG: smoothed targets, and then label_smoothing in the loss as well."""
    hard = np.eye(num_classes)[target]
    once = (1 - share) * hard + share / num_classes
    return (1 - share) * once + share / num_classes
# --8<-- [end:twice]


# --8<-- [start:report]
def log_loss_on_smoothed_targets(log_probs, targets, share):
    """WRONG as a report: the loss has a floor that depends on the share."""
    hard = -log_probs[np.arange(len(targets)), targets]
    return ((1 - share) * hard - share * log_probs.mean(axis=1)).mean()
# --8<-- [end:report]
