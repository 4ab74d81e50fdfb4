"""Three ways to silence an error message and keep a loss that never moves. All wrong."""

import torch
from torch import nn


# --8<-- [start:leaf]
def backward_of_a_new_leaf(loss: torch.Tensor) -> torch.Tensor:
    """Wrong: no error any more, and no gradient: the new tensor has no history."""
    loss = torch.tensor(loss.item(), requires_grad=True)
    loss.backward()
    return loss
# --8<-- [end:leaf]


# --8<-- [start:broadcast]
def squared_error(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Wrong for outputs (N, 1) and targets (N,): the difference is (N, N)."""
    return ((outputs - targets) ** 2).mean()
# --8<-- [end:broadcast]


# --8<-- [start:strict]
def load_quietly(model: nn.Module, state: dict[str, torch.Tensor]) -> nn.Module:
    """Wrong: a checkpoint whose names all differ loads nothing, without a word."""
    model.load_state_dict(state, strict=False)
    return model
# --8<-- [end:strict]
