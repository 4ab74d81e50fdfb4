"""Gradient clipping, wrong in three ways. The tests show how each one fails."""

import numpy as np

from snippets.backpropagation.gradient_clipping import clip_by_norm


# --8<-- [start:each]
def clip_each_parameter(grads, max_norm):
    """WRONG: a factor of its own for every parameter turns the joint step."""
    return [clip_by_norm([g], max_norm)[0][0] for g in grads]
# --8<-- [end:each]


# --8<-- [start:scaled]
def clip_before_unscaling(scaled_grads, max_norm, loss_scale):
    """WRONG: these gradients are still loss_scale times too large."""
    clipped, _ = clip_by_norm(scaled_grads, max_norm)
    return [g / loss_scale for g in clipped]  # right: divide first, then clip
# --8<-- [end:scaled]


# --8<-- [start:micro]
def clip_every_micro_batch(micro_batches, max_norm):
    """WRONG: clips before averaging; the loudest micro-batch loses its weight."""
    clipped = [clip_by_norm(grads, max_norm)[0] for grads in micro_batches]
    return [np.mean(parts, axis=0) for parts in zip(*clipped, strict=True)]
# --8<-- [end:micro]
