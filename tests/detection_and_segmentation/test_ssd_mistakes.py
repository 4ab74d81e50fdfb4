"""Each mistake on the page of SSD fails in the way that the page says."""

import numpy as np

from snippets.detection_and_segmentation.ssd import (
    box_iou,
    decode,
    default_boxes,
    encode,
    match,
    mine,
    multibox_loss,
)
from snippets.detection_and_segmentation.ssd_mistakes import (
    classification_loss,
    decode_raw,
    mine_all,
    own_default_boxes,
)


def test_an_object_loses_its_only_default_box():
    defaults = default_boxes()
    planks = np.array([[97.0, 43, 214, 53], [99, 53, 216, 63]])  # one on the other
    iou = box_iou(defaults, planks)
    assert abs(iou.max() - 0.279) < 5e-4 and iou.argmax(axis=0)[0] == iou.argmax(axis=0)[1]
    np.testing.assert_array_equal(np.unique(own_default_boxes(iou)), [-1, 1])  # plank 0 is lost
    np.testing.assert_array_equal(np.unique(match(defaults, planks)), [-1, 0, 1])


def test_positives_take_the_places_of_negatives():
    rng = np.random.default_rng(0)
    positive = np.arange(8732) < 20
    losses = np.where(positive, rng.uniform(3, 6, 8732), rng.uniform(0, 2, 8732))
    assert mine(losses, positive).sum() == 60
    assert mine_all(losses, positive).sum() == 40


def test_without_variances_the_box_flies_away():
    default, box = np.array([[100.0, 100, 200, 200]]), np.array([[110.0, 100, 230, 180]])
    offsets = encode(default, box)
    np.testing.assert_allclose(decode(default, offsets), box)
    wrong = decode_raw(default, offsets)
    np.testing.assert_allclose(wrong.round(), [[226, 34, 474, 66]])
    assert box_iou(wrong, box)[0, 0] == 0


def test_averaged_over_all_boxes_the_positives_get_a_quarter_of_a_percent():
    labels = np.where(np.arange(8732) < 20, 1, 0)
    logits, zeros = np.zeros((8732, 21)), np.zeros((8732, 4))
    assert abs(classification_loss(np.full(8732, np.log(21))) - np.log(21)) < 1e-12
    grad = (np.full((8732, 21), 1 / 21) - np.eye(21)[labels]) / 8732
    share = np.abs(grad[labels > 0]).sum() / np.abs(grad).sum()
    assert abs(share - 20 / 8732) < 1e-12 and round(100 * share, 2) == 0.23
    right = multibox_loss(logits, zeros, labels, zeros)[2]
    assert abs(np.abs(right[labels > 0]).sum() / np.abs(right).sum() - 0.25) < 1e-12
    assert abs(np.abs(right[0]).sum() / np.abs(grad[0]).sum() - 8732 / 20) < 1e-9
