"""The same numbers by counting pixels, by plain loops and by PyTorch's losses."""

import math

import numpy as np
import torch
from torch.nn import functional as F

from snippets.detection_and_segmentation.region_proposal_network import (
    box_iou,
    encode,
    label_anchors,
    make_anchors,
    propose,
    rpn_loss,
    sample_labels,
)
from snippets.detection_and_segmentation.region_proposal_network_torch import rpn_loss as torch_loss

# The nine anchors of the released code around cell (0, 0), inclusive pixel indices: it rounds
# their sides, so 184 x 96 stands where 181.02 x 90.51 keeps the area.
RELEASED = np.array([
    [-83, -39, 100, 56], [-55, -55, 72, 72], [-35, -79, 52, 96],
    [-175, -87, 192, 104], [-119, -119, 136, 136], [-79, -167, 96, 184],
    [-359, -183, 376, 200], [-247, -247, 264, 264], [-167, -343, 184, 360],
], dtype=float)


def integer_boxes(rng: np.random.Generator, count: int, height: int, width: int) -> np.ndarray:
    x = np.sort(np.stack([rng.permutation(width + 1)[:2] for _ in range(count)]), axis=1)
    y = np.sort(np.stack([rng.permutation(height + 1)[:2] for _ in range(count)]), axis=1)
    return np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1).astype(float)


def pixels(box) -> set:
    x1, y1, x2, y2 = (int(v) for v in box)
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


def loop_iou(a, b) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (area - width * height)


def loop_labels(anchors, boxes, height, width) -> list[int]:
    """One anchor and one box at a time, the way the paper words the rules."""
    inside = [a[0] >= 0 and a[1] >= 0 and a[2] <= width and a[3] <= height for a in anchors]
    highest = [max((loop_iou(a, b) for a, ok in zip(anchors, inside, strict=True) if ok), default=0.0)
               for b in boxes]
    labels = []
    for anchor, ok in zip(anchors, inside, strict=True):
        overlaps = [loop_iou(anchor, box) for box in boxes]
        is_best = any(o > 0 and math.isclose(o, h, rel_tol=1e-9)
                      for o, h in zip(overlaps, highest, strict=True))
        if not ok:
            labels.append(-1)
        elif is_best or any(o >= 0.7 for o in overlaps):
            labels.append(1)
        elif all(o < 0.3 for o in overlaps):
            labels.append(0)
        else:
            labels.append(-1)
    return labels


def test_iou_by_counting_pixels():
    rng = np.random.default_rng(0)
    boxes, others = integer_boxes(rng, 12, 13, 17), integer_boxes(rng, 9, 13, 17)
    expected = [[len(pixels(a) & pixels(b)) / len(pixels(a) | pixels(b)) for b in others]
                for a in boxes]
    np.testing.assert_allclose(box_iou(boxes, others), expected, atol=1e-12)


def test_labels_by_plain_loops():
    rng = np.random.default_rng(1)
    anchors = make_anchors(9, 13, 16, (32, 64), (0.5, 1, 2))
    seen = set()
    for count in [0, 1, 2, 5, 7, 11]:
        boxes = integer_boxes(rng, count, 144, 208) if count else np.zeros((0, 4))
        labels, matched = label_anchors(anchors, boxes, 144, 208)
        expected = loop_labels(anchors.tolist(), boxes.tolist(), 144, 208)
        np.testing.assert_array_equal(labels, expected)
        for i in np.flatnonzero(labels == 1):
            overlaps = [loop_iou(anchors[i], box) for box in boxes]
            assert loop_iou(anchors[i], matched[i]) == max(overlaps)
        seen |= set(labels.tolist())
    assert seen == {-1, 0, 1}


