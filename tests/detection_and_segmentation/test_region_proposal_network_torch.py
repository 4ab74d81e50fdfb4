"""The head: its size, the order of its outputs, and a tiny network that learns one image."""

import numpy as np
import pytest
import torch
from torch import nn

from snippets.detection_and_segmentation.region_proposal_network import (
    box_iou,
    encode,
    label_anchors,
    make_anchors,
    propose,
    sample_labels,
)
from snippets.detection_and_segmentation.region_proposal_network_torch import RPNHead, rpn_loss


def test_parameters_for_vgg_16():
    def sizes(scores):
        head = RPNHead(512, 512, scores=scores)
        return [sum(p.numel() for p in layer.parameters()) for layer in head.children()]

    assert sizes(2) == [2_359_808, 9_234, 18_468] and sum(sizes(2)) == 2_387_510
    assert sizes(1) == [2_359_808, 4_617, 18_468] and sum(sizes(1)) == 2_382_893
    weights = sum(p.numel() for p in RPNHead(512, 512, scores=2).parameters() if p.ndim > 1)
    assert weights == 3 * 3 * 512 * 512 + 512 * 6 * 9 == 2_386_944  # the paper's 2.4 million


def test_outputs_come_in_the_order_of_the_anchors():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = RPNHead(5, 7, num_anchors=3, scores=2).double()
        features = torch.randn(2, 5, 4, 6, dtype=torch.float64)
    scores, offsets = head(features)
    assert scores.shape == (2, 4 * 6 * 3, 2) and offsets.shape == (2, 4 * 6 * 3, 4)
    hidden = torch.relu(head.conv(features))
    for row, column, anchor in [(0, 0, 0), (2, 5, 1), (3, 1, 2)]:
        index = (row * 6 + column) * 3 + anchor
        cell = hidden[1, :, row, column]
        for out, layer, size in [(scores, head.cls, 2), (offsets, head.reg, 4)]:
            rows = slice(anchor * size, (anchor + 1) * size)
            expected = layer.weight[rows, :, 0, 0] @ cell + layer.bias[rows]
            torch.testing.assert_close(out[1, index], expected)


def test_an_untrained_head_scores_about_one_half():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        scores, offsets = RPNHead(512, 512)(torch.randn(1, 512, 3, 4).relu())
    assert (scores.sigmoid() - 0.5).abs().max() < 0.1
    assert offsets.abs().max() < 0.5
    assert scores.shape == (1, 3 * 4 * 9, 1)  # for a sigmoid, unless told otherwise


def test_the_box_loss_reaches_only_positives():
    labels = torch.tensor([1, 0, -1])
    logits = torch.zeros(3, requires_grad=True)
    offsets = torch.ones(3, 4, requires_grad=True)
    objectness, box = rpn_loss(logits, offsets, labels, torch.zeros(3, 4))
    (objectness + box).backward()
    assert (offsets.grad[0] == 0.5).all() and not offsets.grad[1:].any()
    assert torch.equal(logits.grad, torch.tensor([-0.25, 0.25, 0.0]))


def test_the_box_loss_is_smooth_up_to_a_ninth_and_shared_by_the_minibatch():
    offsets = torch.tensor([[1 / 18, 1.0, -2.0, 0.0], [5, 5, 5, 5], [5, 5, 5, 5]], dtype=torch.float64)
    _, box = rpn_loss(torch.zeros(3), offsets, torch.tensor([1, 0, -1]), torch.zeros_like(offsets))
    expected = 9 / 2 * (1 / 18) ** 2 + (1 - 1 / 18) + (2 - 1 / 18)
    assert abs(box.item() - expected / 2) < 1e-12  # two of the three are in the minibatch


def test_an_image_without_objects_has_a_finite_loss():
    objectness, box = rpn_loss(torch.zeros(3), torch.ones(3, 4), torch.zeros(3), torch.zeros(3, 4))
    assert box == 0 and abs(objectness.item() - np.log(2)) < 1e-6


@pytest.mark.slow
def test_a_tiny_network_learns_the_boxes_of_one_image():
    height, width, stride = 128, 160, 16
    boxes = np.array([[20.0, 30, 52, 70], [72, 40, 140, 100]])
    image = torch.zeros(1, 3, height, width)
    image[0, 0, 30:70, 20:52] = 1
    image[0, 1, 40:100, 72:140] = 1

    layers, channels = [], 3
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for hidden in (16, 32, 32, 32):
            layers += [nn.Conv2d(channels, hidden, 3, stride=2, padding=1), nn.ReLU()]
            channels = hidden
        model = nn.Sequential(*layers, RPNHead(32, 64, num_anchors=6))
    anchors = make_anchors(height // stride, width // stride, stride, (32, 64))
    labels, matched = label_anchors(anchors, boxes, height, width)
    assert [(labels == value).sum() for value in (1, 0, -1)] == [2, 170, 308]
    targets = torch.tensor(encode(anchors, matched), dtype=torch.float32)

    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    rng, history = np.random.default_rng(0), []
    for _ in range(300):
        scores, offsets = model(image)
        minibatch = torch.tensor(sample_labels(labels, rng, 64, 32))
        objectness, box = rpn_loss(scores[0, :, 0], offsets[0], minibatch, targets)
        loss = objectness + box
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())

    assert abs(history[0] - 0.70) < 0.02, history[0]  # log 2 and a little for the boxes
    assert np.mean(history[-20:]) < 0.005, np.mean(history[-20:])
    with torch.no_grad():
        scores, offsets = model(image)
    logits = scores[0, :, 0].numpy()
    assert logits[labels == 1].min() > 0 > logits[labels == 0].max()
    assert logits[labels == -1].max() > 0  # nobody told these anchors anything
    found, _ = propose(anchors, logits, offsets[0].numpy(), height, width, after_nms=10)
    iou = box_iou(found, boxes).max(axis=0)
    assert iou.min() > 0.9, iou
    at_first = box_iou(anchors, boxes)[labels == 1].max(axis=0)
    np.testing.assert_allclose(at_first, [0.57, 0.89], atol=0.005)
