"""What overlap and suppression promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.iou_and_nms import (
    box_iou,
    generalized_iou,
    nms,
    nms_per_class,
    soft_nms,
    to_corners,
)

# A, its duplicate, B next to it, B's duplicate.
BOXES = np.array([[0.0, 0, 10, 10], [1, 0, 11, 10], [4, 0, 14, 10], [5, 0, 15, 10]])
SCORES = np.array([0.9, 0.7, 0.8, 0.6])
NO_BOXES = np.zeros((0, 4))


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{function.__name__} raised no ValueError")


def random_boxes(rng: np.random.Generator, count: int) -> np.ndarray:
    corner, size = rng.uniform(0, 40, (count, 2)), rng.uniform(1, 25, (count, 2))
    return np.concatenate([corner, corner + size], axis=1)


# encodings


def test_both_encodings_become_the_same_corners():
    corners = np.array([[2.0, 3, 9, 14], [0, 0, 1, 5]])
    size = corners[:, 2:] - corners[:, :2]
    xywh = np.concatenate([corners[:, :2], size], axis=1)
    cxcywh = np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, size], axis=1)
    np.testing.assert_allclose(to_corners(xywh, "xywh"), corners)
    np.testing.assert_allclose(to_corners(cxcywh, "cxcywh"), corners)
    assert "xyxy" in raises(to_corners, corners, "xyxy")


# overlap


def test_iou_by_hand():
    boxes = np.array([[0.0, 0, 4, 4], [10, 10, 13, 12]])
    others = np.array([[0.0, 0, 4, 4], [2, 2, 6, 6], [4, 0, 8, 4], [1, 1, 3, 3], [9, 9, 14, 13]])
    expected = [[1, 4 / 28, 0, 4 / 16, 0], [0, 0, 0, 0, 6 / 20]]
    np.testing.assert_allclose(box_iou(boxes, others), expected)


def test_iou_is_symmetric_and_does_not_change_with_scale_or_place():
    rng = np.random.default_rng(0)
    boxes, others = random_boxes(rng, 5), random_boxes(rng, 7)
    iou = box_iou(boxes, others)
    assert iou.shape == (5, 7) and (iou > 0).any() and (iou == 0).any()
    np.testing.assert_allclose(box_iou(others, boxes), iou.T)
    np.testing.assert_allclose(box_iou(3 * boxes - 100, 3 * others - 100), iou, atol=1e-12)


def test_boxes_apart_in_both_directions_do_not_overlap():
    assert box_iou(np.array([[0.0, 0, 1, 1]]), np.array([[5.0, 7, 6, 8]]))[0, 0] == 0


def test_boxes_without_area_give_zero_and_no_boxes_an_empty_matrix():
    point = np.array([[3.0, 3, 3, 3]])
    with np.errstate(invalid="raise"):  # 0 is never divided by 0
        assert box_iou(point, point)[0, 0] == 0
    assert box_iou(NO_BOXES, BOXES).shape == (0, 4) and box_iou(BOXES, NO_BOXES).shape == (4, 0)


def test_boxes_on_coordinates_between_0_and_1_overlap_as_well():
    boxes = np.array([[0.1, 0.2, 0.5, 0.4], [0.0, 0.0, 1e-3, 1e-3]])
    np.testing.assert_allclose(box_iou(boxes, boxes), np.eye(2))
    assert nms(boxes[[0, 0, 1]], np.array([0.9, 0.8, 0.7])).tolist() == [0, 2]


def test_the_same_four_pixels_cost_a_small_box_most():
    for side, expected in [(16, 0.391), (32, 0.620), (128, 0.884)]:
        box = np.array([[0.0, 0, side, side]])
        kept = (1 - 4 / side) ** 2
        assert abs(box_iou(box, box + 4)[0, 0] - kept / (2 - kept)) < 1e-12
        assert abs(box_iou(box, box + 4)[0, 0] - expected) < 5e-4


# generalized IoU


def test_giou_falls_with_the_gap_where_iou_is_zero():
    box = np.array([[0.0, 0, 2, 2]])
    for gap, expected in [(0, 0), (2, -1 / 3), (8, -2 / 3), (98, -98 / 102)]:
        other = np.array([[2.0 + gap, 0, 4 + gap, 2]])
        assert box_iou(box, other)[0, 0] == 0
        assert abs(generalized_iou(box, other)[0, 0] - expected) < 1e-12


def test_giou_does_not_change_with_the_place():
    # 2 x 2 at a corner of 3 x 1: hull 5 x 3, union 7, nothing shared.
    box, other = np.array([[7.0, 9, 9, 11]]), np.array([[9.0, 11, 12, 12]])
    for shift in (0, 100, -50):
        giou = generalized_iou(box + shift, other + shift)[0, 0]
        assert abs(giou + (15 - 7) / 15) < 1e-12


def test_giou_is_at_most_iou_and_equal_to_it_inside_another_box():
    rng = np.random.default_rng(1)
    boxes, others = random_boxes(rng, 11), random_boxes(rng, 13)
    giou, iou = generalized_iou(boxes, others), box_iou(boxes, others)
    assert giou.shape == (11, 13)
    assert (giou <= iou + 1e-12).all() and (giou > -1).all() and (giou < iou - 0.1).any()
    inner, outer = np.array([[4.0, 4, 6, 6], [0, 0, 2, 2]]), np.array([[0.0, 0, 10, 10]])
    np.testing.assert_allclose(generalized_iou(inner, outer), [[0.04], [0.04]])
    np.testing.assert_allclose(generalized_iou(outer, outer), [[1.0]])


# suppression


def test_two_neighbors_survive_only_between_their_overlap_and_that_of_duplicates():
    assert nms(BOXES, SCORES, 0.3).tolist() == [0]  # B is lost
    assert nms(BOXES, SCORES, 0.5).tolist() == [0, 2]
    assert nms(BOXES, SCORES, 0.85).tolist() == [0, 2, 1, 3]  # duplicates stay


def test_a_suppressed_box_suppresses_nothing():
    chain = np.array([[0.0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]])
    assert nms(chain, np.array([0.9, 0.8, 0.7]), 0.4).tolist() == [0, 2]


def test_a_box_exactly_at_the_threshold_is_kept():
    boxes = np.array([[0.0, 0, 4, 4], [0, 0, 2, 4]])
    assert nms(boxes, np.array([0.5, 0.6]), 0.5).tolist() == [1, 0]
    assert nms(boxes, np.array([0.5, 0.6]), 0.49).tolist() == [1]


def test_what_is_kept_overlaps_little_and_what_is_not_overlaps_a_better_one():
    rng = np.random.default_rng(2)
    boxes, scores = random_boxes(rng, 60), rng.uniform(size=60)
    kept = nms(boxes, scores, 0.3)
    assert 5 < len(kept) < 60 and (np.diff(scores[kept]) < 0).all()
    iou = box_iou(boxes, boxes)
    assert (iou[np.ix_(kept, kept)] - np.eye(len(kept)) <= 0.3).all()
    for i in set(range(60)) - set(kept.tolist()):
        assert (iou[i, kept][scores[kept] > scores[i]] > 0.3).any()


def test_equal_scores_keep_the_earlier_box_and_no_boxes_keep_none():
    assert nms(BOXES[[0, 0, 0]], np.full(3, 0.5)).tolist() == [0]
    assert nms(NO_BOXES, np.zeros(0)).shape == (0,)
    assert nms(NO_BOXES, np.zeros(0)).dtype == np.int32
    assert "1.5" in raises(nms, BOXES, SCORES, 1.5)


def test_of_many_equal_scores_the_earlier_box_comes_first():
    left = 20.0 * np.arange(60)
    apart, scores = np.stack([left, 0 * left, left + 10, 0 * left + 10], axis=1), np.tile([0.5, 0.9], 30)
    expected = [*range(1, 60, 2), *range(0, 60, 2)]
    assert nms(apart, scores).tolist() == expected
    assert nms_per_class(apart, scores, np.arange(60) // 30).tolist() == expected
    assert nms_per_class(BOXES, SCORES, np.zeros(4, dtype=np.int32)).tolist() == [0, 2]  # by 0.5


def test_at_the_largest_threshold_all_stay_and_a_kept_box_is_kept_once():
    assert nms(BOXES[[0, 0, 2]], np.array([0.5, 0.9, 0.7]), 1.0).tolist() == [1, 2, 0]
    point = np.array([[3.0, 3, 3, 3]])  # overlaps nothing, not even itself
    assert nms(point, np.ones(1), 0.5).tolist() == [0]
    touching = np.array([[0.0, 0, 4, 4], [4, 0, 8, 4], [7, 0, 11, 4]])
    assert nms(touching, np.array([0.9, 0.8, 0.7]), 0.0).tolist() == [0, 1]
    assert "-0.1" in raises(nms, BOXES, SCORES, -0.1)


def test_classes_do_not_suppress_each_other():
    classes = np.array([0, 0, 3, 0])
    assert nms_per_class(BOXES, SCORES, classes, 0.3).tolist() == [0, 2]
    assert nms_per_class(BOXES, SCORES, np.array([5, 1, 5, 1]), 0.3).tolist() == [0, 1]
    assert nms_per_class(BOXES, SCORES, np.zeros(4, dtype=np.int32), 0.5).tolist() == [0, 2]
    assert nms_per_class(NO_BOXES, np.zeros(0), np.zeros(0, dtype=np.int32)).shape == (0,)
    moved = np.concatenate([BOXES, BOXES - 20])  # negative coordinates are boxes, too
    both = nms_per_class(moved, np.tile(SCORES, 2), np.repeat(np.array([0, 1]), 4), 0.5)
    assert sorted(both.tolist()) == [0, 2, 4, 6]


# soft suppression


def test_soft_suppression_lowers_the_neighbor_less_than_the_duplicates():
    kept, scores = soft_nms(BOXES, SCORES)
    assert kept.tolist() == [0, 2, 3, 1]
    np.testing.assert_allclose(scores, [0.9, 0.554, 0.126, 0.071], atol=5e-4)
    np.testing.assert_allclose(scores[1], 0.8 * np.exp(-((60 / 140) ** 2) / 0.5))


def test_a_small_sigma_suppresses_what_overlaps_and_a_huge_one_nothing():
    apart = np.concatenate([BOXES, [[50.0, 50, 60, 60]]])
    scores = np.append(SCORES, 0.5)
    assert soft_nms(apart, scores, sigma=1e-3)[0].tolist() == [0, 4]
    kept, same = soft_nms(apart, scores, sigma=1e9)
    assert kept.tolist() == [0, 2, 1, 3, 4]
    np.testing.assert_allclose(same, scores[kept])


def test_soft_suppression_drops_low_scores_and_leaves_its_input_alone():
    scores = np.array([0.9, 0.0005, 0.8, 0.6])
    kept, _ = soft_nms(BOXES, scores)
    assert 1 not in kept and scores.tolist() == [0.9, 0.0005, 0.8, 0.6]
    assert soft_nms(BOXES[:1], np.array([0.0005]))[0].shape == (0,)
    assert soft_nms(BOXES, SCORES, min_score=0.1)[0].tolist() == [0, 2, 3]
    apart = np.array([[0.0, 0, 1, 1], [5, 5, 6, 6]])  # a score at the limit stays
    assert soft_nms(apart, np.array([0.9, 0.25]), min_score=0.25)[0].tolist() == [0, 1]
    empty, none = soft_nms(NO_BOXES, np.zeros(0))
    assert empty.shape == none.shape == (0,)
    assert "sigma" in raises(soft_nms, BOXES, SCORES, sigma=0.0)
