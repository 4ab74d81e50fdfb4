"""What the dense design promises: who is positive, what it costs, who survives, how it is scored."""

import numpy as np

from snippets.detection_and_segmentation.detect_many_instances import (
    COCO_THRESHOLDS,
    assign,
    average_precision,
    box_iou,
    focal_loss,
    mean_average_precision,
    suppress,
)

NO_BOXES = np.zeros((0, 4))


# assignment


def test_with_shrink_zero_each_box_owns_the_cell_of_its_center():
    boxes = np.array([[0.0, 0, 10, 6], [16, 8, 26, 20]])  # centers (5, 3) and (21, 14)
    classes, owner = assign(boxes, np.array([2, 0]), 3, rows=5, columns=7, stride=4)
    assert classes.shape == (3, 5, 7) and owner.shape == (5, 7)
    expected = np.full((5, 7), -1)
    expected[0, 1], expected[3, 5] = 0, 1
    np.testing.assert_array_equal(owner, expected)
    assert classes.sum() == 2 and classes[2, 0, 1] == 1 and classes[0, 3, 5] == 1


def test_with_shrink_a_half_the_cells_in_the_middle_of_the_box_are_positive():
    # cell centers at 2, 6, 10, ...; the middle half of x 0..24 is 6..18, of y 4..20 is 8..16
    box = np.array([[0.0, 4, 24, 20]])
    _, owner = assign(box, np.array([0]), 1, rows=6, columns=8, stride=4, shrink=0.5)
    rows, columns = np.nonzero(owner == 0)
    # 6 and 18 lie on the edge of the middle half, so they are out; the center's cell is in
    assert sorted({*rows.tolist()}) == [2, 3] and sorted({*columns.tolist()}) == [2, 3]


def test_a_box_too_small_to_hold_a_cell_center_still_owns_one_cell():
    box = np.array([[4.2, 4.2, 5.4, 5.4]])
    _, owner = assign(box, np.array([0]), 1, rows=4, columns=4, stride=4, shrink=1.0)
    assert (owner >= 0).sum() == 1 and owner[1, 1] == 0


def test_a_cell_that_two_boxes_claim_goes_to_the_smaller_one():
    large, small = [0.0, 0, 20, 20], [6.0, 6, 14, 14]  # the same center
    for boxes, winner in (([large, small], 1), ([small, large], 0)):
        _, owner = assign(np.array(boxes), np.array([0, 0]), 1, 5, 5, 4, shrink=1.0)
        assert owner[2, 2] == winner and owner[0, 0] == 1 - winner
    _, owner = assign(np.array([small, small]), np.array([0, 0]), 1, 5, 5, 4)
    assert owner[2, 2] == 0 and (owner >= 0).sum() == 1  # equals: the first


def test_oblong_boxes_shrink_along_each_side_and_are_compared_by_area():
    # cell centers at 2, 6, 10, ...; the middle half of x 3..27 is 9..21, of y 9..17 is 11..15
    _, owner = assign(np.array([[3.0, 9, 27, 17]]), np.array([0]), 1, 6, 8, 4, shrink=0.5)
    assert np.argwhere(owner == 0).tolist() == [[3, 2], [3, 3], [3, 4]]
    # the middle half of y 8..16 is 10..14, both edges are out: the center's cell alone
    _, owner = assign(np.array([[3.0, 8, 27, 16]]), np.array([0]), 1, 6, 8, 4, shrink=0.5)
    assert np.argwhere(owner == 0).tolist() == [[3, 3]]
    for large, small, cell in (([10.0, 40, 50, 46], [23.0, 36, 37, 50], (10, 7)),  # 240 and 196
                               ([40.0, 20, 46, 60], [36.0, 33, 50, 47], (10, 10))):
        for boxes, winner in (([large, small], 1), ([small, large], 0)):
            _, owner = assign(np.array(boxes), np.array([0, 0]), 1, 16, 16, 4)
            assert owner[cell] == winner and (owner >= 0).sum() == 1
    # the center is not on the diagonal: the middle half of x 3..27 and of y 40..60
    _, owner = assign(np.array([[3.0, 40, 27, 60]]), np.array([0]), 1, 16, 8, 4, shrink=0.5)
    assert np.argwhere(owner == 0)[[0, -1]].tolist() == [[11, 2], [13, 4]] and owner.dtype == np.int32


