"""A network with one box per class, on images that hold one rectangle and one ellipse."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZE = 48  # pixels of a side
HEADS = ("slots", "pooled", "heatmap")


# --8<-- [start:images]
def make_images(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Gray images with noise, each with one rectangle and one ellipse.

    Sides 10 to 22 pixels, brighter or darker than the ground by 0.4 to 0.8; the
    second shape is drawn over the first.

    Returns:
        images (count, 1, 48, 48) and boxes (count, 2, 4): rectangle, ellipse.
    """
    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(*shape, generator=generator)

    size = uniform(10, 22, count, 2, 2)
    corner = uniform(0, 1, count, 2, 2) * (SIZE - size)
    contrast = uniform(0.4, 0.8, count, 2)
    contrast = contrast * torch.where(uniform(0, 1, count, 2) < 0.5, -1.0, 1.0)
    images = 0.1 * torch.randn(count, SIZE, SIZE, generator=generator)
    pixel = torch.arange(SIZE) + 0.5
    middle, half = corner + size / 2, size / 2
    for shape in range(2):
        dx = (pixel - middle[:, shape, 0, None]) / half[:, shape, 0, None]  # (count, W)
        dy = (pixel - middle[:, shape, 1, None]) / half[:, shape, 1, None]
        dx, dy = dx[:, None, :], dy[:, :, None]
        inside = (dx.abs() < 1) & (dy.abs() < 1) if shape == 0 else dx**2 + dy**2 < 1
        noise = 0.1 * torch.randn(count, SIZE, SIZE, generator=generator)
        images = torch.where(inside, contrast[:, shape, None, None] + noise, images)
    return images[:, None], torch.cat([corner, corner + size], dim=-1)
# --8<-- [end:images]


# --8<-- [start:network]
class SlotDetector(nn.Module):
    """Two boxes from one image: (N, 1, 48, 48) -> (N, 2, 4) in pixels.

    head "slots": flatten the map, two linear layers to 2 x 4 numbers.
    head "pooled": the same after a global average, which drops where things are.
    head "heatmap": soft-argmax for the center, size averaged under the same map.
    """

    def __init__(self, head: str = "slots"):
        super().__init__()
        if head not in HEADS:
            raise ValueError(f"head must be one of {HEADS}, got {head!r}")
        self.head = head
        layers, channels = [], 1
        last = 1 if head == "heatmap" else 2
        for width, stride in ((16, 2), (32, 2), (32, 1), (32, last)):
            layers += [nn.Conv2d(channels, width, 3, stride, padding=1, bias=False),
                       nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        self.backbone = nn.Sequential(*layers)  # 6 x 6 cells; heat map 12 x 12
        if head == "heatmap":
            self.out = nn.Conv2d(channels, 2 * 3, 1)  # each: map, width, height
        else:
            inputs = channels * (36 if head == "slots" else 1)
            self.out = nn.Sequential(nn.Linear(inputs, 128), nn.ReLU(),
                                     nn.Linear(128, 2 * 4))

    def forward(self, images: Tensor) -> Tensor:
        features = self.backbone(images)
        if self.head == "heatmap":
            maps = self.out(features).unflatten(1, (2, 3))  # (N, 2, 3, H, W)
            probs = maps[:, :, 0].flatten(2).softmax(dim=2)
            probs = probs.unflatten(2, maps.shape[3:])  # (N, 2, H, W)
            cells = (torch.arange(maps.shape[-1]) + 0.5) / maps.shape[-1]
            x = (probs.sum(dim=2) * cells).sum(dim=2)
            y = (probs.sum(dim=3) * cells).sum(dim=2)
            center = torch.stack([x, y], dim=-1)  # (N, 2, 2)
            size = (maps[:, :, 1:].sigmoid() * probs[:, :, None]).sum(dim=(3, 4))
        else:
            if self.head == "pooled":
                features = features.mean(dim=(2, 3))  # (N, C)
            shares = self.out(features.flatten(1)).view(-1, 2, 4).sigmoid()
            center, size = shares.split(2, dim=-1)
        return SIZE * torch.cat([center - size / 2, center + size / 2], dim=-1)
# --8<-- [end:network]


# --8<-- [start:loss]
def paired_giou(boxes: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalized IoU of each box with its own target: (..., 4) -> (...)."""
    top_left = torch.maximum(boxes[..., :2], targets[..., :2])
    bottom_right = torch.minimum(boxes[..., 2:], targets[..., 2:])
    overlap = (bottom_right - top_left).clamp(min=0).prod(dim=-1)
    area = (boxes[..., 2:] - boxes[..., :2]).prod(dim=-1)
    union = area + (targets[..., 2:] - targets[..., :2]).prod(dim=-1) - overlap
    outer = torch.maximum(boxes[..., 2:], targets[..., 2:])
    hull = (outer - torch.minimum(boxes[..., :2], targets[..., :2])).prod(dim=-1)
    iou = overlap / union
    return iou, iou - (hull - union) / hull


def slot_loss(boxes: Tensor, targets: Tensor, overlap: bool = True) -> Tensor:
    """L1 in shares of the image, with overlap plus 1 - generalized IoU; mean over slots."""
    distance = F.l1_loss(boxes, targets, reduction="none").sum(dim=-1) / SIZE
    if overlap:
        distance = distance + 1 - paired_giou(boxes, targets)[1]
    return distance.mean()
# --8<-- [end:loss]


# --8<-- [start:train]
def train(head: str, seed: int, steps: int = 600, overlap: bool = True,
          shuffle: bool = False, lr: float | None = None) -> tuple[SlotDetector, list[float]]:
    """Train on fresh images by Adam; with shuffle, the two targets come in random order.

    Without lr, the best of a few that were tried: 0.003 for the heat map, else 0.001.

    Returns:
        The network in evaluation mode and the loss of every step.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = SlotDetector(head)
    lr = lr or (3e-3 if head == "heatmap" else 1e-3)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    losses = []
    for _ in range(steps):
        images, targets = make_images(32, generator)
        if shuffle:
            swap = torch.rand(len(targets), 1, 1, generator=generator) < 0.5
            targets = torch.where(swap, targets.flip(1), targets)
        loss = slot_loss(model(images), targets, overlap)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return model.eval(), losses
# --8<-- [end:train]