def test_the_released_anchors_are_ours_but_for_rounding():
    # Inclusive indices -83..100 are the continuous box -83..101, centered on (9, 9); ours sit on (8, 8).
    released = RELEASED + np.array([0, 0, 1, 1])
    ours = make_anchors(1, 1)
    assert np.abs((released[:, :2] + released[:, 2:]) / 2 - (ours[:, :2] + ours[:, 2:]) / 2).max() <= 1
    assert (np.diag(box_iou(released, ours)) > 0.9).all()
    area = np.prod(released[:, 2:] - released[:, :2], axis=1)
    np.testing.assert_array_equal(area[:3], [184 * 96, 128 * 128, 88 * 176])
    for rows, columns, width, expected in [(38, 63, 1000, 7_790), (38, 50, 800, 5_700)]:
        y, x = np.mgrid[:rows, :columns] * 16
        shifted = np.stack([x, y, x, y], axis=-1).reshape(-1, 1, 4) + RELEASED
        inside = (shifted[..., :2] >= 0).all(-1) & (shifted[..., 2:] < (width, 600)).all(-1)
        assert inside.sum() == expected


def test_offsets_by_scalar_arithmetic():
    rng = np.random.default_rng(2)
    anchors, boxes = integer_boxes(rng, 15, 300, 500), integer_boxes(rng, 15, 300, 500)
    for anchor, box, got in zip(anchors, boxes, encode(anchors, boxes), strict=True):
        wa, ha, w, h = anchor[2] - anchor[0], anchor[3] - anchor[1], box[2] - box[0], box[3] - box[1]
        expected = [((box[0] + w / 2) - (anchor[0] + wa / 2)) / wa,
                    ((box[1] + h / 2) - (anchor[1] + ha / 2)) / ha, math.log(w / wa), math.log(h / ha)]
        np.testing.assert_allclose(got, expected, atol=1e-12)


def test_loss_and_gradient_by_torch():
    rng = np.random.default_rng(3)
    for beta in (1.0, 1 / 9):
        labels = sample_labels(rng.integers(-1, 2, 60).astype(np.int8), rng, 30, 15)
        logits, offsets, targets = rng.normal(0, 3, 60), rng.normal(size=(60, 4)), rng.normal(size=(60, 4))
        z = torch.tensor(logits, requires_grad=True)
        t = torch.tensor(offsets, requires_grad=True)
        kept, is_object = torch.tensor(labels >= 0), torch.tensor(labels == 1)
        cls = F.binary_cross_entropy_with_logits(z[kept], torch.tensor(labels[labels >= 0], dtype=z.dtype))
        reg = F.smooth_l1_loss(t[is_object], torch.tensor(targets)[is_object], beta=beta, reduction="sum")
        reg = 10 * reg / 2400
        (cls + reg).backward()
        objectness, box, grad_logits, grad_offsets = rpn_loss(
            logits, offsets, labels, targets, 2400, 10.0, beta)
        np.testing.assert_allclose([objectness, box], [cls.item(), reg.item()], rtol=1e-12)
        np.testing.assert_allclose(grad_logits, z.grad.numpy(), atol=1e-15)
        np.testing.assert_allclose(grad_offsets, t.grad.numpy(), atol=1e-15)


def test_dividing_by_the_minibatch_is_nearly_lambda_over_locations():
    rng = np.random.default_rng(4)
    labels = np.repeat(np.array([1, 0], np.int8), [100, 156])
    logits, offsets, targets = rng.normal(size=256), rng.normal(size=(256, 4)), rng.normal(size=(256, 4))
    paper = rpn_loss(logits, offsets, labels, targets, 2400, 10.0, 1 / 9)
    code = torch_loss(*(torch.tensor(a) for a in (logits, offsets, labels, targets)))
    np.testing.assert_allclose(code[0].item(), paper[0], rtol=1e-12)
    np.testing.assert_allclose(code[1].item() / paper[1], 240 / 256, rtol=1e-12)


def test_suppression_by_plain_loops():
    rng = np.random.default_rng(5)
    boxes = integer_boxes(rng, 80, 60, 90)
    logits = rng.permutation(80).astype(float)
    ours, scores = propose(boxes, logits, np.zeros((80, 4)), 60, 90, max_iou=0.3, min_size=1.0)
    kept = []
    for i in sorted(range(80), key=lambda i: -logits[i]):
        if all(loop_iou(boxes[i], boxes[j]) <= 0.3 for j in kept):
            kept.append(i)
    np.testing.assert_array_equal(scores, logits[kept])
    np.testing.assert_allclose(ours, boxes[kept], atol=1e-9)
    assert 5 < len(kept) < 80
