"""Maxout as a PyTorch layer: one linear map, then a maximum over groups.

Goodfellow et al., *Maxout Networks*, https://arxiv.org/abs/1302.4389.
"""

import torch
from torch import Tensor, nn


# --8<-- [start:layer]
class Maxout(nn.Module):
    """H units with P pieces each: (N, D) -> (N, H).

    Args:
        in_features: Number of inputs D.
        units: Number of units H.
        pieces: Affine pieces per unit P.
    """

    def __init__(self, in_features: int, units: int, pieces: int = 2):
        super().__init__()
        self.shape = (units, pieces)
        self.linear = nn.Linear(in_features, units * pieces)

    def forward(self, x: Tensor) -> Tensor:
        """The maximum over each unit's pieces."""
        groups = self.linear(x).unflatten(-1, self.shape)  # (N, H * P) -> (N, H, P)
        return groups.max(dim=-1).values  # (N, H)
# --8<-- [end:layer]


if __name__ == "__main__":
    layer = Maxout(512, 512, pieces=2)
    print(sum(parameter.numel() for parameter in layer.parameters()), "parameters")
    print(layer(torch.zeros(3, 512)).shape)
