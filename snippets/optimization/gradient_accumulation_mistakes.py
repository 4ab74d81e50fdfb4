"""Three accumulations that are not the gradient of the big batch."""

import numpy as np
import torch
from torch.nn import functional


# --8<-- [start:mean]
def mean_of_means_step(model, micro_batches):
    """Wrong where counts differ: a token of a short micro-batch weighs more."""
    for x, targets in micro_batches:
        loss = functional.cross_entropy(model(x).flatten(0, -2), targets.flatten())
        (loss / len(micro_batches)).backward()
# --8<-- [end:mean]


# --8<-- [start:clip]
def clip_each(grads: np.ndarray, max_norm: float) -> np.ndarray:
    """Wrong: clips the gradient of every micro-batch, (M, D), then averages."""
    norms = np.linalg.norm(grads, axis=1, keepdims=True)
    return (grads * np.minimum(1, max_norm / norms)).mean(axis=0)
# --8<-- [end:clip]


# --8<-- [start:dtype]
def add_up(micro_grad: torch.Tensor, times: int) -> torch.Tensor:
    """Wrong in bfloat16: equal gradients stop adding up at 256 of them."""
    total = torch.zeros_like(micro_grad)
    for _ in range(times):
        total += micro_grad
    return total
# --8<-- [end:dtype]
