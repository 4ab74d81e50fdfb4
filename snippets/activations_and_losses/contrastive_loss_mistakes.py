"""Contrastive losses, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:lengths]
def unnormalized_scores(queries, keys, temperature):
    """WRONG: without norm 1 the loss falls by growing the vectors."""
    return queries @ keys.T / temperature
# --8<-- [end:lengths]


# --8<-- [start:attract]
def positives_only(first, second):
    """WRONG alone: pulling pairs together is best solved by one point for all."""
    return ((first - second) ** 2).sum(axis=1).mean()
# --8<-- [end:attract]


# --8<-- [start:itself]
def both_views_with_itself(z, partner, temperature):
    """WRONG: with all 2N views as keys, each one's best match is itself."""
    logits = z @ z.T / temperature  # right: the diagonal set to -inf
    logits = logits - logits.max(axis=1, keepdims=True)
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -log_probs[np.arange(len(z)), partner].mean()
# --8<-- [end:itself]
