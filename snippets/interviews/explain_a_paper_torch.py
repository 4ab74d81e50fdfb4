"""A mock-up: a small vision transformer whose normalization can be swapped for DyT.

Zhu, Chen, He, LeCun and Liu, *Transformers without Normalization*,
https://arxiv.org/abs/2503.10622.
"""

from collections.abc import Callable

import torch
from torch import nn


# --8<-- [start:layer]
class DyT(nn.Module):
    """weight * tanh(alpha * x) + bias for x (..., D): no mean, no variance."""

    def __init__(self, size: int, alpha: float = 0.5):
        super().__init__()
        self.alpha = nn.Parameter(torch.tensor(alpha))  # one number per layer
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Entry by entry: (..., D) -> (..., D)."""
        return self.weight * torch.tanh(self.alpha * x) + self.bias
# --8<-- [end:layer]


# --8<-- [start:block]
class Block(nn.Module):
    """Pre-norm transformer block; ``norm`` makes a layer from the width D."""

    def __init__(self, size: int, heads: int, norm: Callable[[int], nn.Module]):
        super().__init__()
        self.norm1, self.norm2 = norm(size), norm(size)
        self.attention = nn.MultiheadAttention(size, heads, batch_first=True)
        self.mlp = nn.Sequential(
            nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Tokens (N, T, D) -> (N, T, D)."""
        y = self.norm1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class TinyViT(nn.Module):
    """8 x 8 images in 16 patches of 2 x 2, to 10 logits."""

    def __init__(self, norm: Callable[[int], nn.Module], size=32, heads=4, depth=4):
        super().__init__()
        self.embed = nn.Linear(4, size)
        self.position = nn.Parameter(0.02 * torch.randn(16, size))
        blocks = (Block(size, heads, norm) for _ in range(depth))
        self.blocks = nn.Sequential(*blocks)
        self.norm, self.head = norm(size), nn.Linear(size, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Images (N, 8, 8) -> logits (N, 10)."""
        x = x.unfold(1, 2, 2).unfold(2, 2, 2)  # (N, 8, 8) -> (N, 4, 4, 2, 2)
        x = self.embed(x.reshape(-1, 16, 4)) + self.position  # -> (N, 16, D)
        return self.head(self.norm(self.blocks(x)).mean(dim=1))
# --8<-- [end:block]


if __name__ == "__main__":
    for name, norm in [("LayerNorm", nn.LayerNorm), ("DyT", DyT)]:
        print(name, sum(p.numel() for p in TinyViT(norm).parameters()))