def test_of_many_equal_boxes_or_scores_the_first_one_leads():
    sides = np.repeat([4.0, 2.0], 40)[:, None]  # 80 boxes around one center; the small ones begin at 40
    _, owner = assign(10 + np.array([[-1, -1, 1, 1]]) * sides, np.zeros(80, dtype=np.int32), 1, 5, 5, 4)
    assert owner.max() == owner[2, 2] == 40
    apart = np.arange(80.0)[:, None] * 10 + np.array([0, 0, 5, 5])
    scores, labels = np.tile([0.9, 0.5], 40), np.zeros(80, dtype=np.int32)
    assert suppress(apart, scores, labels).tolist() == [*range(0, 80, 2), *range(1, 80, 2)]
    assert average_precision(scores, np.isin(np.arange(80), range(0, 20, 2)), 10) == 1
    truths = [(apart[4:5], np.array([0]))]  # found by the third of the best
    np.testing.assert_allclose(mean_average_precision([(apart, scores, labels)], truths, 1, (0.5,)), 1 / 3)


def test_an_image_without_objects_is_all_background():
    classes, owner = assign(NO_BOXES, np.zeros(0, dtype=np.int32), 3, 5, 7, 4, 0.5)
    assert not classes.any() and (owner == -1).all()


def test_assign_refuses_a_shrink_outside_0_to_1():
    for shrink in (-0.1, 1.5):
        try:
            assign(NO_BOXES, np.zeros(0, dtype=np.int32), 3, 5, 7, 4, shrink)
        except ValueError as error:
            message = str(error)
        else:
            raise AssertionError(f"shrink {shrink} was accepted")
        assert "shrink" in message and str(shrink) in message


# loss


def test_with_gamma_zero_the_focal_loss_is_weighted_cross_entropy():
    logits, targets = np.array([-3.0, 0.0, 2.0, -3.0, 2.0]), np.array([1.0, 1, 1, 0, 0])
    probs = 1 / (1 + np.exp(-logits))
    expected = np.where(targets == 1, -0.3 * np.log(probs), -0.7 * np.log(1 - probs))
    np.testing.assert_allclose(focal_loss(logits, targets, gamma=0.0, alpha=0.3)[0], expected)


def test_the_focal_loss_by_hand():
    logits = np.log(np.array([0.9, 0.01, 0.5]) / np.array([0.1, 0.99, 0.5]))
    loss, _ = focal_loss(logits, np.array([1.0, 0, 0]))
    expected = [-0.25 * 0.1**2 * np.log(0.9), -0.75 * 0.01**2 * np.log(0.99),
                -0.75 * 0.25 * np.log(0.5)]
    np.testing.assert_allclose(loss, expected)


def test_the_gradient_is_the_slope_of_the_loss():
    logits = np.linspace(-6, 6, 25)
    for target in (0.0, 1.0):
        for gamma, alpha in ((2.0, 0.25), (0.0, 0.5), (1.5, 0.6)):
            targets = np.full(logits.shape, target)
            up = focal_loss(logits + 1e-6, targets, gamma, alpha)[0]
            down = focal_loss(logits - 1e-6, targets, gamma, alpha)[0]
            np.testing.assert_allclose(focal_loss(logits, targets, gamma, alpha)[1],
                                       (up - down) / 2e-6, rtol=1e-6, atol=1e-9)


def test_huge_logits_cost_their_size_and_overflow_nothing():
    loss, grad = focal_loss(np.array([1000.0, -1000.0]), np.array([0.0, 1.0]))
    np.testing.assert_allclose(loss, [750.0, 250.0])
    np.testing.assert_allclose(grad, [0.75, -0.25])


