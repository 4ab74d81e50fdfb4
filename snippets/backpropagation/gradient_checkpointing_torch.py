"""Checkpointing in PyTorch, and a count of what autograd keeps for the backward pass."""

from collections.abc import Callable

import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.checkpoint import checkpoint


class Block(nn.Module):
    """x + dropout(tanh(linear(layer_norm(x)))), any leading shape."""

    def __init__(self, features: int, dropout: float = 0.0) -> None:
        """Normalization, a square linear layer, and dropout."""
        super().__init__()
        self.norm, self.linear = nn.LayerNorm(features), nn.Linear(features, features)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The block's output, in the shape of x."""
        return x + self.dropout(torch.tanh(self.linear(self.norm(x))))


# --8<-- [start:chain]
def run(blocks: nn.ModuleList, x: torch.Tensor,
        segment: int | None) -> torch.Tensor:
    """A chain of blocks; each ``segment`` of them keeps its input only."""
    if segment is None:
        for block in blocks:
            x = block(x)
        return x
    for start in range(0, len(blocks), segment):
        part = nn.Sequential(*blocks[start : start + segment])
        x = checkpoint(part, x, use_reentrant=False)  # the choice must be explicit
    return x


def at_the_turn(blocks: nn.ModuleList, x: torch.Tensor,
                segment: int | None) -> torch.Tensor:
    """What is alive once the last segment has run again: that one keeps all."""
    if segment is None:
        return run(blocks, x, None)
    return run(blocks[-segment:], run(blocks[:-segment], x, segment), None)
# --8<-- [end:chain]


# --8<-- [start:measure]
def kept_bytes(forward: Callable[[], torch.Tensor], parameters: list) -> int:
    """Bytes that autograd keeps for the backward pass, parameters left out.

    Several operations may keep the same tensor: each storage counts once.
    """
    known = {p.untyped_storage().data_ptr() for p in parameters}
    storages: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in known:
            storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        out = forward()  # alive until we have counted, or addresses would be reused
    total = sum(storages.values())
    del out
    return total
# --8<-- [end:measure]


if __name__ == "__main__":
    torch.manual_seed(0)
    blocks, x = nn.ModuleList(Block(32) for _ in range(36)), torch.randn(64, 32, requires_grad=True)
    for segment in (None, 1, 2, 3, 4, 6, 9, 12, 18, 36):
        kept = kept_bytes(lambda segment=segment: at_the_turn(blocks, x, segment), list(blocks.parameters()))
        print(segment, kept / (x.numel() * 4))
