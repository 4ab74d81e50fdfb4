"""One optimizer step from several micro-batches in PyTorch."""

from collections.abc import Iterable
from contextlib import nullcontext

import torch
from torch import nn
from torch.nn import functional


# --8<-- [start:step]
def accumulation_step(model: nn.Module, optimizer: torch.optim.Optimizer,
                      micro_batches: Iterable, max_norm: float = float("inf"),
                      ignore_index: int = -100) -> float:
    """Accumulate, clip once, step once.

    Args:
        model: Gives logits (..., K). With ``no_sync`` (distributed data parallel)
            only the last micro-batch exchanges gradients.
        optimizer: Its gradients are cleared first.
        micro_batches: Pairs of input and targets (...).
        max_norm: Bound on the joint norm of the accumulated gradient.
        ignore_index: Marks targets that do not count.

    Returns:
        Mean loss per token.

    Raises:
        ValueError: If no target counts; the gradient would be 0 / 0.
    """
    micro_batches = list(micro_batches)
    tokens = sum(int((t != ignore_index).sum()) for _, t in micro_batches)
    if tokens == 0:
        raise ValueError(f"micro_batches must not hold only {ignore_index}")
    optimizer.zero_grad(set_to_none=True)
    total = 0.0
    for i, (x, targets) in enumerate(micro_batches):
        last = i == len(micro_batches) - 1
        sync = last or not hasattr(model, "no_sync")
        with nullcontext() if sync else model.no_sync():  # the forward pass, too
            loss = functional.cross_entropy(
                model(x).flatten(0, -2), targets.flatten(),
                ignore_index=ignore_index, reduction="sum")
            (loss / tokens).backward()
        total += loss.item()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return total / tokens
# --8<-- [end:step]
