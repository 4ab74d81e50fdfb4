"""Straight-through in PyTorch: the value of one expression, the gradient of another.

The layer with a codebook: van den Oord, Vinyals and Kavukcuoglu, https://arxiv.org/abs/1711.00937.
"""

import torch
import torch.nn.functional as F


# --8<-- [start:trick]
def straight_through(hard: torch.Tensor, soft: torch.Tensor) -> torch.Tensor:
    """The value of ``hard``, with the gradient of ``soft``; shapes equal."""
    return soft + (hard - soft).detach()
# --8<-- [end:trick]


# --8<-- [start:codebook]
def vector_quantize(x: torch.Tensor, codebook: torch.Tensor,
                    commitment: float = 0.25) -> tuple[torch.Tensor, torch.Tensor]:
    """Nearest code for each vector, and the loss that moves codes and encoder.

    Args:
        x: Encoder outputs (N, D).
        codebook: (K, D).
        commitment: Weight of the term that pulls the encoder to its code.

    Returns:
        Codes (N, D) whose gradient goes to ``x`` unchanged, and the scalar loss.
    """
    codes = codebook[torch.cdist(x, codebook).argmin(dim=1)]  # (N, D)
    loss = F.mse_loss(codes, x.detach())
    loss = loss + commitment * F.mse_loss(x, codes.detach())
    return straight_through(codes, x), loss
# --8<-- [end:codebook]
