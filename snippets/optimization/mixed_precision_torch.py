"""A training step with autocast and a gradient scaler in PyTorch."""

import torch
from torch import nn


# --8<-- [start:step]
def amp_step(model: nn.Module, loss_function, optimizer: torch.optim.Optimizer,
             scaler: torch.amp.GradScaler, x: torch.Tensor, targets: torch.Tensor,
             max_norm: float, dtype: torch.dtype = torch.float16) -> float:
    """Forward in 16 bits; scaled backward; unscale, clip, step, update.

    With bfloat16, ``GradScaler(enabled=False)`` makes scaling a no-op.
    """
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(x.device.type, dtype=dtype):
        loss = loss_function(model(x), targets)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)  # before anything that looks at gradients
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)  # skipped if a gradient is inf or nan
    scaler.update()
    return loss.item()
# --8<-- [end:step]
