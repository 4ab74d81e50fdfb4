"""Decoding, wrong in three ways. The tests show how each one fails."""

import numpy as np

from snippets.language_models.decoding import softmax


# --8<-- [start:empty]
def nucleus(probs, p):
    """WRONG: may keep nothing, or miss the token that reaches p."""
    order = np.argsort(-probs, kind="stable")
    return order[np.cumsum(probs[order]) <= p]
    # right: the mass *before* a token is below p, so the first one always stays
# --8<-- [end:empty]


# --8<-- [start:penalty]
def penalize(logits, previous, penalty):
    """WRONG: a negative logit divided by 1.2 comes closer to 0, so it rises."""
    out = logits.copy()
    out[previous] = out[previous] / penalty  # right: multiply where negative
    return out
# --8<-- [end:penalty]


# --8<-- [start:temperature]
def heat(logits, temperature):
    """WRONG: divides probabilities; normalized again, nothing has changed."""
    probs = softmax(logits) / temperature  # right: softmax(logits / temperature)
    return probs / probs.sum()
# --8<-- [end:temperature]
