"""RLHF, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:max]
def ppo_term(ratio, advantage, eps=0.2):
    """WRONG for negative advantages: clips the ratio and forgets the minimum."""
    clipped = np.clip(ratio, 1 - eps, 1 + eps)
    return clipped * advantage  # right: min(ratio * advantage, clipped * advantage)
# --8<-- [end:max]


# --8<-- [start:naive]
def reward_model_loss(chosen, rejected):
    """WRONG in float32: exp overflows at a margin of -89, sigmoid rounds to 0."""
    probs = 1 / (1 + np.exp(-(chosen - rejected)))
    return -np.log(probs).mean()  # right: logaddexp(0, rejected - chosen).mean()
# --8<-- [end:naive]


# --8<-- [start:mask]
def mean_over_everything(term, mask):
    """WRONG: divides by padding too, so the scale depends on the longest answer."""
    return -(term * mask).mean()  # right: -(term * mask).sum() / mask.sum()
# --8<-- [end:mask]
