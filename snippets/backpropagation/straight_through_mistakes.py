"""Two straight-through steps that do not pass a gradient straight through."""

import numpy as np
import torch


# --8<-- [start:detach]
def hard_sample(soft: torch.Tensor) -> torch.Tensor:
    """Wrong: one-hot, but without a graph; no gradient reaches soft."""
    index = soft.argmax(dim=-1)
    return torch.nn.functional.one_hot(index, soft.shape[-1]).to(soft.dtype)
# --8<-- [end:detach]


# --8<-- [start:clip]
def backward_through_everything(grad: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Wrong for a clipped quantizer: an input far outside is pushed on and on."""
    return grad * np.ones_like(x)
# --8<-- [end:clip]
