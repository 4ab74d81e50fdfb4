"""What the fixed-slot design promises: boxes, their loss, and positions read off a map."""

import numpy as np

from snippets.detection_and_segmentation.detect_single_instances import (
    decode_slots,
    paired_giou,
    slot_loss,
    soft_argmax,
    soft_argmax_backward,
)


def random_boxes(rng, *shape):
    corner = rng.uniform(0, 30, (*shape, 2))
    return np.concatenate([corner, corner + rng.uniform(1, 20, (*shape, 2))], axis=-1)


def test_decode_puts_zeros_in_the_middle_of_the_image():
    boxes = decode_slots(np.zeros((2, 3, 4)), height=40, width=80)
    assert boxes.shape == (2, 3, 4)
    np.testing.assert_allclose(boxes[1, 2], [20, 10, 60, 30])


def test_decode_reads_center_x_center_y_width_height_in_this_order():
    share = np.array([[[0.25, 0.5, 0.1, 0.2]]])
    boxes = decode_slots(np.log(share / (1 - share)), height=100, width=200)
    np.testing.assert_allclose(boxes[0, 0], [40, 40, 60, 60])


def test_decoded_boxes_have_a_positive_size_for_any_raw_number():
    raw = np.random.default_rng(0).normal(0, 5, (7, 2, 4))
    boxes = decode_slots(raw, 48, 32)
    assert (boxes[..., 2:] > boxes[..., :2]).all()
    assert np.isfinite(decode_slots(np.full((1, 1, 4), -2000.0), 48, 32)).all()


def test_decode_refuses_anything_but_four_numbers_per_slot():
    try:
        decode_slots(np.zeros((2, 5)), 48, 48)
    except ValueError as error:
        message = str(error)
    else:
        raise AssertionError("5 numbers were taken for a box")
    assert "raw" in message and "(2, 5)" in message


def test_iou_of_a_box_moved_by_4_pixels_depends_on_its_size():
    for side, expected in [(10.0, 60 / 140), (40.0, 1440 / 1760)]:
        box = np.array([0.0, 0, side, side])
        iou, giou = paired_giou(box + np.array([4.0, 0, 4, 0]), box)
        np.testing.assert_allclose([iou, giou], expected)  # the hull is the union here
    assert round(60 / 140, 3) == 0.429 and round(1440 / 1760, 3) == 0.818


def test_generalized_iou_tells_near_from_far_where_iou_is_zero():
    box = np.array([0.0, 0, 10, 10])
    for shift, expected in [(10, 0.0), (20, -1 / 3), (990, -98 / 100)]:
        iou, giou = paired_giou(box + np.array([shift, 0, shift, 0]), box)
        assert iou == 0
        np.testing.assert_allclose(giou, expected)


def test_generalized_iou_subtracts_the_empty_part_of_the_hull():
    # two 2 x 2 boxes that share one pixel: union 7, hull 9
    iou, giou = paired_giou(np.array([0.0, 0, 2, 2]), np.array([1.0, 1, 3, 3]))
    np.testing.assert_allclose([iou, giou], [1 / 7, 1 / 7 - 2 / 9])


def test_generalized_iou_is_one_for_equal_boxes_symmetric_and_at_most_iou():
    rng = np.random.default_rng(1)
    a, b = random_boxes(rng, 5, 3), random_boxes(rng, 5, 3)
    iou, giou = paired_giou(a, b)
    assert iou.shape == giou.shape == (5, 3)
    assert (giou <= iou).all() and (giou > -1).all() and (giou < 0).any() and (giou > 0).any()
    np.testing.assert_allclose(giou, paired_giou(b, a)[1])
    np.testing.assert_allclose(giou, paired_giou(7 * a, 7 * b)[1])  # no unit
    np.testing.assert_allclose(paired_giou(a, a), 1.0)


def test_the_loss_is_zero_only_for_the_right_boxes_in_the_right_slots():
    rng = np.random.default_rng(2)
    targets = random_boxes(rng, 3, 2)
    assert abs(slot_loss(targets, targets, 48, 48)) < 1e-12
    assert slot_loss(targets[:, ::-1], targets, 48, 48) > 0.5


def test_the_loss_adds_the_distance_in_shares_of_the_image_and_the_overlap():
    target = np.array([[[10.0, 20, 20, 40]]])
    box = target + np.array([5.0, 0, 5, 0])  # IoU 100 / 300
    expected = (5 + 5) / 50 + 1 - 1 / 3
    np.testing.assert_allclose(slot_loss(box, target, height=100, width=50), expected)
    box = target + np.array([0.0, 10, 0, 10])  # IoU 100 / 300
    expected = (10 + 10) / 100 + 1 - 1 / 3
    np.testing.assert_allclose(slot_loss(box, target, height=100, width=50), expected)


