"""SAM and sharpness, done wrong."""

import numpy as np


# --8<-- [start:sam]
def sam_step_from_there(grad, weight: np.ndarray, lr: float,
                        rho: float) -> np.ndarray:
    """Wrong: the perturbation stays in the weights and pushes uphill."""
    first = grad(weight)
    worst = weight + rho * first / np.linalg.norm(first)
    return worst - lr * grad(worst)
# --8<-- [end:sam]
