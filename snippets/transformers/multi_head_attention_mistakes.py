"""Heads, wrong in three ways. The tests show how each one fails."""

import math

import numpy as np


# --8<-- [start:split]
def split_by_reshape(x, num_heads):
    """WRONG: the shape is right, but head 0 gets the first tokens, all channels."""
    n, t, d = x.shape
    return x.reshape(n, num_heads, t, d // num_heads)
    # right: x.reshape(n, t, num_heads, d // num_heads).transpose(0, 2, 1, 3)
# --8<-- [end:split]


# --8<-- [start:merge]
def merge_by_reshape(x):
    """WRONG after a correct split: mixes the positions of one head."""
    n, heads, t, d = x.shape
    return x.reshape(n, t, heads * d)
    # right: x.transpose(0, 2, 1, 3).reshape(n, t, heads * d)
# --8<-- [end:merge]


# --8<-- [start:scale]
def scores_of_a_head(q, k, embed_dim):
    """WRONG: the dot product sums over a head's channels, not over all."""
    return q @ k.swapaxes(-1, -2) / math.sqrt(embed_dim)  # right: q.shape[-1]
# --8<-- [end:scale]


def attend_with(split, merge, x, num_heads):
    """Causal attention without weights, by any pair of split and merge."""
    q = split(x, num_heads)
    scores = q @ q.swapaxes(-1, -2)
    scores = np.where(np.tri(x.shape[1], dtype=bool), scores, -np.inf)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return merge(exps / exps.sum(axis=-1, keepdims=True) @ q)
