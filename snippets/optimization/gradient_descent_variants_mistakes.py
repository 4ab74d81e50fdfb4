"""Two mistakes with batches, shown to fail."""

import numpy as np


# --8<-- [start:sorted]
def sorted_epoch(targets: np.ndarray, batch: int) -> list[np.ndarray]:
    """WRONG: batches in the order of a sorted file; each holds one kind."""
    order = np.argsort(targets)
    return [order[i : i + batch] for i in range(0, len(order), batch)]
# --8<-- [end:sorted]


# --8<-- [start:means]
def epoch_loss(losses: np.ndarray, batch: int) -> float:
    """WRONG: the mean of batch means weights the smaller last batch too much."""
    parts = [losses[i : i + batch] for i in range(0, len(losses), batch)]
    return float(np.mean([part.mean() for part in parts]))
# --8<-- [end:means]


def settle(batches: list[np.ndarray], targets: np.ndarray, lr: float, epochs: int) -> float:
    """The estimate w of the mean target after descent on 0.5 * (w - target)**2."""
    w = 0.0
    for _ in range(epochs):
        for rows in batches:
            w -= lr * (w - targets[rows].mean())
    return w


if __name__ == "__main__":
    targets = np.repeat(np.array([0.0, 1.0]), 50)
    w = settle(sorted_epoch(targets, 10), targets, 0.3, 100)
    print("sorted, rate 0.3, batch 10:", round(w, 3))
    losses = np.array([1.0] * 32 + [3.0])
    print("mean of means", epoch_loss(losses, 32), "mean", round(float(losses.mean()), 3))
