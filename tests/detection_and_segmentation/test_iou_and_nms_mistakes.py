"""Each mistake of the page, failing."""

import numpy as np

from snippets.detection_and_segmentation.iou_and_nms import box_iou, nms, nms_per_class
from snippets.detection_and_segmentation.iou_and_nms_mistakes import (
    iou_plus_one,
    iou_without_clamp,
    nms_at_once,
    nms_with_offsets,
)


def test_two_negative_sides_make_an_overlap():
    a, b = np.array([0.0, 0, 4, 4]), np.array([6.0, 6, 10, 10])
    assert box_iou(a[None], b[None])[0, 0] == 0
    assert abs(iou_without_clamp(a, b) - 4 / 28) < 1e-12
    assert iou_without_clamp(a, b - 4) == box_iou(a[None], b[None] - 4)[0, 0]


def test_plus_one_ruins_normalized_boxes_and_little_else():
    a, b = np.array([0.1, 0.1, 0.3, 0.3]), np.array([0.4, 0.4, 0.6, 0.6])
    assert box_iou(a[None], b[None])[0, 0] == 0
    assert abs(iou_plus_one(a, b) - 0.391) < 5e-4
    a, b = np.array([0.0, 0, 100, 100]), np.array([20.0, 0, 120, 100])
    right = box_iou(a[None], b[None])[0, 0]
    assert abs(right - 0.6667) < 1e-4 and abs(iou_plus_one(a, b) - 0.6694) < 1e-4


def test_suppressing_at_once_loses_the_end_of_a_chain():
    chain = np.array([[0.0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]])
    scores = np.array([0.9, 0.8, 0.7])
    assert nms(chain, scores, 0.4).tolist() == [0, 2]
    assert nms_at_once(chain, scores, 0.4).tolist() == [0]
    assert abs(box_iou(chain[[0]], chain[[2]])[0, 0] - 2 / 18) < 1e-12


def test_offsets_collide_at_negative_coordinates_and_overflow_in_half_precision():
    boxes, scores = np.array([[0.0, 0, 10, 10], [-11, -11, -1, -1]]), np.array([0.9, 0.8])
    classes = np.array([0, 1])
    assert nms_per_class(boxes, scores, classes, 0.5).tolist() == [0, 1]
    assert nms_with_offsets(boxes, scores, classes, 0.5).tolist() == [0]
    assert nms_with_offsets(boxes + 11, scores, classes, 0.5).tolist() == [0, 1]
    offset = 79 * (1333 + 1)  # COCO's last class, an image 1333 pixels wide
    assert offset == 105_386 > float(np.finfo(np.float16).max) == 65_504
    assert np.spacing(np.float32(offset)) == 1 / 128


def test_in_half_precision_the_area_of_256_pixels_squared_overflows():
    box = np.array([[0, 0, 300, 300]], dtype=np.float16)
    with np.errstate(over="ignore", invalid="ignore"):
        assert box_iou(box, box)[0, 0] == 0
    assert box_iou(box.astype(np.float32), box.astype(np.float32))[0, 0] == 1
    assert 256**2 > float(np.finfo(np.float16).max) > 255**2
