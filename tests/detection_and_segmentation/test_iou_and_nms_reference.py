"""The same by counting pixels, by plain loops, and gradients by PyTorch."""

import math

import numpy as np
import torch

from snippets.detection_and_segmentation.iou_and_nms import (
    box_iou,
    generalized_iou,
    nms,
    nms_per_class,
    soft_nms,
)


def integer_boxes(rng: np.random.Generator, count: int, limit: int) -> np.ndarray:
    sides = np.stack([np.sort(rng.permutation(limit + 1)[:2]) for _ in range(2 * count)])
    sides = sides.reshape(count, 2, 2)
    return np.concatenate([sides[:, :, 0], sides[:, :, 1]], axis=1).astype(float)


def pixels(box) -> set:
    x1, y1, x2, y2 = (int(v) for v in box)
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


def test_iou_and_giou_by_counting_pixels():
    rng = np.random.default_rng(0)
    boxes, others = integer_boxes(rng, 12, 13), integer_boxes(rng, 9, 13)
    iou, giou = box_iou(boxes, others), generalized_iou(boxes, others)
    for i, a in enumerate(boxes):
        for j, b in enumerate(others):
            both, union = len(pixels(a) & pixels(b)), len(pixels(a) | pixels(b))
            hull = len(pixels([min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])]))
            assert math.isclose(iou[i, j], both / union, abs_tol=1e-12)
            assert math.isclose(giou[i, j], both / union - (hull - union) / hull, abs_tol=1e-12)


def torch_giou(a, b):
    """IoU and GIoU of two boxes as a differentiable scalar."""
    side = (torch.minimum(a[2:], b[2:]) - torch.maximum(a[:2], b[:2])).clamp(min=0)
    hull = (torch.maximum(a[2:], b[2:]) - torch.minimum(a[:2], b[:2])).prod()
    union = (a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - side.prod()
    return side.prod() / union, side.prod() / union - (hull - union) / hull


def test_between_disjoint_boxes_only_giou_has_a_gradient_and_inside_a_box_it_has_no_more_than_iou():
    target = torch.tensor([0.0, 0, 2, 2], dtype=torch.float64)
    for box, apart in [([5.0, 0, 7, 2], True), ([1.0, 0, 3, 2], False)]:
        box = torch.tensor(box, dtype=torch.float64, requires_grad=True)
        iou, giou = torch_giou(box, target)
        pair = box.detach().numpy()[None], target.numpy()[None]
        np.testing.assert_allclose(iou.item(), box_iou(*pair)[0, 0])
        np.testing.assert_allclose(giou.item(), generalized_iou(*pair)[0, 0])
        gradient = torch.autograd.grad(iou, box, retain_graph=True)[0]
        assert (gradient == 0).all() == apart
        assert torch.autograd.grad(giou, box)[0][0] < 0  # moving left raises GIoU
    # A small box inside the target: the direction that raises IoU is to grow, not to move.
    box = torch.tensor([0.2, 0.2, 0.6, 0.6], dtype=torch.float64, requires_grad=True)
    iou, giou = torch_giou(box, target)
    for value in (iou, giou):
        gradient = torch.autograd.grad(value, box, retain_graph=True)[0]
        torch.testing.assert_close(gradient[0], -gradient[2])  # left edge out, right edge out, equally


def loop_iou(a, b) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height)


def test_suppression_by_plain_loops():
    rng = np.random.default_rng(1)
    boxes, scores = integer_boxes(rng, 80, 40), rng.permutation(80) / 80
    classes = rng.integers(0, 3, 80)
    for threshold in (0.0, 0.15, 0.3):
        kept, kept_by_class = [], []
        for i in np.argsort(-scores):
            if all(loop_iou(boxes[i], boxes[j]) <= threshold for j in kept):
                kept.append(i)
            if all(classes[i] != classes[j] or loop_iou(boxes[i], boxes[j]) <= threshold
                   for j in kept_by_class):
                kept_by_class.append(i)
        assert nms(boxes, scores, threshold).tolist() == kept
        assert nms_per_class(boxes, scores, classes, threshold).tolist() == kept_by_class
        assert len(kept) < len(kept_by_class) < 80


def test_soft_suppression_by_plain_loops():
    rng = np.random.default_rng(2)
    boxes, scores = integer_boxes(rng, 40, 25), rng.uniform(size=40)
    left = {i: scores[i] for i in range(40)}
    order, final = [], []
    while left:
        best = max(left, key=left.get)
        order.append(best)
        final.append(left.pop(best))
        left = {i: s * math.exp(-loop_iou(boxes[i], boxes[best]) ** 2 / 0.3) for i, s in left.items()}
        left = {i: s for i, s in left.items() if s >= 0.01}
    kept, got = soft_nms(boxes, scores, sigma=0.3, min_score=0.01)
    assert kept.tolist() == order and len(order) < 40
    np.testing.assert_allclose(got, final, rtol=1e-12)
