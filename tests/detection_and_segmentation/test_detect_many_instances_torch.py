"""Images, network and decoding of the small detector."""

import math

import numpy as np
import torch

from snippets.detection_and_segmentation.detect_many_instances_torch import (
    SIZE,
    DenseDetector,
    detect,
    detection_loss,
    make_image,
)


def model(seed: int = 0) -> DenseDetector:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return DenseDetector().eval()


class Scripted:
    """A generator without noise that draws the given numbers in turn."""

    def __init__(self, *numbers):
        self.numbers = iter(numbers)

    def draw(self, *_):
        return next(self.numbers)

    integers = uniform = choice = draw

    def normal(self, mean, deviation, shape):
        return np.full(shape, float(mean))


def overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of one box with others, as shares of their areas."""
    x1, y1, x2, y2 = others.T
    width = np.minimum(box[2], x2).clip(box[0]) - np.maximum(box[0], x1).clip(max=box[2])
    height = np.minimum(box[3], y2).clip(box[1]) - np.maximum(box[1], y1).clip(max=box[3])
    shared = width.clip(0) * height.clip(0)
    return shared / ((x2 - x1) * (y2 - y1) + (box[2] - box[0]) * (box[3] - box[1]) - shared)


def test_images_hold_0_to_6_shapes_inside_the_frame_that_hardly_overlap():
    rng = np.random.default_rng(0)
    counts, seen, pairs, every = [], set(), [], []
    for _ in range(200):
        image, boxes, labels = make_image(rng)
        assert image.shape == (SIZE, SIZE) and image.dtype == np.float32
        assert boxes.shape == (len(labels), 4) and labels.dtype == np.int64
        counts.append(len(labels))
        seen |= set(labels.tolist())
        if len(labels):
            sides = boxes[:, 2:] - boxes[:, :2]
            assert boxes.min() >= 0 and boxes.max() <= SIZE
            assert sides.min() >= 8 - 1e-9 and sides.max() <= 24 + 1e-9
        every.extend(boxes)
        pairs += [iou for n in range(1, len(boxes)) for iou in overlap(boxes[n], boxes[:n])]
    assert min(counts) == 0 and max(counts) == 6 and seen == {0, 1, 2}
    assert 0.25 < max(pairs) <= 0.3
    every = np.array(every)  # some 500 boxes come close to every limit
    assert (every[:, :2].min(axis=0) < 1).all() and (every[:, 2:].max(axis=0) > SIZE - 1).all()
    assert ((every[:, 2:] - every[:, :2]).min(axis=0) < 8.5).all()


def test_a_shape_that_overlaps_too_much_is_left_out_and_the_next_one_is_drawn():
    first = (np.array([16.0, 8.0]), 10.0, 20.0, 0, 0.5, 1)
    third_of_the_union = (np.array([16.0, 8.0]), 18.0, 20.0)  # 8 x 8 of 128 + 128 - 64
    apart_by_a_row = (np.array([12.0, 10.0]), 12.0, 29.0, 2, 0.5, -1)
    _, boxes, labels = make_image(Scripted(3, *first, *third_of_the_union, *apart_by_a_row))
    assert boxes.tolist() == [[10, 20, 26, 28], [12, 29, 24, 39]] and labels.tolist() == [0, 2]


def test_a_rectangle_an_ellipse_and_a_triangle_fill_their_box():
    widths = [[16] * 8,
              [8, 12, 14, 16, 16, 14, 12, 8],  # 16 sqrt(1 - (y / 4)^2) at y = 3.5, 2.5, ...
              [0, 2, 4, 6, 8, 10, 12, 14]]  # centers strictly inside: the base is 16 wide
    for label, wanted in enumerate(widths):
        image, _, _ = make_image(Scripted(1, np.array([16.0, 8.0]), 10.0, 20.0, label, 0.5, -1))
        assert set(np.unique(image)) == {-0.5, 0}
        rows = image[20:28, 10:26] < 0
        assert rows.sum() == (image < 0).sum() and rows.sum(axis=1).tolist() == wanted
        assert (rows == rows[:, ::-1]).all()


def test_shapes_are_brighter_or_darker_by_04_to_08_with_a_noise_of_01():
    rng, means, deviations = np.random.default_rng(2), [], []
    while len(means) < 60:
        image, boxes, _ = make_image(rng)
        if len(boxes) and (boxes[-1, 2:] - boxes[-1, :2]).min() > 12:
            x, y = ((boxes[-1, :2] + boxes[-1, 2:]) / 2).astype(int)  # any shape holds what is below
            patch = image[y + 1:y + 5, x - 2:x + 3]
            means.append(patch.mean())
            deviations.append(patch.std(ddof=1))
    means = np.array(means)
    assert 10 < (means > 0).sum() < 50  # half of 60, five standard deviations wide
    assert 0.28 < abs(means).min() < 0.5 and 0.7 < abs(means).max() < 0.92  # 20 pixels: 0.1 / sqrt(20)
    assert abs(np.mean(deviations) - 0.1) < 0.01


def test_the_last_shape_covers_its_middle_and_leaves_the_ground_alone():
    rng = np.random.default_rng(1)
    for _ in range(50):
        image, boxes, _ = make_image(rng)
        outside = np.ones((SIZE, SIZE), dtype=bool)
        for x1, y1, x2, y2 in boxes:
            outside[int(y1):int(np.ceil(y2)), int(x1):int(np.ceil(x2))] = False
        assert np.abs(image[outside]).max() < 0.6  # noise of 0.1 only
        if len(boxes):  # below the middle every shape is at least half as wide as its box
            x, y = (boxes[-1, :2] + boxes[-1, 2:]) / 2
            patch = image[int(y):int(y) + 2, int(x) - 1:int(x) + 1]
            assert abs(patch.mean()) > 0.2  # 0.4 at least, four pixels of noise 0.1


def test_every_cell_starts_at_the_prior_and_gives_a_box_around_itself():
    logits, boxes = model()(torch.randn(2, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(0)))
    assert logits.shape == (2, 3, 16, 16) and boxes.shape == (2, 16, 16, 4)
    assert abs(logits.sigmoid().mean().item() - 0.01) < 0.005
    center = (torch.arange(16) + 0.5) * 4
    assert (boxes[..., 0] < center).all() and (boxes[..., 2] > center).all()
    assert (boxes[..., 1] < center[:, None]).all() and (boxes[..., 3] > center[:, None]).all()


def test_the_scores_alone_start_at_1_of_100_and_the_weights_are_32919():
    network = model()
    torch.testing.assert_close(network.score.bias.sigmoid(), torch.full((3,), 0.01))
    convolutions, batch_norms = 9 * (16 + 16 * 32 + 3 * 32 * 32), 2 * (16 + 4 * 32)
    heads = (32 + 1) * (3 + 4)
    assert sum(p.numel() for p in network.parameters()) == convolutions + batch_norms + heads == 32_919


def test_a_side_is_8_pixels_times_the_exponential_of_its_output_up_to_4():
    network = model()
    torch.nn.init.zeros_(network.sides.weight)
    with torch.no_grad():
        network.sides.bias.copy_(torch.tensor([0.5, 1.0, 2.0, math.exp(9)]).log())
    box = network(torch.zeros(1, 1, SIZE, SIZE))[1][0, 1, 2]  # row 1, column 2: its center is (10, 6)
    torch.testing.assert_close(box, torch.tensor([6.0, -2.0, 26.0, 6 + 8 * math.exp(4)]))


def test_a_cell_sees_31_pixels():
    network = model().double()
    image = torch.zeros(1, 1, SIZE, SIZE, dtype=torch.float64, requires_grad=True)
    for batch_norm in network.backbone[1::3]:
        torch.nn.init.constant_(batch_norm.bias, 1.0)  # no ReLU is closed at zero
    network(image)[0][0, 0, 8, 8].backward()
    rows = torch.nonzero(image.grad[0, 0].abs().sum(dim=1))[:, 0]
    assert rows.max() - rows.min() + 1 == 31


def test_detect_reads_boxes_of_the_cells_whose_score_suffices():
    class Fixed(torch.nn.Module):
        def forward(self, images):
            logits = torch.full((1, 3, 4, 5), -9.0)
            logits[0, 2, 1, 3], logits[0, 0, 3, 4] = 1.0, 2.0
            boxes = torch.arange(80.0).view(1, 4, 5, 4)
            return logits, boxes

    (boxes, scores, labels), = detect(Fixed(), torch.zeros(1, 1, 16, 20))
    assert labels.tolist() == [0, 2]
    np.testing.assert_allclose(scores, 1 / (1 + np.exp([-2.0, -1.0])), rtol=1e-6)
    assert boxes.tolist() == [[64, 64, 64, 64], [32, 33, 34, 35]]  # clipped to the image
    (boxes, _, _), = detect(Fixed(), torch.zeros(1, 1, 16, 20), most=1)
    assert len(boxes) == 1


def test_detect_keeps_100_boxes_within_the_image_and_equal_scores_in_the_order_of_their_cells():
    class Certain(torch.nn.Module):
        def forward(self, images):
            logits = images.new_zeros(len(images), 1, 8, 16)  # 128 cells, each with probability 0.5
            boxes = torch.arange(128.0).view(1, 8, 16, 1) / 2 + torch.tensor([-9.0, -9, 0, 0])
            return logits, boxes.repeat(len(images), 1, 1, 1)

    for boxes, scores, _ in detect(Certain(), torch.zeros(2, 1, 32, 64), min_score=0.5):
        assert scores.tolist() == [0.5] * 100  # a score that just suffices counts
        assert boxes[:, 2].tolist() == [cell / 2 for cell in range(100)]
        assert boxes[:, 0].tolist() == [max(0, cell / 2 - 9) for cell in range(100)]


def test_a_batch_without_objects_has_a_finite_loss_and_no_box_loss():
    logits = torch.zeros(2, 3, 4, 4, requires_grad=True)
    boxes = torch.ones(2, 4, 4, 4, requires_grad=True)
    focal, box = detection_loss(logits, boxes, torch.zeros(2, 3, 4, 4), torch.zeros(2, 4, 4, 4))
    (focal + box).backward()
    assert torch.isfinite(focal) and box == 0 and (logits.grad > 0).all()


def test_the_box_loss_reaches_positive_cells_only():
    logits, classes = torch.zeros(1, 3, 2, 2), torch.zeros(1, 3, 2, 2)
    classes[0, 1, 0, 1] = 1
    boxes = torch.tensor([0.0, 0, 4, 4]).repeat(1, 2, 2, 1).requires_grad_()
    _, box = detection_loss(logits, boxes, classes, torch.tensor([0.0, 0, 8, 4]).expand(1, 2, 2, 4))
    box.backward()
    assert abs(box.item() - 0.5) < 1e-6
    assert boxes.grad[0, 0, 1, 2] < 0 and boxes.grad.abs().sum(dim=-1).count_nonzero() == 1


def test_the_focal_loss_is_three_quarters_for_negatives_and_a_share_of_the_positive_cells():
    logits, classes = torch.full((1, 3, 1, 2), math.log(3)), torch.zeros(1, 3, 1, 2)
    classes[0, 1, 0, 0] = classes[0, 2, 0, 1] = 1  # every score is 3 / 4
    focal, _ = detection_loss(logits, torch.ones(1, 1, 2, 4), classes, torch.ones(1, 1, 2, 4))
    positive = 1 / 4 * (1 / 4) ** 2 * math.log(4 / 3)
    negative = 3 / 4 * (3 / 4) ** 2 * math.log(4)
    assert abs(focal.item() - (2 * positive + 4 * negative) / 2) < 1e-6


def test_the_box_loss_subtracts_the_share_of_the_hull_that_neither_box_fills():
    classes = torch.zeros(1, 3, 1, 2)
    classes[0, 0, 0, 0] = classes[0, 2, 0, 1] = 1
    boxes = torch.tensor([[[[1.0, 2, 7, 4], [0, 0, 2, 3]]]])
    targets = torch.tensor([[[[3.0, 3, 5, 8], [5, 1, 6, 5]]]])
    _, box = detection_loss(torch.zeros(1, 3, 1, 2), boxes, classes, targets)
    overlapping = 2 / 20 - 16 / 36  # areas 12 and 10 share 2, in a hull of 6 x 6
    apart = -20 / 30  # areas 6 and 4 in a hull of 6 x 5
    assert abs(box.item() - ((1 - overlapping) + (1 - apart)) / 2) < 1e-6
