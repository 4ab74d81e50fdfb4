"""Softmax in tiles, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:shrink]
def without_shrinking(score_tiles, value_tiles):
    """WRONG: earlier sums were taken with another maximum."""
    peak, total, acc = -np.inf, 0.0, 0.0
    for scores, values in zip(score_tiles, value_tiles, strict=True):
        peak = max(peak, scores.max())
        weights = np.exp(scores - peak)
        total = total + weights.sum()  # right: total * exp(old - peak) + ...
        acc = acc + weights @ values  # right: acc * exp(old - peak) + ...
    return acc / total
# --8<-- [end:shrink]


# --8<-- [start:average]
def mean_of_tiles(score_tiles, value_tiles):
    """WRONG: a softmax per tile, then the mean, as if all weighed the same."""
    outputs = []
    for scores, values in zip(score_tiles, value_tiles, strict=True):
        weights = np.exp(scores - scores.max())
        outputs.append(weights @ values / weights.sum())
    return np.mean(outputs, axis=0)  # right: weighted by exp(lse of the tile)
# --8<-- [end:average]


# --8<-- [start:masked]
def update(peak, total, scores):
    """WRONG if a row's first tile is all masked: -inf - (-inf) is not a number."""
    new = np.maximum(peak, scores.max())
    return new, total * np.exp(peak - new) + np.exp(scores - new).sum()
# --8<-- [end:masked]
