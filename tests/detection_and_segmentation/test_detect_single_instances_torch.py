"""The images hold what their boxes say, and each head gives two boxes."""

import pytest
import torch

from snippets.detection_and_segmentation.detect_single_instances_torch import (
    SIZE,
    SlotDetector,
    make_images,
    paired_giou,
    slot_loss,
)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_each_image_holds_one_rectangle_and_one_ellipse_inside_the_frame():
    images, boxes = make_images(50, generator(0))
    assert images.shape == (50, 1, SIZE, SIZE) and boxes.shape == (50, 2, 4)
    sides = boxes[..., 2:] - boxes[..., :2]
    assert sides.min() >= 10 - 1e-4 and sides.max() <= 22 + 1e-4  # float32 rounds the corners
    assert boxes.min() >= 0 and boxes.max() <= SIZE
    # the ellipse is drawn last, so its middle always shows its contrast
    for image, (_, ellipse) in zip(images[:, 0], boxes, strict=True):
        x, y = ((ellipse[:2] + ellipse[2:]) / 2).int().tolist()
        patch = image[y - 1:y + 2, x - 1:x + 2]
        assert patch.mean().abs() > 0.25  # 0.4 at least, 9 pixels of noise 0.1
    ground = torch.ones(50, SIZE, SIZE, dtype=torch.bool)
    for mask, pair in zip(ground, boxes, strict=True):
        for x1, y1, x2, y2 in pair.tolist():
            mask[int(y1):int(y2) + 1, int(x1):int(x2) + 1] = False
    noise = images[:, 0][ground]
    assert abs(noise.std().item() - 0.1) < 0.002 and noise.mean().abs() < 0.002


def test_the_same_seed_gives_the_same_images():
    first, second = make_images(3, generator(1))[0], make_images(3, generator(1))[0]
    assert torch.equal(first, second) and not torch.equal(first, make_images(3, generator(2))[0])


def test_every_head_gives_two_boxes_of_positive_size():
    images, _ = make_images(3, generator(3))
    for head in ("slots", "pooled", "heatmap"):
        boxes = SlotDetector(head)(images)
        assert boxes.shape == (3, 2, 4)
        assert (boxes[..., 2:] > boxes[..., :2]).all()
    with pytest.raises(ValueError, match=r"head.*anchors"):
        SlotDetector("anchors")


def test_the_pooled_head_cannot_tell_where_and_the_others_can():
    """Moving all features by a cell changes no average, and moves the heat map's answer."""
    features = torch.zeros(1, 32, 12, 12)
    features[0, :, 3, 3] = 4.0
    moved = features.roll((2, 5), dims=(2, 3))
    for head, same in (("pooled", True), ("slots", False), ("heatmap", False)):
        model = SlotDetector(head).eval()
        model.backbone = torch.nn.AvgPool2d(2) if head == "slots" else torch.nn.Identity()
        before, after = model(features), model(moved)
        assert torch.allclose(before, after, atol=1e-4) == same, head


def test_the_loss_with_and_without_the_overlap_term():
    boxes = torch.tensor([[[0.0, 0, 10, 10]]])
    targets = torch.tensor([[[0.0, 0, 10, 20]]])
    assert abs(slot_loss(boxes, targets, overlap=False).item() - 10 / SIZE) < 1e-6
    assert abs(slot_loss(boxes, targets).item() - 10 / SIZE - 0.5) < 1e-6


def test_overlap_has_a_gradient_where_boxes_are_disjoint():
    box = torch.tensor([0.0, 0, 4, 4], requires_grad=True)
    iou, giou = paired_giou(box, torch.tensor([10.0, 0, 14, 4]))
    assert iou == 0
    giou.backward()
    assert box.grad[2] > 0  # the right side should move right
