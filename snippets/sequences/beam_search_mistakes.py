"""A beam search, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:top]
def candidates(log_probs, beam_width):
    """WRONG: adds no history, so every row offers its favorites as equals."""
    # right: totals + log_probs
    order = np.argsort(-log_probs, axis=None)[:beam_width]
    return np.unravel_index(order, log_probs.shape)
# --8<-- [end:top]


# --8<-- [start:eos]
def still_open(beam, eos):
    """WRONG: a finished hypothesis stays, goes on past eos, and pays for it."""
    return beam  # right: [h for h in beam if h[0][-1] != eos]
# --8<-- [end:eos]


# --8<-- [start:stop]
def stop(finished, beam):
    """WRONG with length normalization: the first to finish is rarely the best."""
    return len(finished) > 0  # right: compare with what the beam can still reach
# --8<-- [end:stop]
