"""Wrong code around support vector machines. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:perceptron]
def objective_without_margin(
    weight: np.ndarray, bias: float,
    x: np.ndarray, targets: np.ndarray, penalty: float,
) -> float:
    """WRONG: max(0, -y f) asks for the right side only; w = 0 costs nothing."""
    scores = targets * (x @ weight + bias)
    return 0.5 * weight @ weight + penalty * np.maximum(0.0, -scores).sum()
# --8<-- [end:perceptron]


# --8<-- [start:single]
def dual_one_at_a_time(
    kernel: np.ndarray, targets: np.ndarray, penalty: float, sweeps: int
) -> np.ndarray:
    """WRONG with a bias: changing one multiplier alone breaks Σ α y = 0."""
    alpha = np.zeros(len(targets))
    for _ in range(sweeps):
        for i in range(len(targets)):
            score = kernel[i] @ (alpha * targets)
            best = alpha[i] + (1 - targets[i] * score) / kernel[i, i]
            alpha[i] = np.clip(best, 0.0, penalty)
    return alpha
# --8<-- [end:single]
