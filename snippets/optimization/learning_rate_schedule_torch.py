"""Warm-up and cosine in PyTorch, stepped once per update."""

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR


# --8<-- [start:scheduler]
def warmup_cosine(optimizer: torch.optim.Optimizer, warmup: int,
                  total: int) -> SequentialLR:
    """The optimizer's lr is the peak; call ``step()`` after every optimizer step.

    Args:
        optimizer: With its peak learning rate in place.
        warmup: Steps until the peak, at least 2.
        total: Steps of the whole run.

    Returns:
        A scheduler; save its ``state_dict`` with the optimizer's.
    """
    up = LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
    down = CosineAnnealingLR(optimizer, T_max=total - warmup)
    return SequentialLR(optimizer, [up, down], milestones=[warmup])
# --8<-- [end:scheduler]