def test_the_first_bias_keeps_764_negatives_from_drowning_4_positives():
    targets = np.zeros(768)
    targets[:4] = 1

    def sums(logit, gamma, alpha):
        loss, grad = focal_loss(np.full(768, logit), targets, gamma, alpha)
        scale = 2 if gamma == 0 else 1  # alpha 0.5 halves the cross-entropy
        parts = (loss[:4], loss[4:], grad[:4], grad[4:])
        return [round(float(scale * part.sum()), 2) for part in parts]

    prior = -np.log(99)
    assert sums(0.0, 0.0, 0.5) == [2.77, 529.56, -2.0, 382.0]
    assert sums(prior, 0.0, 0.5) == [18.42, 7.68, -3.96, 7.64]
    assert sums(0.0, 2.0, 0.25) == [0.17, 99.29, -0.3, 170.92]
    assert sums(prior, 2.0, 0.25) == [4.51, 0.0, -1.06, 0.0]


# overlap and suppression


def test_iou_by_hand():
    boxes = np.array([[0.0, 0, 4, 4], [10, 10, 13, 12]])
    others = np.array([[0.0, 0, 4, 4], [2, 2, 6, 6], [4, 0, 8, 4]])
    np.testing.assert_allclose(box_iou(boxes, others), [[1, 4 / 28, 0], [0, 0, 0]])
    assert box_iou(NO_BOXES, others).shape == (0, 3)
    square = np.array([[0.0, 0, 8, 8]])  # off by one pixel in x and in y
    np.testing.assert_allclose(box_iou(square, square + 1), [[49 / 79]])


def test_suppression_keeps_the_best_of_each_object_and_class():
    boxes = np.array([[0.0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 8], [20, 0, 30, 10]])
    scores = np.array([0.6, 0.9, 0.8, 0.7])
    assert suppress(boxes, scores, np.array([0, 0, 1, 0])).tolist() == [1, 2, 3]
    assert suppress(boxes, scores, np.array([0, 0, 0, 0])).tolist() == [1, 3]
    assert suppress(boxes, scores, np.array([0, 0, 0, 0]), max_iou=0.95).tolist() == [1, 2, 3, 0]
    assert suppress(NO_BOXES, np.zeros(0), np.zeros(0, dtype=np.int32)).tolist() == []


def test_a_suppressed_box_suppresses_nothing():
    # a chain: 0 overlaps 1 and 1 overlaps 2, each with an IoU of 6 / 14; 0 and 2 with 2 / 18
    boxes = np.array([[0.0, 0, 10, 1], [4, 0, 14, 1], [8, 0, 18, 1]])
    kept = suppress(boxes, np.array([0.9, 0.8, 0.7]), np.zeros(3, dtype=np.int32), max_iou=0.4)
    assert kept.tolist() == [0, 2]


def test_an_iou_equal_to_the_limit_survives():
    boxes = np.array([[0.0, 0, 10, 10], [0, 0, 10, 5]])  # IoU exactly 0.5
    labels = np.zeros(2, dtype=np.int32)
    assert suppress(boxes, np.array([0.5, 0.5]), labels).tolist() == [0, 1]
    assert suppress(boxes, np.array([0.5, 0.5]), labels, max_iou=0.49).tolist() == [0]
    assert boxes[suppress(boxes[:0], np.zeros(0), labels[:0])].shape == (0, 4)  # no box is an index, too


# average precision


def test_average_precision_by_hand():
    hits = np.array([True, False, True])
    # precision 1 up to recall 1/2 (51 levels), then 2/3 up to recall 1 (50 levels)
    found = average_precision(np.array([0.9, 0.8, 0.7]), hits, 2)
    np.testing.assert_allclose(found, (51 + 50 * 2 / 3) / 101)
    # a third object that is never found: recall stops at 2/3 (34 + 33 levels)
    found = average_precision(np.array([0.9, 0.8, 0.7]), hits, 3)
    np.testing.assert_allclose(found, (34 + 33 * 2 / 3) / 101)


