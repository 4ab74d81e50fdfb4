"""Three slips of the algorithm round that a glance misses: wrong on purpose."""

import numpy as np


# --8<-- [start:nested]
def merge_forgets_nested(
        intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Wrong: takes the newer end, which may lie before the older one."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], end)  # should be max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged
# --8<-- [end:nested]


# --8<-- [start:reservoir]
def reservoir_prefers_late(stream: list, k: int,
                           rng: np.random.Generator) -> list:
    """Wrong: every late item gets in, whatever has been seen before."""
    sample = list(stream[:k])
    for item in stream[k:]:
        # Should draw from all that was seen, and keep the item only if below k.
        sample[int(rng.integers(k))] = item
    return sample
# --8<-- [end:reservoir]


# --8<-- [start:recursion]
def region_size(mask: np.ndarray, y: int, x: int) -> int:
    """Wrong on large regions: may recurse once per pixel. Erases the region."""
    if not (0 <= y < mask.shape[0] and 0 <= x < mask.shape[1] and mask[y, x]):
        return 0
    mask[y, x] = False
    steps = ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
    return 1 + sum(region_size(mask, *cell) for cell in steps)
# --8<-- [end:recursion]
