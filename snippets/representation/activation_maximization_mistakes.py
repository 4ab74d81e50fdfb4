"""Two ascents that do not show what a unit likes."""

import numpy as np


# --8<-- [start:probability]
def climb_probability(steps: int = 200, lr: float = 0.1) -> tuple[float, float]:
    """Probability and logit of class 0 after climbing its probability.

    WRONG for "what does class 0 look like": the logits are x for class 0 and 3 x
    for class 1, so the probability rises fastest by walking away from class 1.
    """
    weight, x = np.array([1.0, 3.0]), 0.0
    for _ in range(steps):
        logits = weight * x
        probs = np.exp(logits) / np.exp(logits).sum()
        x += lr * (weight[0] - probs @ weight)  # gradient of log p_0
    return float(probs[0]), float(logits[0])
# --8<-- [end:probability]


# --8<-- [start:dead]
def climb_relu(before_relu: bool, steps: int = 50, lr: float = 0.1) -> float:
    """Activation of the unit ReLU(x - 1) after climbing from x = 0.

    WRONG if not ``before_relu``: the unit is off at the start, its gradient is
    zero, and no number of steps turns it on.
    """
    x = 0.0
    for _ in range(steps):
        grad = 1.0 if before_relu or x > 1 else 0.0
        x += lr * grad
    return max(x - 1, 0.0)
# --8<-- [end:dead]


if __name__ == "__main__":
    print("probability and logit:", climb_probability())
    print("after ReLU, before ReLU:", climb_relu(False), climb_relu(True))
