"""The same numbers from PyTorch's losses and from plain loops."""

import itertools
import math

import numpy as np
import torch
from torch.nn import functional as F

from snippets.detection_and_segmentation.ssd import (
    decode,
    default_boxes,
    encode,
    match,
    multibox_loss,
)


def random_boxes(rng: np.random.Generator, count: int) -> np.ndarray:
    corner = rng.uniform(0, 220, (count, 2))
    return np.concatenate([corner, corner + rng.uniform(8, 80, (count, 2))], axis=1)


def loop_iou(a, b) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (area - width * height)


def test_default_boxes_by_the_formulas_of_the_paper():
    scales = [0.1, 0.2, 0.37, 0.54, 0.71, 0.88, 1.05]  # of the released code, for VOC
    expected = []
    for k, cells in enumerate([38, 19, 10, 5, 3, 1]):
        ratios = [1, None, 2, 1 / 2] if k in (0, 4, 5) else [1, None, 2, 1 / 2, 3, 1 / 3]
        for i, j in itertools.product(range(cells), repeat=2):  # row, column
            for ratio in ratios:
                scale = scales[k] if ratio else math.sqrt(scales[k] * scales[k + 1])
                width, height = scale * math.sqrt(ratio or 1), scale / math.sqrt(ratio or 1)
                x, y = (j + 0.5) / cells, (i + 0.5) / cells
                expected.append([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    np.testing.assert_allclose(default_boxes(), 300 * np.array(expected), atol=1e-9)


def test_matching_by_plain_loops():
    rng = np.random.default_rng(0)
    for count in (1, 2, 5, 9):
        defaults, gts = random_boxes(rng, 120), random_boxes(rng, count)
        iou = {(i, j): loop_iou(a, b) for i, a in enumerate(defaults) for j, b in enumerate(gts)}
        expected, taken = {}, set()
        while len(taken) < count:  # greedy, the most overlapping pair first
            free = [pair for pair in iou if pair[0] not in expected and pair[1] not in taken]
            i, j = max(free, key=iou.get)
            if iou[i, j] == 0:
                break
            expected[i] = j
            taken.add(j)
        for i in range(120):
            best = max(range(count), key=lambda j: iou[i, j])
            if i not in expected and iou[i, best] > 0.5:
                expected[i] = best
        np.testing.assert_array_equal(match(defaults, gts), [expected.get(i, -1) for i in range(120)])


def test_offsets_by_scalar_arithmetic():
    rng = np.random.default_rng(1)
    defaults, boxes = random_boxes(rng, 13), random_boxes(rng, 13)
    for d, g, got in zip(defaults, boxes, encode(defaults, boxes), strict=True):
        dw, dh, gw, gh = d[2] - d[0], d[3] - d[1], g[2] - g[0], g[3] - g[1]
        np.testing.assert_allclose(got, [
            (g[0] + gw / 2 - d[0] - dw / 2) / dw / 0.1, (g[1] + gh / 2 - d[1] - dh / 2) / dh / 0.1,
            math.log(gw / dw) / 0.2, math.log(gh / dh) / 0.2])
    np.testing.assert_allclose(decode(defaults, encode(defaults, boxes)), boxes)


def test_loss_and_gradient_by_torch():
    rng = np.random.default_rng(2)
    for num_positive in (1, 7, 30):  # 30 of 90: fewer negatives than three per positive
        labels = np.where(rng.permutation(90) < num_positive, rng.integers(1, 6, 90), 0)
        logits, offsets = rng.normal(0, 3, (90, 6)), rng.normal(0, 2, (90, 4))
        targets = rng.normal(size=(90, 4))
        z = torch.tensor(logits, requires_grad=True)
        t = torch.tensor(offsets, requires_grad=True)
        positive = torch.tensor(labels > 0)
        losses = F.cross_entropy(z, torch.tensor(labels), reduction="none")
        count = min(3 * num_positive, 90 - num_positive)
        hardest = losses[~positive].topk(count).values.sum()
        classification = (losses[positive].sum() + hardest) / num_positive
        box = F.smooth_l1_loss(t[positive], torch.tensor(targets)[positive], reduction="sum") / num_positive
        (classification + box).backward()
        ours = multibox_loss(logits, offsets, labels, targets)
        np.testing.assert_allclose(ours[:2], [classification.item(), box.item()], rtol=1e-12)
        np.testing.assert_allclose(ours[2], z.grad.numpy(), atol=1e-14)
        np.testing.assert_allclose(ours[3], t.grad.numpy(), atol=1e-14)
