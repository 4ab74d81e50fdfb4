"""Wrong ways to test generalization. The tests show how each misleads."""

import numpy as np


# --8<-- [start:starts]
def new_starts(
    worlds: list[tuple], reachable: list[np.ndarray], rng: np.random.Generator
) -> list[tuple]:
    """WRONG as a test set: other starts, but the same maps as in training."""
    return [
        (following, seen, int(rng.choice(cells)), goal)
        for (following, seen, _, goal), cells in zip(worlds, reachable, strict=True)
    ]
# --8<-- [end:starts]


# --8<-- [start:draws]
def two_draws(draw, count: int, rng: np.random.Generator) -> tuple[list, list]:
    """WRONG where the generator is small: the second draw repeats the first."""
    return [draw(rng) for _ in range(count)], [draw(rng) for _ in range(count)]
# --8<-- [end:draws]
