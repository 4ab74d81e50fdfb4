"""Images, network and decoding of the small detector."""

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


def test_images_hold_0_to_6_shapes_inside_the_frame_that_hardly_overlap():
    rng = np.random.default_rng(0)
    counts, seen = [], set()
    for _ in range(200):
        image, boxes, labels = make_image(rng)
        assert image.shape == (SIZE, SIZE) and image.dtype == np.float32
        assert boxes.shape == (len(labels), 4)
        counts.append(len(labels))
        seen |= set(labels.tolist())
        if len(labels):
            sides = boxes[:, 2:] - boxes[:, :2]
            assert boxes.min() >= 0 and boxes.max() <= SIZE
            assert sides.min() >= 8 - 1e-9 and sides.max() <= 24 + 1e-9
    assert min(counts) == 0 and max(counts) == 6 and seen == {0, 1, 2}


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
