"""A decoder block as language models of 2026 have it, without the position code.

RMSNorm: https://arxiv.org/abs/1910.07467; SwiGLU: https://arxiv.org/abs/2002.05202.
"""

import torch
from torch import nn


# --8<-- [start:block]
class Block(nn.Module):
    """Causal, pre-norm, RMSNorm, SwiGLU, no biases: (N, T, D) -> (N, T, D)."""

    def __init__(self, width: int, num_heads: int, hidden: int):
        super().__init__()
        self.num_heads = num_heads
        self.norm1, self.norm2 = nn.RMSNorm(width), nn.RMSNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, t, d = x.shape
        q, k, v = (one.view(n, t, self.num_heads, -1).transpose(1, 2)
                   for one in self.qkv(self.norm1(x)).chunk(3, dim=-1))
        # Here q and k would be rotated by position.
        a = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(a.transpose(1, 2).reshape(n, t, d))
        gate, up = self.gate_up(self.norm2(x)).chunk(2, dim=-1)  # (N, T, hidden)
        return x + self.down(nn.functional.silu(gate) * up)
# --8<-- [end:block]
