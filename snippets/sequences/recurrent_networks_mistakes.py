"""Recurrent networks, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:last]
def state_for_the_classifier(h, lengths):
    """WRONG for a padded batch: padding has driven the last state on."""
    return h[-1]  # right: h[lengths, np.arange(N)]
# --8<-- [end:last]


# --8<-- [start:shared]
def grad_of_shared_weight(h, deltas):
    """WRONG: every step overwrites the gradient that all steps share."""
    for t, delta in enumerate(deltas):
        grad = h[t].T @ delta  # right: grad += h[t].T @ delta
    return grad
# --8<-- [end:shared]


# --8<-- [start:reset]
def states_in_chunks(forward, x, h0, chunk):
    """WRONG if the chunks follow each other: each starts from h0 again."""
    parts = [forward(x[i : i + chunk], h0)[1:] for i in range(0, len(x), chunk)]
    return np.concatenate([h0[None], *parts])  # right: start from h[i]
# --8<-- [end:reset]
