"""A network with an external memory: content-addressed reading, ring writing, in PyTorch.

The addressing is that of the Neural Turing Machine, https://arxiv.org/abs/1410.5401; its
location-based addressing and its recurrent controller are left out.
"""

import torch
from torch import nn
from torch.nn import functional as F


# --8<-- [start:network]
class MemoryNetwork(nn.Module):
    """Writes one row per step of a sequence, then reads once by content.

    Args:
        features: D, numbers per input.
        width: W, numbers per row of the memory.
        num_classes: K, size of the output.
    """

    def __init__(self, features: int, width: int, num_classes: int):
        super().__init__()
        self.row = nn.Linear(features, width)  # what to write
        self.key = nn.Linear(features, width)  # what to look for
        self.log_strength = nn.Parameter(torch.zeros(()))
        self.out = nn.Linear(width, num_classes)

    def forward(self, items: torch.Tensor, query: torch.Tensor, slots: int):
        """Logits (N, K) and read weights (N, R) for items (T, N, D), query (N, D).

        The number of slots R is no parameter: it may differ from call to call.
        """
        size = (len(query), slots, self.row.out_features)  # (N, R, W)
        memory = query.new_full(size, 1e-6)
        for t, row in enumerate(torch.tanh(self.row(items))):  # (N, W)
            weights = F.one_hot(torch.tensor(t % slots), slots).to(row.dtype)
            keep = 1 - weights[:, None]  # (R, 1), erases the oldest row
            memory = memory * keep + weights[:, None] * row[:, None]  # (N, R, W)
        key = self.key(query)
        similarity = F.cosine_similarity(memory, key[:, None], dim=2)  # (N, R)
        weights = (self.log_strength.exp() * similarity).softmax(dim=1)
        return self.out((weights[:, None] @ memory)[:, 0]), weights
# --8<-- [end:network]
