"""The score against the COCO tool's own numbers and a second implementation; the losses against PyTorch."""

import numpy as np
import torch
from sklearn.metrics import average_precision_score

from snippets.detection_and_segmentation.detect_many_instances import (
    COCO_THRESHOLDS,
    average_precision,
    box_iou,
    focal_loss,
    mean_average_precision,
    suppress,
)
from snippets.detection_and_segmentation.detect_many_instances_torch import detection_loss

# COCOeval of pycocotools 2.0.11 on scene(seed): AP at 0.50:0.95, at 0.50 and at 0.75
PYCOCOTOOLS = {
    0: (0.3693107387102155, 0.6154276383391878, 0.43227590753229506),
    1: (0.3346061638016623, 0.6401824294151026, 0.36844455605360493),
    2: (0.28693603884197943, 0.5836604539574836, 0.2633872911100634),
}


def scene(seed: int, images: int = 12, num_classes: int = 3) -> tuple[list, list]:
    """Objects, and detections around them: shaken, doubled, of a wrong class, missing, or of nothing."""
    rng = np.random.default_rng(seed)
    truths, detections = [], []
    for _ in range(images):
        count = int(rng.integers(0, 6))
        corner, size = rng.uniform(0, 60, (count, 2)), rng.uniform(8, 30, (count, 2))
        boxes, labels = np.concatenate([corner, corner + size], 1), rng.integers(0, num_classes, count)
        truths.append((boxes, labels))
        repeat = rng.integers(0, 4, count)
        shaken = np.repeat(boxes, repeat, axis=0)
        shaken = shaken + rng.normal(0, 1.5, shaken.shape)
        found = np.repeat(labels, repeat)
        found = np.where(rng.random(len(found)) < 0.1, (found + 1) % num_classes, found)
        alarms = rng.uniform(0, 60, (int(rng.integers(0, 3)), 2))
        shaken = np.concatenate([shaken, np.concatenate([alarms, alarms + 15], axis=1)])
        found = np.concatenate([found, rng.integers(0, num_classes, len(alarms))])
        scores = rng.permutation(1000)[:len(found)] / 1000 + rng.random() / 1e4  # no ties
        detections.append((shaken, scores, found))
    return detections, truths


def plain_map(detections, truths, num_classes, threshold) -> float:
    """One detection at a time, every recall level searched anew."""
    values = []
    for label in range(num_classes):
        free = {(n, i) for n, (_, labels) in enumerate(truths)
                for i in np.flatnonzero(labels == label).tolist()}
        total = len(free)
        if not total:
            continue
        ranked = sorted(((score, n, i) for n, (_, scores, found) in enumerate(detections)
                         for i, score in enumerate(scores.tolist()) if found[i] == label),
                        reverse=True)
        points, right = [], 0
        for rank, (_, n, i) in enumerate(ranked, start=1):
            overlaps = {key: box_iou(detections[n][0][[i]], truths[n][0][[key[1]]])[0, 0]
                        for key in free if key[0] == n}
            best = max(overlaps, key=overlaps.get, default=None)
            if best is not None and overlaps[best] >= threshold:
                free.discard(best)
                right += 1
            points.append((right / total, right / rank))
        values.append(np.mean([max((p for r, p in points if r >= level), default=0.0)
                               for level in np.linspace(0, 1, 101)]))
    return float(np.mean(values))


def test_the_score_is_the_one_of_the_coco_tool():
    for seed, (coco, at_50, at_75) in PYCOCOTOOLS.items():
        detections, truths = scene(seed)
        np.testing.assert_allclose(mean_average_precision(detections, truths, 3), coco, atol=1e-12)
        np.testing.assert_allclose(mean_average_precision(detections, truths, 3, (0.5,)), at_50)
        np.testing.assert_allclose(mean_average_precision(detections, truths, 3, (0.75,)), at_75)


def test_the_score_by_plain_loops():
    for seed in range(3, 8):
        detections, truths = scene(seed)
        for threshold in (0.5, COCO_THRESHOLDS[6]):
            np.testing.assert_allclose(mean_average_precision(detections, truths, 3, (threshold,)),
                                       plain_map(detections, truths, 3, threshold))


def test_interpolation_only_raises_what_scikit_learn_computes():
    """Without objects that are never found, and with many ranks, both areas nearly agree."""
    rng = np.random.default_rng(0)
    scores = rng.permutation(4000) / 4000
    hits = rng.random(4000) < scores
    ours, area = average_precision(scores, hits, hits.sum()), average_precision_score(hits, scores)
    assert area < ours + 1 / 101 and abs(ours - area) < 0.01


def test_suppression_by_plain_loops():
    rng = np.random.default_rng(1)
    corner = rng.uniform(0, 40, (70, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(10, 30, (70, 2))], axis=1)
    scores, labels = rng.permutation(70) / 70, rng.integers(0, 2, 70)
    iou, kept = box_iou(boxes, boxes), []
    for i in sorted(range(70), key=lambda i: -scores[i]):
        if not any(labels[j] == labels[i] and iou[i, j] > 0.3 for j in kept):
            kept.append(i)
    assert suppress(boxes, scores, labels, 0.3).tolist() == kept and 5 < len(kept) < 65


def test_the_focal_loss_and_its_gradient_by_torch():
    rng = np.random.default_rng(2)
    logits, targets = rng.normal(0, 4, (3, 5, 7)), (rng.random((3, 5, 7)) < 0.2).astype(float)
    for gamma, alpha in ((2.0, 0.25), (0.0, 0.5), (1.0, 0.7)):
        z = torch.tensor(logits, requires_grad=True)
        t = torch.tensor(targets)
        p = z.sigmoid()
        right, weight = p * t + (1 - p) * (1 - t), alpha * t + (1 - alpha) * (1 - t)
        loss = -weight * (1 - right) ** gamma * right.log()
        loss.sum().backward()
        ours, grad = focal_loss(logits, targets, gamma, alpha)
        np.testing.assert_allclose(ours, loss.detach().numpy(), rtol=1e-9)
        np.testing.assert_allclose(grad, z.grad.numpy(), rtol=1e-7, atol=1e-12)


def test_the_loss_of_the_small_detector_is_the_same_sum():
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(2, 3, 4, 5))
    classes = np.zeros((2, 3, 4, 5))
    classes[0, 1, 2, 3] = classes[1, 0, 0, 0] = classes[1, 2, 3, 4] = 1
    corner = rng.uniform(0, 9, (2, 2, 4, 5, 2))
    boxes, targets = np.concatenate([corner, corner + rng.uniform(3, 9, corner.shape)], axis=-1)
    focal, box = detection_loss(*(torch.tensor(a) for a in (logits, boxes, classes, targets)))
    np.testing.assert_allclose(focal.item(), focal_loss(logits, classes)[0].sum() / 3, rtol=1e-9)
    giou = []
    for n, row, column in ((0, 2, 3), (1, 0, 0), (1, 3, 4)):
        a, b = boxes[n, row, column], targets[n, row, column]
        iou = box_iou(a[None], b[None])[0, 0]
        area = sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b))
        union = area / (1 + iou)
        hull = np.prod(np.maximum(a[2:], b[2:]) - np.minimum(a[:2], b[:2]))
        giou.append(iou - (hull - union) / hull)
    np.testing.assert_allclose(box.item(), np.mean(1 - np.array(giou)), rtol=1e-9)
