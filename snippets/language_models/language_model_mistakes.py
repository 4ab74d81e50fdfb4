"""A language model, trained and compared wrongly. The tests show how each one fails."""

import numpy as np
from torch.nn import functional


# --8<-- [start:shift]
def unshifted_loss(model, tokens):
    """WRONG: asks for the token in the input, which the model copies."""
    logits = model(tokens[:, :-1])
    targets = tokens[:, :-1]  # right: tokens[:, 1:]
    return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
# --8<-- [end:shift]


# --8<-- [start:tokens]
def better(losses_a, losses_b):
    """WRONG for two tokenizers: the one that cuts finer divides by more tokens."""
    return "a" if np.mean(losses_a) < np.mean(losses_b) else "b"  # right: np.sum
# --8<-- [end:tokens]
