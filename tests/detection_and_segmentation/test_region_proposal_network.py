"""What the region proposal network's pieces promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.region_proposal_network import (
    box_iou,
    decode,
    encode,
    label_anchors,
    make_anchors,
    propose,
    rpn_loss,
    sample_labels,
)

NO_BOXES = np.zeros((0, 4))


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{function.__name__} raised no ValueError")


def random_boxes(rng: np.random.Generator, count: int, height: float, width: float) -> np.ndarray:
    corner = rng.uniform(0, 0.7, (count, 2)) * (width, height)
    size = rng.uniform(0.05, 0.3, (count, 2)) * (width, height)
    return np.concatenate([corner, corner + size], axis=1)


# anchors


def test_ratios_change_the_shape_and_keep_the_area():
    anchors = make_anchors(1, 1, 16, (128, 256, 512), (0.5, 1, 2))
    size = anchors[:, 2:] - anchors[:, :2]
    np.testing.assert_allclose(size[:, 0] * size[:, 1], np.repeat([128**2, 256**2, 512**2], 3))
    np.testing.assert_allclose(size[:, 1] / size[:, 0], np.tile([0.5, 1, 2], 3))


def test_anchors_run_over_rows_then_columns_then_shapes():
    anchors = make_anchors(2, 3, 10, (4.0, 8.0), (0.25, 1.0, 4.0, 9.0, 16.0)).reshape(2, 3, 10, 4)
    centers = (anchors[..., :2] + anchors[..., 2:]) / 2
    np.testing.assert_allclose(centers[1, 2], np.tile([25.0, 15.0], (10, 1)))
    np.testing.assert_allclose(centers[0, 1], np.tile([15.0, 5.0], (10, 1)))
    np.testing.assert_allclose(anchors[1, 2, 2], [24, 11, 26, 19])  # scale 4, ratio 4: 2 x 8
    np.testing.assert_allclose(anchors[1, 2, 5], [17, 13, 33, 17])  # scale 8, ratio 1/4: 16 x 4


def test_anchors_move_with_the_cell_by_one_stride():
    anchors = make_anchors(3, 5).reshape(3, 5, 9, 4)
    np.testing.assert_allclose(anchors[1, 4] - anchors[1, 3], np.tile([16, 0, 16, 0], (9, 1)))
    np.testing.assert_allclose(anchors[2, 1] - anchors[1, 1], np.tile([0, 16, 0, 16], (9, 1)))


def test_the_smallest_anchor_is_one_pixel_on_its_own_cell():
    np.testing.assert_allclose(make_anchors(1, 2, 1, (1,), (1,)), [[0, 0, 1, 1], [1, 0, 2, 1]])


def test_the_counts_on_the_page():
    for rows, columns, height, width, count, inside_count in [
        (40, 60, 600, 1000, 21_600, 8_044),
        (38, 63, 600, 1000, 21_546, 8_044),
        (37, 62, 600, 1000, 20_646, 8_044),
        (38, 50, 600, 800, 17_100, 5_834),
    ]:
        anchors = make_anchors(rows, columns)
        assert anchors.shape == (count, 4)
        inside = label_anchors(anchors, NO_BOXES, height, width)[0] == 0
        assert inside.sum() == inside_count, f"{inside.sum()} of {count} anchors inside"
        # 362 x 724: the largest upright anchor never fits into a landscape image.
        per_shape = inside.reshape(-1, 9).sum(axis=0)
        assert per_shape[8] == 0 and (per_shape[:8] > 0).all()


# overlap


def test_iou_by_hand():
    boxes = np.array([[0.0, 0, 4, 4], [10, 10, 13, 12]])
    others = np.array([[0.0, 0, 4, 4], [2, 2, 6, 6], [4, 0, 8, 4], [1, 1, 3, 3], [9, 9, 14, 13]])
    expected = [[1, 4 / 28, 0, 4 / 16, 0], [0, 0, 0, 0, 6 / 20]]
    np.testing.assert_allclose(box_iou(boxes, others), expected)
    np.testing.assert_allclose(box_iou(others, boxes), np.transpose(expected))


# labels


def test_thresholds_at_and_beside_their_values():
    # One box of 10 x 10; anchors that cover a part of it and nothing else: IoU = part.
    box = np.array([[10.0, 10, 20, 20]])
    heights = [9.0, 7.0, 6.9, 3.1, 3.0, 2.9, 0.5]
    anchors = np.array([[10.0, 10, 20, 10 + h] for h in heights])
    labels, matched = label_anchors(anchors, box, 100, 100)
    np.testing.assert_array_equal(labels, [1, 1, -1, -1, -1, 0, 0])
    assert (matched == box).all()


def test_the_best_anchor_of_a_box_is_positive_even_below_both_thresholds():
    anchors = np.array([[0.0, 0, 10, 10], [50, 50, 60, 60], [30, 30, 40, 40]])
    small = np.array([[51.0, 51, 53, 53]])  # IoU 0.04 with the second anchor
    labels, matched = label_anchors(anchors, small, 100, 100)
    np.testing.assert_array_equal(labels, [0, 1, 0])
    np.testing.assert_array_equal(matched[1], small[0])


def test_ties_for_the_best_anchor_are_all_positive():
    # 64 x 64 in the middle of a cell: 25 square, 7 wide and 7 upright anchors contain it.
    labels, _ = label_anchors(make_anchors(38, 63), np.array([[264.0, 264, 328, 328]]), 600, 1000)
    assert (labels == 1).sum() == 25 + 7 + 7, f"{(labels == 1).sum()} positives, 39 anchors tie"
    assert (labels == -1).sum() == 21_546 - 8_044


def test_every_box_that_an_anchor_touches_gets_a_positive():
    rng = np.random.default_rng(1)
    anchors = make_anchors(19, 25, 16, (64, 128), (0.5, 1, 2))
    for _ in range(10):
        boxes = random_boxes(rng, 5, 300, 400)
        labels, _ = label_anchors(anchors, boxes, 300, 400)
        inside = (anchors[:, :2] >= 0).all(1) & (anchors[:, 2:] <= (400, 300)).all(1)
        iou = box_iou(anchors, boxes)
        for box in range(5):
            if iou[inside, box].max() > 0:
                best = inside & (iou[:, box] == iou[inside, box].max())
                assert (labels[best] == 1).all()


def test_a_box_that_no_inside_anchor_touches_makes_nothing_positive():
    labels, _ = label_anchors(make_anchors(38, 63), np.array([[0.0, 0, 8, 8]]), 600, 1000)
    assert (labels == 1).sum() == 0
    assert (labels == 0).sum() == 8_044


def test_a_box_that_an_anchor_barely_touches_makes_only_that_anchor_positive():
    # One anchor inside the image overlaps the box by 0.1 x 0.1 pixels, all others by nothing.
    anchors = make_anchors(38, 63)
    for side, best in [(8.001, 6.1e-11), (8.1, 6.1e-7), (8.4, 9.7e-6)]:
        box = np.array([[0.0, 0, side, side]])
        labels, _ = label_anchors(anchors, box, 600, 1000)
        assert (labels == 1).sum() == 1, f"{(labels == 1).sum()} positives for a side of {side}"
        assert abs(box_iou(anchors[labels == 1], box)[0, 0] / best - 1) < 0.01


def test_a_tie_is_relative_so_a_slightly_worse_anchor_is_not_best():
    anchors = np.array([[0.0, 0, 1000, 1000], [0, 0, 1000, 1000.1]])
    labels, _ = label_anchors(anchors, np.array([[10.0, 10, 20, 20]]), 2000, 2000)
    np.testing.assert_array_equal(labels, [1, 0])  # IoU 1.0000e-4 and 0.9999e-4


def test_anchors_over_the_border_are_ignored_even_when_they_fit_best():
    anchors = np.array([[-1.0, 0, 9, 10], [0, 0, 10, 10], [95, 0, 105, 10], [0, 91, 10, 101],
                        [90, 90, 100, 100], [5, -2, 15, 8]])
    labels, _ = label_anchors(anchors, np.array([[0.0, 0, 9, 10]]), 100, 100)
    np.testing.assert_array_equal(labels, [-1, 1, -1, -1, 0, -1])


def test_an_image_is_not_square():
    anchors = np.array([[50.0, 0, 60, 10], [0, 50, 10, 60]])
    np.testing.assert_array_equal(label_anchors(anchors, NO_BOXES, 20, 100)[0], [0, -1])
    np.testing.assert_array_equal(label_anchors(anchors, NO_BOXES, 100, 20)[0], [-1, 0])


def test_an_image_without_boxes_is_all_background():
    anchors = make_anchors(5, 7, 16, (32,), (1,))
    labels, matched = label_anchors(anchors, NO_BOXES, 80, 112)
    assert set(labels.tolist()) == {-1, 0} and (labels == 0).sum() == 3 * 5
    targets = encode(anchors, matched)
    assert not targets.any() and matched is not anchors
    sampled = sample_labels(labels, np.random.default_rng(0), 8, 4)
    objectness, box, grad_logits, grad_offsets = rpn_loss(
        np.zeros(35), np.ones((35, 4)), sampled, targets, 35)
    assert abs(objectness - np.log(2)) < 1e-12 and box == 0 and not grad_offsets.any()
    np.testing.assert_allclose(grad_logits[sampled == 0], 0.5 / 8)


def test_a_positive_regresses_to_the_box_it_overlaps_most():
    anchors = np.array([[0.0, 0, 10, 10], [20, 0, 30, 10]])
    boxes = np.array([[20.0, 0, 30, 9], [0, 0, 10, 8], [0, 0, 9, 10]])
    labels, matched = label_anchors(anchors, boxes, 100, 100)
    np.testing.assert_array_equal(labels, [1, 1])
    assert labels.dtype == np.int8
    np.testing.assert_array_equal(matched, boxes[[2, 0]])


def test_no_anchors_at_all():
    labels, matched = label_anchors(np.zeros((0, 4)), np.array([[0.0, 0, 8, 8]]), 100, 100)
    assert labels.shape == (0,) and matched.shape == (0, 4)


# offsets


def test_encode_by_hand():
    # Center moves by (16, -16) = 1/8 anchor; 160/128 = 5/4 as wide, 96/128 = 3/4 as high.
    got = encode(np.array([[136.0, 136, 264, 264]]), np.array([[136.0, 136, 296, 232]]))
    np.testing.assert_allclose(got, [[0.125, -0.125, np.log(5 / 4), np.log(3 / 4)]])


def test_decode_inverts_encode():
    rng = np.random.default_rng(2)
    anchors, boxes = random_boxes(rng, 50, 600, 1000), random_boxes(rng, 50, 600, 1000)
    np.testing.assert_allclose(decode(anchors, encode(anchors, boxes)), boxes, atol=1e-9)
    np.testing.assert_allclose(decode(anchors, np.zeros((50, 4))), anchors, atol=1e-9)


def test_offsets_do_not_change_when_image_and_anchors_are_scaled():
    rng = np.random.default_rng(3)
    anchors, boxes = random_boxes(rng, 7, 600, 1000), random_boxes(rng, 7, 600, 1000)
    np.testing.assert_allclose(encode(4 * anchors, 4 * boxes), encode(anchors, boxes), atol=1e-9)


def test_decode_does_not_overflow():
    boxes = decode(np.array([[0.0, 0, 16, 16]]), np.array([[0.0, 0, 1000, 1000]]))
    np.testing.assert_allclose(boxes, [[8 - 500, 8 - 500, 8 + 500, 8 + 500]])


# minibatch


def test_minibatch_is_half_positive_at_most_and_filled_with_negatives():
    rng = np.random.default_rng(4)
    for num_positive, num_negative, expected in [
        (500, 5000, (128, 128)), (128, 5000, (128, 128)), (10, 5000, (10, 246)),
        (0, 5000, (0, 256)), (500, 50, (128, 50)), (3, 7, (3, 7)), (0, 0, (0, 0)),
    ]:
        labels = np.repeat(np.array([1, 0, -1], dtype=np.int8), [num_positive, num_negative, 99])
        labels = rng.permutation(labels)
        before = labels.copy()
        sampled = sample_labels(labels, rng)
        assert ((sampled == 1).sum(), (sampled == 0).sum()) == expected
        np.testing.assert_array_equal(labels, before)  # the input is not modified
        chosen = sampled >= 0
        np.testing.assert_array_equal(sampled[chosen], labels[chosen])


def test_a_minibatch_may_hold_no_positive_and_nothing_but_positives():
    labels = np.array([1, 0, 1, 0, 0, 1, 0], dtype=np.int8)
    for max_positive, expected in ((0, (0, 3)), (3, (3, 0))):
        sampled = sample_labels(labels, np.random.default_rng(9), 3, max_positive)
        assert ((sampled == 1).sum(), (sampled == 0).sum()) == expected


def test_minibatch_comes_from_the_generator_and_is_fair():
    labels = np.repeat(np.array([1, 0], dtype=np.int8), [4, 12])
    first = sample_labels(labels, np.random.default_rng(5), 6, 2)
    np.testing.assert_array_equal(first, sample_labels(labels, np.random.default_rng(5), 6, 2))
    rng = np.random.default_rng(6)
    counts = sum((sample_labels(labels, rng, 6, 2) >= 0).astype(int) for _ in range(3000))
    # 2 of 4 and 4 of 12: binomial standard deviations sqrt(3000 p (1 - p)) = 27.4 and 25.8.
    assert np.abs(counts[:4] - 1500).max() < 5 * 27.4
    assert np.abs(counts[4:] - 1000).max() < 5 * 25.8


# loss


def test_loss_by_hand():
    labels = np.array([1, 0, -1, 1], dtype=np.int8)
    logits = np.array([0.0, 0.0, 50.0, np.log(3.0)])
    offsets = np.array([[0.5, 0, 0, 0], [9, 9, 9, 9], [9, 9, 9, 9], [0, 0, -3, 0]], dtype=float)
    objectness, box, grad_logits, grad_offsets = rpn_loss(
        logits, offsets, labels, np.zeros((4, 4)), num_locations=40)
    # -log 1/2, -log 1/2, -log 3/4 over 3 anchors; 0.5 * 0.5^2 and 3 - 0.5, times 10 / 40.
    np.testing.assert_allclose(objectness, (2 * np.log(2) + np.log(4 / 3)) / 3)
    np.testing.assert_allclose(box, (0.125 + 2.5) / 4)
    np.testing.assert_allclose(grad_logits, np.array([-0.5, 0.5, 0, -0.25]) / 3, atol=1e-15)
    expected = np.zeros((4, 4))
    expected[0, 0], expected[3, 2] = 0.5 / 4, -1 / 4
    np.testing.assert_allclose(grad_offsets, expected)


def test_smooth_l1_bends_at_beta():
    labels, zeros = np.ones(1, np.int8), np.zeros((1, 4))
    for beta, distance, expected in [(1, 0.6, 0.18), (1, 1, 0.5), (1, 3, 2.5), (0.25, 0.1, 0.02),
                                     (0.25, 0.25, 0.125), (0.25, 1, 0.875)]:
        offsets = np.array([[0.0, 0, 0, -distance]])
        _, box, _, _ = rpn_loss(np.zeros(1), offsets, labels, zeros, 1, 1.0, beta)
        assert abs(box - expected) < 1e-12, f"beta {beta}, distance {distance}: {box}, not {expected}"


def test_loss_ignores_what_was_not_sampled_and_boxes_of_background():
    rng = np.random.default_rng(7)
    labels = np.array([1, 0, -1, 0, -1], dtype=np.int8)
    logits, offsets, targets = rng.normal(size=5), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    first = rpn_loss(logits, offsets, labels, targets, 7)
    logits[labels == -1] += 5
    offsets[labels != 1] += 5
    targets[labels != 1] -= 3
    second = rpn_loss(logits, offsets, labels, targets, 7)
    for before, after in zip(first, second, strict=True):
        np.testing.assert_array_equal(before, after)


def test_loss_gradient_by_central_differences():
    rng = np.random.default_rng(8)
    labels = np.array([1, 0, -1, 1, 0, 1, 0], dtype=np.int8)
    logits, offsets, targets = rng.normal(size=7), rng.normal(size=(7, 4)), rng.normal(size=(7, 4))
    for beta in (1.0, 1 / 9):
        _, _, grad_logits, grad_offsets = rpn_loss(logits, offsets, labels, targets, 11, 10.0, beta)
        for array, grad in [(logits, grad_logits), (offsets, grad_offsets)]:
            for index in np.ndindex(array.shape):
                value, losses = array[index], []
                for step in (1e-6, -1e-6):
                    array[index] = value + step
                    losses.append(sum(rpn_loss(logits, offsets, labels, targets, 11, 10.0, beta)[:2]))
                array[index] = value
                assert abs((losses[0] - losses[1]) / 2e-6 - grad[index]) < 1e-7


def test_huge_logits_do_not_overflow():
    labels = np.array([1, 0, 1, 0], dtype=np.int8)
    objectness, _, grad, _ = rpn_loss(
        np.array([-1e4, 1e4, 1e4, -1e4]), np.zeros((4, 4)), labels, np.zeros((4, 4)), 1)
    np.testing.assert_allclose(objectness, 2e4 / 4)
    np.testing.assert_allclose(grad, [-0.25, 0.25, 0, 0], atol=1e-15)


def test_a_minibatch_of_one_is_its_own_mean():
    labels = np.array([-1, 0, -1], dtype=np.int8)
    objectness, _, grad_logits, _ = rpn_loss(
        np.zeros(3), np.zeros((3, 4)), labels, np.zeros((3, 4)), 5)
    assert abs(objectness - np.log(2)) < 1e-12
    np.testing.assert_allclose(grad_logits, [0, 0.5, 0])


def test_an_empty_minibatch_costs_nothing():
    out = rpn_loss(np.ones(3), np.ones((3, 4)), np.full(3, -1, np.int8), np.zeros((3, 4)), 5)
    assert out[0] == 0 and out[1] == 0 and not out[2].any() and not out[3].any()


# proposals


def test_proposals_are_clipped_sorted_and_not_redundant():
    anchors = np.array([[-10.0, -10, 50, 50], [0, 0, 51, 50], [60, 20, 160, 70], [30, 30, 40, 80]])
    logits = np.array([1.0, 2.0, 3.0, 9.0])
    boxes, scores = propose(anchors, logits, np.zeros((4, 4)), 60, 100)
    # the last is 10 wide and goes; the first, clipped to 50 x 50, is 0.98 of the second
    np.testing.assert_allclose(boxes, [[60, 20, 100, 60], [0, 0, 51, 50]])
    np.testing.assert_array_equal(scores, [3, 2])


def test_suppression_needs_more_than_the_threshold():
    anchors = np.array([[0.0, 0, 100, 100], [0, 0, 100, 70], [0, 0, 100, 71]])
    _, scores = propose(anchors, np.array([3.0, 2, 1]), np.zeros((3, 4)), 100, 100)
    np.testing.assert_array_equal(scores, [3, 2])  # 0.70 stays, 0.71 goes


def test_a_suppressed_box_suppresses_nothing():
    anchors = np.array([[0.0, 0, 100, 100], [20, 0, 120, 100], [40, 0, 140, 100]])
    # IoU of neighbors 80/120 = 2/3, of the outer two 60/140 = 3/7
    _, scores = propose(anchors, np.array([3.0, 2, 1]), np.zeros((3, 4)), 100, 200, max_iou=0.5)
    np.testing.assert_array_equal(scores, [3, 1])


def test_limits_before_and_after_suppression():
    anchors = np.array([[100.0 * i, 0, 100.0 * i + 50, 50] for i in range(7)])
    logits = np.array([3.0, 6, 1, 5, 2, 7, 4])
    zeros = np.zeros((7, 4))
    _, scores = propose(anchors, logits, zeros, 100, 700, before_nms=5, after_nms=3)
    np.testing.assert_array_equal(scores, [7, 6, 5])
    _, scores = propose(anchors, logits, zeros, 100, 700, before_nms=2, after_nms=3)
    np.testing.assert_array_equal(scores, [7, 6])
    boxes, scores = propose(anchors, logits, zeros, 100, 700, min_size=51)
    assert boxes.shape == (0, 4) and scores.shape == (0,)


def test_without_limits_6000_go_in_300_come_out_and_sides_are_16_at_least():
    apart = np.array([[20.0 * i, 0, 20.0 * i + 16, 16] for i in range(302)])
    boxes, _ = propose(apart, np.zeros(302), np.zeros((302, 4)), 100, 10_000)
    assert len(boxes) == 300
    crowd = np.concatenate([np.tile(apart[:1], (6000, 1)), apart[1:2]])  # the last one comes too late
    logits = np.append(np.ones(6000), 0.0)
    assert len(propose(crowd, logits, np.zeros((6001, 4)), 100, 10_000)[0]) == 1
    assert len(propose(crowd[1:], logits[1:], np.zeros((6000, 4)), 100, 10_000)[0]) == 2
    assert len(propose(apart - [0, 0, 0.5, 0], np.zeros(302), np.zeros((302, 4)), 100, 10_000)[0]) == 0


# page


def test_the_minibatches_on_the_page():
    anchors, rng = make_anchors(38, 63), np.random.default_rng(0)
    for box, positives, negatives, between, minibatch in [
        ([340.0, 180, 660, 420], 10, 7_452, 582, (10, 246)),
        ([264.0, 264, 328, 328], 39, 8_005, 0, (39, 217)),
        ([0.0, 0, 8, 8], 0, 8_044, 0, (0, 256)),
    ]:
        labels, _ = label_anchors(anchors, np.array([box]), 600, 1000)
        assert ((labels == 1).sum(), (labels == 0).sum()) == (positives, negatives)
        assert (labels == -1).sum() == 21_546 - 8_044 + between
        sampled = sample_labels(labels, rng)
        assert ((sampled == 1).sum(), (sampled == 0).sum()) == minibatch


def test_bad_input_is_named():
    assert "stride, scales and ratios must be positive, got 0" in raises(
        make_anchors, 2, 3, stride=0)
    assert "scales" in raises(make_anchors, 2, 3, scales=(0.0,))
    assert "ratios" in raises(make_anchors, 2, 3, ratios=(-1.0,))
    assert "ratios" in raises(make_anchors, 2, 3, ratios=(2.0, 0.0))
    assert "gt_boxes" in raises(label_anchors, make_anchors(2, 3), np.zeros(4), 32, 48)
    assert "max_positive" in raises(
        sample_labels, np.zeros(9, np.int8), np.random.default_rng(0), 4, 5)
    flat, wide, labels = np.zeros(2), np.zeros((2, 4)), np.zeros(2, np.int8)
    assert "num_locations and beta must be positive, got 0" in raises(
        rpn_loss, flat, wide, labels, wide, 0)
    assert "beta" in raises(rpn_loss, flat, wide, labels, wide, 1, beta=0.0)
    assert "min_size" in raises(propose, wide, flat, wide, 9, 9, min_size=0.0)
