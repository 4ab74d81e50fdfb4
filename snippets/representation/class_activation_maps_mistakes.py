"""Two ways to draw a heat map that says something else."""

import numpy as np


# --8<-- [start:probability]
def factor_of_probability(logits: np.ndarray, label: int) -> float:
    """By what a class's gradient shrinks when you differentiate its probability.

    WRONG to start the backward pass there: d p / d logit = p (1 - p), which is next
    to nothing for a sure network, and d p / d logit_j = -p p_j mixes the others in.
    """
    probs = np.exp(logits - logits.max())
    probs /= probs.sum()
    return probs[label] * (1 - probs[label])
# --8<-- [end:probability]


# --8<-- [start:normalize]
def normalize_each(maps: list[np.ndarray]) -> list[np.ndarray]:
    """WRONG for comparing classes: divides each map by its own maximum.

    A class that is not there gets the same glowing spot as one that is.
    """
    return [values / values.max() for values in maps]


def normalize_together(maps: list[np.ndarray]) -> list[np.ndarray]:
    """Right: one scale for all maps that stand side by side."""
    largest = max(values.max() for values in maps)
    return [values / largest for values in maps]
# --8<-- [end:normalize]


if __name__ == "__main__":
    print("factor:", factor_of_probability(np.array([12.0, 0.0, 0.0]), 0))
    present, absent = np.array([[8.0, 1.0]]), np.array([[0.0, 0.004]])
    print(normalize_each([present, absent]), normalize_together([present, absent]))
