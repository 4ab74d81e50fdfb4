"""Both objectives, wrong in three ways. The tests show how each one fails."""

import numpy as np

from snippets.language_models.bert_vs_gpt import IGNORE, mlm_loss


# --8<-- [start:shift]
def unshifted_loss(logits, ids):
    """WRONG: position t is asked for the token it has just read."""
    return mlm_loss(logits, ids)  # right: logits[:, :-1] against ids[:, 1:]
# --8<-- [end:shift]


# --8<-- [start:everywhere]
def loss_everywhere(logits, ids):
    """WRONG for BERT: 85% of the positions only have to be copied."""
    return mlm_loss(logits, ids)  # right: labels with IGNORE where not chosen
# --8<-- [end:everywhere]


# --8<-- [start:bytes]
def labels_of(ids, chosen):
    """WRONG: in uint8, -100 is 156, a token like any other."""
    labels = ids.copy()
    labels[~chosen] = np.int64(IGNORE).astype(ids.dtype)  # right: int64 first
    return labels
# --8<-- [end:bytes]
