"""Early stopping: the bookkeeping, and why it resembles an L2 penalty.

Prechelt, *Automatic early stopping using cross validation*,
https://doi.org/10.1016/S0893-6080(98)00010-0, and Goodfellow, Bengio and
Courville, *Deep Learning*, https://www.deeplearningbook.org, section 7.8.
"""

import numpy as np


# --8<-- [start:stopper]
class EarlyStopping:
    """Keeps the best weights and says when to stop. Lower scores are better.

    Args:
        patience: Evaluations without improvement after which to stop, >= 1.
        min_delta: A score must be lower than the best one by more than this to
            count as an improvement, >= 0.

    Attributes:
        best_score: Lowest score that counted, ``inf`` before the first.
        best_epoch: Number of the evaluation with that score, from 0; -1 before.
        best_weights: Copies of the weights at that evaluation, or None.
    """

    def __init__(self, patience: int, min_delta: float = 0.0):
        if patience < 1:
            raise ValueError(f"patience must be at least 1, got {patience}")
        if min_delta < 0:
            raise ValueError(f"min_delta must not be negative, got {min_delta}")
        self.patience = patience
        self.min_delta = min_delta
        self.best_score = float("inf")
        self.best_epoch = -1
        self.best_weights: list[np.ndarray] | None = None
        self._epoch = -1

    def update(self, score: float, weights: list[np.ndarray]) -> bool:
        """Take in one evaluation and say whether to stop now.

        Args:
            score: Validation loss. NaN never counts as an improvement.
            weights: Current weights. Copied if they are the best so far.

        Returns:
            True when ``patience`` evaluations in a row, this one included, have
            brought no improvement.

        >>> stopper = EarlyStopping(patience=2)
        >>> losses = [3.0, 2.0, 2.5, 2.0]
        >>> [stopper.update(loss, [np.array([loss])]) for loss in losses]
        [False, False, False, True]
        >>> stopper.best_epoch, stopper.best_weights
        (1, [array([2.])])
        """
        self._epoch += 1
        if score < self.best_score - self.min_delta:
            self.best_score = float(score)
            self.best_epoch = self._epoch
            # copies: the optimizer goes on changing the arrays in place
            self.best_weights = [w.copy() for w in weights]
        return self._epoch - self.best_epoch >= self.patience
# --8<-- [end:stopper]


# --8<-- [start:filters]
def stopped_factor(eigenvalues: np.ndarray, lr: float, steps: int) -> np.ndarray:
    """Share of the way to the minimum that gradient descent covers from zero.

    Args:
        eigenvalues: Of the Hessian of a quadratic loss, any shape.
        lr: Learning rate, below 2 over the largest eigenvalue.
        steps: Number of steps, >= 0.

    Returns:
        Same shape, one share for each eigen-direction.

    >>> stopped_factor(np.array([1.0, 0.5]), 1.0, 2).tolist()
    [1.0, 0.75]
    """
    return 1.0 - (1.0 - lr * eigenvalues) ** steps


def l2_factor(eigenvalues: np.ndarray, alpha: float) -> np.ndarray:
    """The same share at the minimum of the loss plus ``alpha / 2 * sum(w**2)``.

    Args:
        eigenvalues: Of the Hessian of a quadratic loss, >= 0, any shape.
        alpha: Strength, > 0.

    Returns:
        Same shape.

    >>> l2_factor(np.array([3.0, 1.0]), 1.0).tolist()
    [0.75, 0.5]
    """
    return eigenvalues / (eigenvalues + alpha)
# --8<-- [end:filters]


if __name__ == "__main__":
    stopper = EarlyStopping(patience=3, min_delta=0.01)
    for epoch, loss in enumerate([0.90, 0.60, 0.50, 0.495, 0.52, 0.51, 0.40]):
        if stopper.update(loss, [np.array([float(epoch)])]):
            print(f"stopped after epoch {epoch}, best epoch {stopper.best_epoch},"
                  f" score {stopper.best_score}")
            break
    eigenvalues = np.array([10.0, 1.0, 0.1, 0.01])
    print("100 steps of 0.01:", stopped_factor(eigenvalues, 0.01, 100).round(4))
    print("L2 with alpha 1:  ", l2_factor(eigenvalues, 1.0).round(4))
    u = np.linspace(1e-4, 50.0, 500_000)
    ratio = -np.expm1(-u) * (1 + u) / u
    print(f"gradient flow over L2 at t = 1/alpha: at most {ratio.max():.4f},"
          f" at eigenvalue times t = {u[ratio.argmax()]:.2f}; squared {ratio.max()**2:.3f}")