def test_the_loss_of_boxes_that_are_apart_still_grows_with_the_gap():
    target = np.array([[[0.0, 0, 10, 10]]])
    for shift, giou in ((20.0, -1 / 3), (40.0, -3 / 5)):  # 10 of 30, 30 of 50 pixels of the hull are empty
        box = target + np.array([shift, 0, shift, 0])
        expected = 2 * shift / 100 + 1 - giou
        np.testing.assert_allclose(slot_loss(box, target, height=50, width=100), expected)


def test_the_loss_is_the_mean_over_images_and_slots():
    rng = np.random.default_rng(3)
    boxes, targets = random_boxes(rng, 5, 2), random_boxes(rng, 5, 2)
    each = [slot_loss(boxes[n:n + 1, k:k + 1], targets[n:n + 1, k:k + 1], 48, 32)
            for n in range(5) for k in range(2)]
    np.testing.assert_allclose(slot_loss(boxes, targets, 48, 32), np.mean(each))


def test_the_loss_refuses_a_missing_box():
    try:
        slot_loss(np.zeros((3, 2, 4)), np.zeros((3, 1, 4)), 48, 48)
    except ValueError as error:
        message = str(error)
    else:
        raise AssertionError("one target was compared with two slots")
    assert "targets" in message and "(3, 1, 4)" in message


def test_soft_argmax_of_a_flat_map_is_its_middle():
    positions, probs = soft_argmax(np.zeros((2, 3, 5, 7)))
    np.testing.assert_allclose(positions, np.broadcast_to([3.5, 2.5], (2, 3, 2)))
    np.testing.assert_allclose(probs, 1 / 35)


def test_soft_argmax_of_a_high_peak_is_the_middle_of_its_cell():
    logits = np.zeros((1, 1, 5, 7))
    logits[0, 0, 1, 4] = 1000.0
    positions, probs = soft_argmax(logits)
    np.testing.assert_allclose(positions[0, 0], [4.5, 1.5])
    np.testing.assert_allclose(probs.sum(axis=(2, 3)), 1.0)
    low = np.concatenate([logits, np.full((1, 1, 5, 7), -1000.0)], axis=1)  # a second, flat map far below
    np.testing.assert_allclose(soft_argmax(low)[0][0], [[4.5, 1.5], [3.5, 2.5]])


def test_soft_argmax_reads_positions_between_the_cells():
    x, y = np.arange(12) + 0.5, np.arange(9) + 0.5
    logits = -((x - 6.3) ** 2)[None, :] - ((y - 3.8) ** 2)[:, None]  # a Gaussian, sd 0.7 cells
    positions, _ = soft_argmax(logits[None, None])
    np.testing.assert_allclose(positions[0, 0], [6.3, 3.8], atol=2e-3)


def test_soft_argmax_of_two_equal_peaks_lies_between_them():
    logits = np.zeros((1, 1, 1, 8))
    logits[..., 1] = logits[..., 6] = 5.0
    np.testing.assert_allclose(soft_argmax(logits)[0][0, 0, 0], 4.0)


def test_a_low_peak_is_pulled_to_the_middle_of_the_map():
    for height, expected in [(2.0, 5.851), (5.0, 4.230), (10.0, 2.523)]:
        logits = np.zeros((1, 1, 12, 12))
        logits[..., 2, 2] = height
        np.testing.assert_allclose(soft_argmax(logits)[0][0, 0], expected, atol=5e-4)


def test_the_backward_pass_is_the_slope_of_the_positions():
    rng = np.random.default_rng(4)
    logits, grad = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 2))
    found, step = soft_argmax_backward(logits, grad), 1e-6
    assert found.shape == logits.shape
    for index in [(0, 0, 0, 0), (1, 2, 3, 4), (0, 1, 2, 0), (1, 0, 0, 3)]:
        moved = logits.copy()
        moved[index] += step
        up = (soft_argmax(moved)[0] * grad).sum()
        moved[index] -= 2 * step
        slope = (up - (soft_argmax(moved)[0] * grad).sum()) / (2 * step)
        np.testing.assert_allclose(found[index], slope, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(found.sum(axis=(2, 3)), 0, atol=1e-12)  # a shift changes nothing
