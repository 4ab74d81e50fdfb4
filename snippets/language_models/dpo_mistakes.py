"""DPO, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:shift]
def unshifted_logps(logps, labels, mask):
    """WRONG: position t predicts token t + 1; this scores reading, not writing."""
    taken = np.take_along_axis(logps, labels[..., None], axis=-1)[..., 0]
    return (taken * mask).sum(axis=1)  # right: logps[:, :-1] with labels[:, 1:]
# --8<-- [end:shift]


# --8<-- [start:mean]
def averaged_logps(taken, mask):
    """WRONG: a mean per token is not log pi(y | x), which the proof needs."""
    return (taken * mask).sum(axis=1) / mask.sum(axis=1)  # right: the sum
# --8<-- [end:mean]


# --8<-- [start:reference]
def dpo_without_reference(chosen_logps, rejected_logps, beta):
    """WRONG: a likely answer is now a rewarded one, before any training."""
    return np.logaddexp(0, -beta * (chosen_logps - rejected_logps)).mean()
    # right: each minus the frozen reference's log-probability
# --8<-- [end:reference]
