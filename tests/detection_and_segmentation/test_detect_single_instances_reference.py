"""Loss and soft-argmax against PyTorch, forward and gradient, and overlap by counting pixels."""

import numpy as np
import torch

from snippets.detection_and_segmentation import detect_single_instances_torch as in_torch
from snippets.detection_and_segmentation.detect_single_instances import (
    decode_slots,
    paired_giou,
    slot_loss,
    soft_argmax,
    soft_argmax_backward,
)


def integer_boxes(rng, count):
    corner = rng.integers(0, 12, (count, 2))
    return np.concatenate([corner, corner + rng.integers(1, 9, (count, 2))], axis=1)


def test_overlap_by_counting_pixels():
    rng = np.random.default_rng(0)
    a, b = integer_boxes(rng, 40), integer_boxes(rng, 40)
    iou, giou = paired_giou(a.astype(float), b.astype(float))
    for box, other, got, general in zip(a, b, iou, giou, strict=True):
        first, second, hull = np.zeros((3, 24, 24), dtype=bool)
        first[box[1]:box[3], box[0]:box[2]] = True
        second[other[1]:other[3], other[0]:other[2]] = True
        rows, columns = np.nonzero(first | second)
        hull[rows.min():rows.max() + 1, columns.min():columns.max() + 1] = True
        union = (first | second).sum()
        np.testing.assert_allclose(got, (first & second).sum() / union)
        np.testing.assert_allclose(general, got - (hull.sum() - union) / hull.sum())


def test_both_losses_agree():
    rng = np.random.default_rng(1)
    raw = rng.normal(size=(5, 2, 4))
    corner = rng.uniform(0, 30, (5, 2, 2))
    targets = np.concatenate([corner, corner + rng.uniform(4, 18, (5, 2, 2))], axis=-1)
    share = torch.tensor(raw).sigmoid()
    center, size = share.split(2, dim=-1)
    boxes = 48 * torch.cat([center - size / 2, center + size / 2], dim=-1)
    np.testing.assert_allclose(decode_slots(raw, 48, 48), boxes.numpy())
    expected = in_torch.slot_loss(boxes, torch.tensor(targets)).item()
    np.testing.assert_allclose(slot_loss(boxes.numpy(), targets, 48, 48), expected)


def test_soft_argmax_and_its_gradient_by_torch():
    rng = np.random.default_rng(2)
    logits, grad = rng.normal(0, 2, (2, 3, 5, 7)), rng.normal(size=(2, 3, 2))
    z = torch.tensor(logits, requires_grad=True)
    probs = z.flatten(2).softmax(dim=2)
    y, x = torch.meshgrid(torch.arange(5) + 0.5, torch.arange(7) + 0.5, indexing="ij")
    grid = torch.stack([x.flatten(), y.flatten()], dim=1).double()  # (35, 2)
    positions = probs @ grid
    (positions * torch.tensor(grad)).sum().backward()
    np.testing.assert_allclose(soft_argmax(logits)[0], positions.detach().numpy())
    np.testing.assert_allclose(soft_argmax_backward(logits, grad), z.grad.numpy(), atol=1e-14)