def test_only_the_order_of_the_scores_counts():
    scores, hits = np.array([0.2, 0.9, 0.5]), np.array([True, True, False])
    first = average_precision(scores, hits, 4)
    np.testing.assert_allclose(average_precision(scores**9, hits, 4), first)
    assert average_precision(np.array([0.9, 0.5, 0.2]), hits, 4) > first
    assert average_precision(np.zeros(0), np.zeros(0, dtype=bool), 4) == 0


TRUTH = [(np.array([[0.0, 0, 10, 10], [20, 0, 30, 10]]), np.array([0, 0]))]
FOUND = np.array([[0.0, 0, 10, 10], [0, 0, 10, 8], [20, 0, 30, 6]])


def test_a_second_box_on_an_object_is_a_miss_and_its_score_decides_what_it_costs():
    for scores, expected in (([0.9, 0.8, 0.7], (0.835, 0.505)), ([0.9, 0.6, 0.7], (1.0, 0.505))):
        detections = [(FOUND, np.array(scores), np.array([0, 0, 0]))]
        for threshold, value in zip((0.5, 0.75), expected, strict=True):
            found = mean_average_precision(detections, TRUTH, 1, (threshold,))
            assert abs(found - value) < 5e-4, (scores, threshold, found)


def test_a_detection_takes_the_object_it_overlaps_most_and_leaves_the_other():
    truth = [(np.array([[0.0, 0, 10, 10], [0, 0, 10, 14]]), np.array([0, 0]))]
    boxes = np.array([[0.0, 0, 10, 13], [0, 0, 10, 9]])  # best: the second, the first
    detections = [(boxes, np.array([0.9, 0.8]), np.array([0, 0]))]
    assert mean_average_precision(detections, truth, 1, (0.9,)) == 1.0


def test_classes_without_objects_are_left_out_and_their_detections_cost_nothing():
    detections = [(FOUND[:2], np.array([0.9, 0.8]), np.array([0, 1]))]
    np.testing.assert_allclose(mean_average_precision(detections, TRUTH, 3, (0.5,)), 51 / 101)
    detections = [(FOUND[[0, 2]], np.array([0.9, 0.8]), np.array([1, 1]))]
    truths = [(TRUTH[0][0], np.array([1, 1]))]  # the first class has no object, the second has
    assert mean_average_precision(detections, truths, 2, (0.5,)) == 1
    nothing = [(NO_BOXES, np.zeros(0), np.zeros(0, dtype=np.int32))]
    assert mean_average_precision(nothing, TRUTH, 3) == 0
    try:
        mean_average_precision(nothing, [(NO_BOXES, np.zeros(0, dtype=np.int32))], 3)
    except ValueError as error:
        message = str(error)
    else:
        raise AssertionError("a mean over no class was returned")
    assert "truths" in message


def test_a_false_alarm_on_an_image_without_objects_counts():
    empty = (NO_BOXES, np.zeros(0, dtype=np.int32))
    good = (FOUND[[0, 2]], np.array([0.8, 0.7]), np.array([0, 0]))
    for score, expected in ((0.9, 2 / 3), (0.1, 1.0)):
        alarm = (FOUND[:1], np.array([score]), np.array([0]))
        found = mean_average_precision([good, alarm], [*TRUTH, empty], 1, (0.5,))
        np.testing.assert_allclose(found, expected)


def test_an_image_without_its_detections_is_refused():
    good = (FOUND[[0, 2]], np.array([0.8, 0.7]), np.array([0, 0]))
    refused = False
    try:
        mean_average_precision([good], [*TRUTH, *TRUTH], 1)
    except ValueError:
        refused = True
    assert refused, "detections of one image were scored against the objects of two"


def test_the_default_averages_ten_thresholds():
    assert COCO_THRESHOLDS == (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
    detections = [(FOUND, np.array([0.9, 0.6, 0.7]), np.array([0, 0, 0]))]
    each = [mean_average_precision(detections, TRUTH, 1, (t,)) for t in COCO_THRESHOLDS]
    np.testing.assert_allclose(mean_average_precision(detections, TRUTH, 1), np.mean(each))
    assert each[0] == 1.0 and each[-1] < 0.6
