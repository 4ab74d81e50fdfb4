"""Two recomputations that are not the forward pass that was run."""

import numpy as np
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


# --8<-- [start:mask]
def dropout_gradient(x: np.ndarray, rng: np.random.Generator) -> tuple:
    """Wrong: the backward pass recomputes the layer and draws another mask."""
    y = x * 2 * (rng.random(x.shape) < 0.5)
    mask = rng.random(x.shape) < 0.5  # recomputed
    return y, 2.0 * mask
# --8<-- [end:mask]


# --8<-- [start:torch]
def forward_without_rng_state(block: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Wrong if the block contains dropout: faster, and another mask backward."""
    return checkpoint(block, x, use_reentrant=False, preserve_rng_state=False)
# --8<-- [end:torch]
