"""Masked modeling with a loss on every token. The test shows how it fails."""

import numpy as np


# --8<-- [start:all]
def loss_on_all(probs, tokens):
    """WRONG: 85 % of the tokens are in sight, and copying them is rewarded."""
    loss = -np.log(np.take_along_axis(probs, tokens[:, None], axis=1)[:, 0])
    return loss.mean()  # right: loss[targets != -100].mean()
# --8<-- [end:all]
