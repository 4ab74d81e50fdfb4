"""The same numbers from PyTorch."""

import re

import numpy as np
import pytest
import torch

from snippets.detection_and_segmentation.yolo import decode_anchors, encode_grid, yolo_loss


def torch_loss(predictions: torch.Tensor, targets: torch.Tensor, num_boxes: int) -> torch.Tensor:
    """The paper's formula, cell by cell, in the image's coordinates."""
    cells, parts = len(predictions), [predictions.new_zeros(()) for _ in range(4)]
    for row in range(cells):
        for column in range(cells):
            cell, target = predictions[row, column], targets[row, column]
            boxes = cell[: 5 * num_boxes].view(num_boxes, 5)
            best = -1
            if target[0] == 1:
                corner = torch.tensor([column, row], dtype=cell.dtype)
                true_center = (corner + target[1:3]) / cells
                with torch.no_grad():
                    iou = []
                    for box in boxes:
                        center, size = (corner + box[:2]) / cells, box[2:4].square()
                        low = torch.maximum(center - size / 2, true_center - target[3:5] / 2)
                        high = torch.minimum(center + size / 2, true_center + target[3:5] / 2)
                        overlap = (high - low).clamp(min=0).prod()
                        iou.append(overlap / (size.prod() + target[3:5].prod() - overlap))
                    best = int(torch.stack(iou).argmax())
                goal = torch.cat([target[1:3], target[3:5].sqrt()])
                parts[0] = parts[0] + 5 * (boxes[best, :4] - goal).square().sum()
                parts[1] = parts[1] + (boxes[best, 4] - iou[best]).square()
                parts[3] = parts[3] + (cell[5 * num_boxes:] - target[5:]).square().sum()
            for b in range(num_boxes):
                if b != best:
                    parts[2] = parts[2] + 0.5 * boxes[b, 4].square()
    return torch.stack(parts)


def test_loss_and_gradient_by_torch():
    rng = np.random.default_rng(0)
    for num_boxes, num_classes, cells in [(2, 20, 7), (3, 5, 4), (1, 2, 3)]:
        corner = rng.uniform(0, 300, (6, 2))
        boxes = np.concatenate([corner, corner + rng.uniform(10, 148, (6, 2))], axis=1)
        targets = encode_grid(boxes, rng.integers(0, num_classes, 6), 448, cells, num_classes)
        predictions = rng.uniform(0, 1, (cells, cells, num_boxes * 5 + num_classes))
        z = torch.tensor(predictions, requires_grad=True)
        parts = torch_loss(z, torch.tensor(targets), num_boxes)
        parts.sum().backward()
        losses, grad = yolo_loss(predictions, targets, num_boxes)
        np.testing.assert_allclose(losses, parts.detach().numpy(), rtol=1e-10)
        np.testing.assert_allclose(grad, z.grad.numpy(), atol=1e-12)


def test_boxes_of_later_versions_by_torch():
    rng = np.random.default_rng(1)
    offsets, priors = rng.normal(0, 2, (3, 5, 2, 4)), rng.uniform(10, 90, (2, 2))
    boxes = decode_anchors(offsets, priors, 16).reshape(3, 5, 2, 4)
    t = torch.tensor(offsets)
    for row, column, a in [(0, 0, 0), (2, 4, 1), (1, 3, 0)]:
        cell = torch.tensor([column, row])
        center = (torch.sigmoid(t[row, column, a, :2]) + cell) * 16
        size = torch.tensor(priors[a]) * torch.exp(t[row, column, a, 2:])
        expected = torch.cat([center - size / 2, center + size / 2]).numpy()
        np.testing.assert_allclose(boxes[row, column, a], expected)


def test_predictions_that_do_not_fit_are_refused_with_both_shapes_and_the_number_of_boxes():
    predictions, targets = np.zeros((7, 7, 30)), np.zeros((7, 7, 25))
    refused = "predictions (7, 7, 30) do not fit targets (7, 7, 25) with 3 boxes per cell"
    with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
        yolo_loss(predictions, targets, 3)
