"""The images hold what their boxes say, and each head gives two boxes."""

import pytest
import torch

from snippets.detection_and_segmentation import detect_single_instances_torch
from snippets.detection_and_segmentation.detect_single_instances_torch import (
    SIZE,
    SlotDetector,
    make_images,
    paired_giou,
    slot_loss,
    train,
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


def test_the_images_are_two_flat_shapes_under_independent_noise():
    """What is left after both shapes are drawn again, pixel by pixel, is the noise."""
    count = 200
    images, boxes = make_images(count, generator(7))
    rest, contrasts = images[:, 0].clone(), torch.full((count, 2), float("nan"))
    y, x = torch.meshgrid(torch.arange(SIZE) + 0.5, torch.arange(SIZE) + 0.5, indexing="ij")
    for n, (rectangle, ellipse) in enumerate(boxes):
        x1, y1, x2, y2 = rectangle
        filled = (x1 < x) & (x < x2) & (y1 < y) & (y < y2)
        x1, y1, x2, y2 = ellipse
        round_one = (2 * x - x1 - x2)**2 / (x2 - x1)**2 + (2 * y - y1 - y2)**2 / (y2 - y1)**2 < 1
        for shape, mask in enumerate((filled & ~round_one, round_one)):
            if mask.sum() >= 50:
                contrasts[n, shape] = rest[n][mask].mean()
            rest[n][mask] -= rest[n][mask].mean()
    assert abs(rest.std().item() - 0.1) < 0.001  # a wrong pixel would be off by 0.4 or more
    # independent noise shrinks by the root of the number of images, noise in common does not
    assert abs(rest.mean(dim=0).std().item() - 0.1 / count**0.5) < 0.0004
    for column in contrasts.T:
        column = column[~column.isnan()]
        assert 0.4 - 0.06 < column.abs().min() < 0.45 and 0.75 < column.abs().max() < 0.8 + 0.06
        assert abs(column.sign().mean().item()) < 4 / len(column)**0.5  # 4 standard deviations


def test_sides_and_corners_take_all_values_that_they_may():
    _, boxes = make_images(400, generator(8))
    corner, size = boxes[..., :2], boxes[..., 2:] - boxes[..., :2]
    place = corner / (SIZE - size)  # uniform from 0 to 1
    for values, low, high in ((size, 10, 22), (place, 0, 1)):
        least, most = values.amin(dim=0), values.amax(dim=0)  # (2, 2): of 400 each
        edge = 0.04 * (high - low)  # nobody there: probability 0.96^400, below 1e-7
        assert (least < low + edge).all() and (most > high - edge).all()
        middle = values.mean(dim=0) - (low + high) / 2
        assert (middle.abs() < 4 * (high - low) / (12 * 400)**0.5).all()


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


def test_maps_and_weights_have_the_sizes_of_the_page():
    images = torch.zeros(3, 1, SIZE, SIZE)
    # 3x3 kernels without bias, and two numbers per channel of batch normalization
    backbone = 9 * (1 * 16 + 16 * 32 + 32 * 32 + 32 * 32) + 2 * (16 + 32 + 32 + 32)
    for head, side, out in (("slots", 6, (32 * 36 + 1) * 128 + 129 * 8),
                            ("pooled", 6, (32 + 1) * 128 + 129 * 8), ("heatmap", 12, 33 * 6)):
        model = SlotDetector(head)
        assert model.backbone(images).shape == (3, 32, side, side)
        assert sum(weight.numel() for weight in model.parameters()) == backbone + out, head
    assert SlotDetector().head == "slots"


def test_the_two_layers_of_the_slots_do_not_collapse_into_one():
    out, x = SlotDetector("slots").out, torch.randn(1, 1152, generator=generator(4))
    bend = out(x) + out(-x) - 2 * out(torch.zeros_like(x))  # 0 for every linear map
    assert bend.abs().max() > 0.1


def test_boxes_are_center_and_size_in_shares_of_the_image():
    model = SlotDetector("slots")
    model.backbone = model.out = torch.nn.Identity()
    shares = torch.tensor([[0.25, 0.5, 0.125, 0.25, 0.5, 0.75, 0.25, 0.5]])
    boxes = model(shares.logit())
    expected = torch.tensor([[[9.0, 18, 15, 30], [18, 24, 30, 48]]])
    assert torch.allclose(boxes, expected, atol=1e-4)


def test_the_heat_map_averages_cell_middles_and_the_sizes_there():
    model = SlotDetector("heatmap")
    model.backbone = model.out = torch.nn.Identity()
    maps = torch.zeros(1, 2, 3, 12, 12)
    maps[0, 0, 0, 1, 4] = 50.0  # one peak, in row 1 and column 4 of cells of 4 pixels
    maps[0, 0, 1:, 1, 4] = torch.tensor([0.25, 0.125]).logit()  # 12 and 6 pixels
    maps[0, 1, 0, 6, 2] = maps[0, 1, 0, 8, 9] = 50.0  # two equal peaks
    maps[0, 1, 1:, 6, 2] = torch.tensor([0.25, 0.75]).logit()
    maps[0, 1, 1:, 8, 9] = torch.tensor([0.5, 0.5]).logit()
    boxes = model(maps.flatten(1, 2))
    # centers (18, 6) and (24, 30), sizes (12, 6) and (18, 30)
    expected = torch.tensor([[[12.0, 3, 24, 9], [15, 15, 33, 45]]])
    assert torch.allclose(boxes, expected, atol=1e-4)


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


def test_overlap_and_loss_of_a_pair_worked_by_hand():
    """6 x 8 and 6 x 12 share 4 x 6, so 24 of 96, in a hull of 8 x 14 = 112."""
    boxes = torch.tensor([[[1.0, 2, 7, 10], [20, 30, 25, 37]]])
    targets = torch.tensor([[[3.0, 4, 9, 16], [20, 30, 25, 37]]])
    for iou, giou in (paired_giou(boxes, targets), paired_giou(targets, boxes)):
        assert torch.allclose(iou, torch.tensor([[1 / 4, 1]]))
        assert torch.allclose(giou, torch.tensor([[1 / 4 - 16 / 112, 1]]))
    # the sides are off by 2 + 2 + 2 + 6 pixels of 48 in one slot and by 0 in the other
    assert abs(slot_loss(boxes, targets, overlap=False).item() - (12 / 48 + 0) / 2) < 1e-6
    assert abs(slot_loss(boxes, targets).item() - (12 / 48 + 3 / 4 + 1 / 7) / 2) < 1e-6


def test_overlap_has_a_gradient_where_boxes_are_disjoint():
    box = torch.tensor([0.0, 0, 4, 4], requires_grad=True)
    iou, giou = paired_giou(box, torch.tensor([10.0, 0, 14, 4]))
    assert iou == 0
    giou.backward()
    assert box.grad[2] > 0  # the right side should move right


def test_training_starts_from_the_loss_of_the_first_batch():
    for overlap in (True, False):
        model, before = train("heatmap", 5, steps=0)
        images, targets = make_images(32, generator(5))
        expected = slot_loss(model.train()(images), targets, overlap)
        trained, losses = train("heatmap", 5, steps=2, overlap=overlap)
        assert before == [] and len(losses) == 2 and not trained.training
        assert abs(losses[0] - expected.item()) < 1e-6
    assert train("heatmap", 5, steps=2)[1][0] != losses[0]  # the overlap term is the default


def test_training_on_shuffled_targets_swaps_about_half_of_the_pairs():
    model, _ = train("heatmap", 5, steps=0)
    source = generator(5)
    images, targets = make_images(32, source)
    swapped = torch.rand(32, generator=source) < 0.5
    assert 5 < swapped.sum() < 27
    targets[swapped] = targets[swapped][:, [1, 0]]
    expected = slot_loss(model.train()(images), targets)
    assert abs(train("heatmap", 5, steps=1, shuffle=True)[1][0] - expected.item()) < 1e-6


def test_each_weight_moves_by_the_learning_rate_and_then_by_half_of_it():
    """Adam's first step has the length lr; with 2 steps the cosine halves the second."""
    for head, lr, length in (("heatmap", None, 0.003), ("pooled", None, 0.001),
                             ("heatmap", 0.01, 0.01)):
        start = train(head, 5, steps=0, lr=lr)[0].out
        for steps, total in ((1, 1.0), (2, 1.5)):
            end = train(head, 5, steps=steps, lr=lr)[0].out
            moved = max((after - before).abs().max().item() for before, after
                        in zip(start.parameters(), end.parameters(), strict=True))
            assert 0.97 * total * length < moved < 1.01 * total * length, (head, steps)


def test_training_takes_the_600_steps_of_the_page_if_nothing_is_said(monkeypatch):
    nothing = torch.zeros(1, 1)  # so that 600 steps take no time
    monkeypatch.setattr(detect_single_instances_torch, "SlotDetector", lambda head: torch.nn.Linear(1, 1))
    monkeypatch.setattr(detect_single_instances_torch, "make_images", lambda count, generator: (nothing,) * 2)
    monkeypatch.setattr(detect_single_instances_torch, "slot_loss", lambda out, targets, overlap: out.sum())
    assert len(train("slots", 0)[1]) == 600
