"""Multi-head self-attention as a PyTorch module, as one would write it in an interview."""

import torch
from torch import nn


# --8<-- [start:module]
class MultiHeadAttention(nn.Module):
    """Self-attention with several heads; ``causal`` hides later positions."""

    def __init__(self, embed_dim: int, num_heads: int, causal: bool = False):
        super().__init__()
        if embed_dim % num_heads:
            raise ValueError(f"num_heads must divide {embed_dim}, got {num_heads}")
        self.num_heads, self.causal = num_heads, causal
        self.qkv = nn.Linear(embed_dim, 3 * embed_dim)
        self.out = nn.Linear(embed_dim, embed_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, t, d = x.shape
        q, k, v = (one.view(n, t, self.num_heads, -1).transpose(1, 2)
                   for one in self.qkv(x).chunk(3, dim=-1))  # (N, heads, T, d)
        out = nn.functional.scaled_dot_product_attention(
            q, k, v, is_causal=self.causal)
        out = out.transpose(1, 2).reshape(n, t, d)  # view would fail here
        return self.out(out)
# --8<-- [end:module]
