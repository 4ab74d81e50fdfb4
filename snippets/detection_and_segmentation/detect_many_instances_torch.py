"""A one-stage detector for shapes in any number, small enough for one CPU core.

Every cell of a 16 x 16 map answers: a sigmoid score for each class, and the distances to the
four sides of a box. Head and box targets after FCOS, https://arxiv.org/abs/1904.01355, the
loss and the first bias after RetinaNet, https://arxiv.org/abs/1708.02002.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZE, STRIDE, CLASSES = 64, 4, ("rectangle", "ellipse", "triangle")


# --8<-- [start:images]
def make_image(
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One gray image with 0 to 6 shapes, their boxes and labels.

    Sides 8 to 24 pixels, brighter or darker than the ground; a shape whose box
    would overlap an earlier one with an IoU above 0.3 is left out.

    Returns:
        image (64, 64) float32, boxes (M, 4) float64, labels (M,) int64.
    """
    image = rng.normal(0, 0.1, (SIZE, SIZE))
    pixel = np.arange(SIZE) + 0.5
    boxes, labels = [], []
    for _ in range(rng.integers(0, 7)):
        width, height = rng.uniform(8, 24, 2)
        x, y = rng.uniform(0, SIZE - width), rng.uniform(0, SIZE - height)
        box = np.array([x, y, x + width, y + height])
        if any(_iou(box, other) > 0.3 for other in boxes):
            continue
        u = ((pixel - x) / width)[None, :]  # 0 to 1 from left to right
        v = ((pixel - y) / height)[:, None]  # 0 to 1 from top to bottom
        label = int(rng.integers(3))
        inside = [(abs(u - 0.5) < 0.5) & (abs(v - 0.5) < 0.5),
                  (2 * u - 1) ** 2 + (2 * v - 1) ** 2 < 1,
                  (2 * abs(u - 0.5) < v) & (v < 1)][label]
        contrast = rng.uniform(0.4, 0.8) * rng.choice([-1, 1])
        image = np.where(inside, contrast + rng.normal(0, 0.1, image.shape), image)
        boxes.append(box)
        labels.append(label)
    return (image.astype(np.float32), np.array(boxes).reshape(-1, 4),
            np.array(labels, dtype=np.int64))
# --8<-- [end:images]


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    sides = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    areas = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])
    return float(np.prod(sides) / (areas - np.prod(sides)))


# --8<-- [start:network]
class DenseDetector(nn.Module):
    """(N, 1, 64, 64) -> logits (N, 3, 16, 16), boxes (N, 16, 16, 4) in pixels."""

    def __init__(self, width: int = 32, prior: float = 0.01):
        super().__init__()
        layers, channels = [], 1
        for stride in (2, 2, 1, 1, 1):
            out = width if layers else width // 2
            layers += [nn.Conv2d(channels, out, 3, stride, padding=1, bias=False),
                       nn.BatchNorm2d(out), nn.ReLU()]
            channels = out
        self.backbone = nn.Sequential(*layers)  # a cell sees 31 x 31 pixels
        self.score = nn.Conv2d(channels, len(CLASSES), 1)
        self.sides = nn.Conv2d(channels, 4, 1)
        # every score starts at 0.01, so that 764 negatives do not drown 4 positives
        nn.init.constant_(self.score.bias, -math.log((1 - prior) / prior))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        features = self.backbone(images)
        sides = 2 * STRIDE * self.sides(features).clamp(max=4).exp()  # > 0
        sides = sides.permute(0, 2, 3, 1)  # (N, 4, H, W) -> (N, H, W, 4)
        height, width = sides.shape[1:3]
        y, x = torch.meshgrid(torch.arange(height), torch.arange(width),
                              indexing="ij")
        center = (torch.stack([x, y], dim=-1) + 0.5) * STRIDE  # (H, W, 2)
        corners = [center - sides[..., :2], center + sides[..., 2:]]
        return self.score(features), torch.cat(corners, dim=-1)
# --8<-- [end:network]


# --8<-- [start:loss]
def detection_loss(
    logits: Tensor, boxes: Tensor, classes: Tensor, targets: Tensor
) -> tuple[Tensor, Tensor]:
    """Focal loss over all cells and 1 - generalized IoU over the positive ones.

    Args:
        logits: (N, K, H, W).
        boxes: (N, H, W, 4).
        classes: (N, K, H, W), 1 at the class of a positive cell.
        targets: (N, H, W, 4), the box of each positive cell; anything elsewhere.

    Returns:
        Both sums, divided by the number of positive cells of the batch.
    """
    cross_entropy = F.binary_cross_entropy_with_logits(logits, classes,
                                                       reduction="none")
    wrong = 1 - torch.exp(-cross_entropy)  # 1 - p_t
    weight = 0.25 * classes + 0.75 * (1 - classes)
    positive = classes.amax(dim=1) > 0  # (N, H, W)
    count = positive.sum().clamp(min=1)
    focal = (weight * wrong**2 * cross_entropy).sum() / count
    a, b = boxes[positive], targets[positive]  # (P, 4)
    overlap = torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])
    overlap = overlap.clamp(min=0).prod(dim=1)
    area = (a[:, 2:] - a[:, :2]).prod(dim=1)
    union = area + (b[:, 2:] - b[:, :2]).prod(dim=1) - overlap
    hull = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    hull = hull.prod(dim=1)
    giou = overlap / union - (hull - union) / hull
    return focal, (1 - giou).sum() / count
# --8<-- [end:loss]


# --8<-- [start:detect]
@torch.no_grad()
def detect(
    model: DenseDetector, images: Tensor, min_score: float = 0.05, most: int = 100
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Boxes, scores, labels of each image before suppression, best score first."""
    logits, boxes = model(images)
    boxes = boxes.clamp(0, SIZE)
    results = []
    for score, box in zip(logits.sigmoid(), boxes, strict=True):
        label, row, column = torch.nonzero(score >= min_score, as_tuple=True)
        value = score[label, row, column]
        best = value.argsort(descending=True, stable=True)[:most]
        results.append((box[row, column][best].double().numpy(),
                        value[best].double().numpy(), label[best].numpy()))
    return results
# --8<-- [end:detect]
