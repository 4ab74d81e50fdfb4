"""The head and the loss of the region proposal network in PyTorch.

Ren, He, Girshick and Sun, https://arxiv.org/abs/1506.01497, section 3.1.
"""

import torch
from torch import nn
from torch.nn import functional as F


# --8<-- [start:head]
class RPNHead(nn.Module):
    """A 3x3 convolution, then one 1x1 convolution for scores and one for offsets.

    Args:
        in_channels: Channels of the backbone's feature map, 512 for VGG-16.
        hidden: Channels between, 512 for VGG-16.
        num_anchors: Anchors A per cell.
        scores: Outputs per anchor: 1 for a sigmoid, 2 for the paper's softmax.
    """

    def __init__(
        self, in_channels: int, hidden: int, num_anchors: int = 9, scores: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, hidden, 3, padding=1)
        self.cls = nn.Conv2d(hidden, scores * num_anchors, 1)
        self.reg = nn.Conv2d(hidden, 4 * num_anchors, 1)
        self.num_anchors = num_anchors
        for layer in (self.conv, self.cls, self.reg):
            nn.init.normal_(layer.weight, std=0.01)  # the paper's choice
            nn.init.zeros_(layer.bias)

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, C, H, W) -> (N, H * W * A, scores) and offsets (N, H * W * A, 4).

        The order is that of the anchors: rows, columns, anchors of the cell.
        """
        x = F.relu(self.conv(features))
        return self._per_anchor(self.cls(x)), self._per_anchor(self.reg(x))

    def _per_anchor(self, x: torch.Tensor) -> torch.Tensor:
        n, _, height, width = x.shape
        x = x.view(n, self.num_anchors, -1, height, width)
        x = x.permute(0, 3, 4, 1, 2)  # (N, A, D, H, W) -> (N, H, W, A, D)
        return x.reshape(n, height * width * self.num_anchors, -1)
# --8<-- [end:head]


# --8<-- [start:loss]
def rpn_loss(
    logits: torch.Tensor, offsets: torch.Tensor,
    labels: torch.Tensor, targets: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Both terms of one image as libraries compute them: divided by the minibatch.

    Args:
        logits: (N,).
        offsets: (N, 4) predicted.
        labels: (N,), 1, 0 or -1 (outside the minibatch); at least one is not -1.
        targets: (N, 4).
    """
    kept = labels >= 0
    is_object = labels == 1
    objectness = F.binary_cross_entropy_with_logits(
        logits[kept], labels[kept].to(logits.dtype))
    box = F.smooth_l1_loss(
        offsets[is_object], targets[is_object], beta=1 / 9, reduction="sum")
    return objectness, box / kept.sum()
# --8<-- [end:loss]


if __name__ == "__main__":
    for scores in (2, 1):
        head = RPNHead(512, 512, scores=scores)
        counts = [sum(p.numel() for p in layer.parameters()) for layer in head.children()]
        print(f"{scores} scores per anchor: {counts} = {sum(counts):,}")
