"""What the pieces of SSD promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.ssd import (
    VARIANCES,
    box_iou,
    decode,
    default_boxes,
    encode,
    match,
    mine,
    multibox_loss,
)

DOG, BALL, SPECK = [70.0, 120, 220, 230], [240.0, 200, 260, 220], [20.0, 20, 28, 28]
NO_BOXES = np.zeros((0, 4))


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{function.__name__} raised no ValueError")


def random_problem(num_boxes: int, num_classes: int, num_positive: int, seed: int):
    rng = np.random.default_rng(seed)
    labels = np.zeros(num_boxes, dtype=np.int64)
    positives = rng.permutation(num_boxes)[:num_positive]
    labels[positives] = rng.integers(1, num_classes + 1, num_positive)
    return (rng.normal(0, 2, (num_boxes, num_classes + 1)), rng.normal(0, 2, (num_boxes, 4)),
            labels, rng.normal(0, 2, (num_boxes, 4)))


# default boxes


def test_ssd300_has_8732_default_boxes_and_ssd512_has_24564():
    assert default_boxes().shape == (8732, 4)
    sizes = (20.48, 51.2, 133.12, 215.04, 296.96, 378.88, 460.8, 542.72)
    ratios = ((2,), (2, 3), (2, 3), (2, 3), (2, 3), (2,), (2,))
    assert default_boxes(512, (64, 32, 16, 8, 4, 2, 1), sizes, ratios).shape == (24564, 4)


def test_the_finest_map_has_5776_boxes_of_side_30_to_42():
    boxes = default_boxes()[:5776]
    size = boxes[:, 2:] - boxes[:, :2]
    np.testing.assert_allclose(np.sqrt(size.prod(axis=1)).reshape(-1, 4),
                               np.tile([30, np.sqrt(30 * 60), 30, 30], (1444, 1)))
    np.testing.assert_allclose((size[:, 0] / size[:, 1]).reshape(-1, 4), np.tile([1, 1, 2, 0.5], (1444, 1)))


def test_boxes_run_over_maps_then_rows_then_columns_then_shapes():
    boxes = default_boxes(60, (3, 2), (4.0, 9.0, 16.0), ((4,), (4, 9)))
    assert boxes.shape == (3 * 3 * 4 + 2 * 2 * 6, 4)
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    np.testing.assert_allclose(centers[4:8], np.tile([30, 10], (4, 1)))  # row 0, column 1
    np.testing.assert_allclose(centers[-6:], np.tile([45, 45], (6, 1)))
    size = boxes[:, 2:] - boxes[:, :2]
    np.testing.assert_allclose(size[:4], [[4, 4], [6, 6], [8, 2], [2, 8]])
    np.testing.assert_allclose(size[-6:], [[9, 9], [12, 12], [18, 4.5], [4.5, 18], [27, 3], [3, 27]])


def test_sizes_and_ratios_that_do_not_fit_the_maps_are_refused():
    assert "2 maps need 3 sizes and 2 ratios, got 2, 2" in raises(
        default_boxes, 60, (3, 2), (4.0, 9.0), ((2,), (2,)))
    assert "ratios" in raises(default_boxes, 60, (3, 2), (4.0, 9.0, 16.0), ((2,),))


def test_each_of_the_six_maps_has_its_own_side_and_ratios():
    boxes, first = default_boxes(), 0
    size = boxes[:, 2:] - boxes[:, :2]
    for cells, side, following, widest in [(38, 30, 60, 2), (19, 60, 111, 3), (10, 111, 162, 3),
                                           (5, 162, 213, 3), (3, 213, 264, 2), (1, 264, 315, 2)]:
        shapes = size[first:first + 2 * widest]
        np.testing.assert_allclose(shapes[:2, 0], [side, np.sqrt(side * following)])
        np.testing.assert_allclose((shapes[:, 0] / shapes[:, 1]).round(9)[-2:],
                                   [widest, round(1 / widest, 9)])
        np.testing.assert_allclose((shapes[:, 0] / shapes[:, 1])[2:4], [2, 0.5])
        first += cells * cells * 2 * widest
    assert first == len(boxes)


# matching


def test_iou_by_hand():
    boxes = np.array([[0.0, 0, 4, 4], [10, 10, 13, 12]])
    others = np.array([[0.0, 0, 4, 4], [2, 2, 6, 6], [1, 1, 3, 3], [9, 9, 14, 13]])
    np.testing.assert_allclose(box_iou(boxes, others), [[1, 4 / 28, 4 / 16, 0], [0, 0, 0, 6 / 20]])


def test_the_scene_on_the_page_has_20_positives():
    defaults = default_boxes()
    assert abs(box_iou(defaults, np.array([DOG])).max() - 0.728) < 5e-4
    assert abs(box_iou(defaults, np.array([BALL])).max() - 0.444) < 5e-4
    assert abs(box_iou(defaults, np.array([SPECK])).max() - 0.071) < 5e-4
    matched = match(defaults, np.array([DOG, BALL, SPECK]))
    assert [int((matched == g).sum()) for g in (-1, 0, 1, 2)] == [8712, 18, 1, 1]
    first_of_map = np.cumsum([0, 5776, 2166, 600, 150, 36, 4])
    maps = np.searchsorted(first_of_map, np.flatnonzero(matched == 0), side="right") - 1
    assert set(maps.tolist()) == {2, 3}  # 10 x 10 and 5 x 5
    assert (np.flatnonzero(matched > 0) < 5776).all()


def test_a_box_is_matched_above_the_threshold_and_not_at_it():
    gt = np.array([[0.0, 0, 10, 10]])
    defaults = np.array([[0.0, 0, 10, 10], [0, 0, 10, 5], [0, 0, 10, 5.1], [50, 50, 60, 60]])
    np.testing.assert_array_equal(match(defaults, gt), [0, -1, 0, -1])


def test_the_best_default_box_is_matched_even_below_the_threshold():
    defaults = np.array([[0.0, 0, 10, 10], [20, 20, 30, 30]])
    np.testing.assert_array_equal(match(defaults, np.array([[21.0, 21, 23, 23]])), [-1, 0])


def test_two_objects_with_one_favorite_each_get_a_default_box():
    defaults = np.array([[0.0, 0, 10, 10], [8, 0, 18, 10], [50, 50, 60, 60]])
    gts = np.array([[1.0, 0, 9, 10], [0, 0, 10, 9]])  # both overlap box 0 most
    assert (box_iou(defaults, gts).argmax(axis=0) == 0).all()
    np.testing.assert_array_equal(match(defaults, gts), [1, 0, -1])
    np.testing.assert_array_equal(match(defaults, gts[::-1]), [0, 1, -1])


def test_an_own_default_box_outweighs_another_object_that_overlaps_it_more():
    defaults = np.array([[0.0, 0, 10, 10], [0, 0, 10, 8]])
    gts = np.array([[0.0, 0, 10, 9.8], [0, 0, 10, 3]])
    iou = box_iou(defaults, gts)
    assert (iou.argmax(axis=1) == 0).all() and iou[1, 0] > 0.5
    np.testing.assert_array_equal(match(defaults, gts), [0, 1])


def test_an_object_that_touches_no_default_box_is_matched_to_none():
    assert (match(np.array([[0.0, 0, 10, 10]]), np.array([[40.0, 40, 50, 50]])) == -1).all()
    assert (match(np.array([[0.0, 0, 10, 10]]), NO_BOXES) == -1).all()


# encoding


def test_offsets_by_hand():
    offsets = encode(np.array([[100.0, 100, 200, 200]]), np.array([[110.0, 100, 230, 180]]))
    np.testing.assert_allclose(offsets, [[2.0, -1.0, np.log(1.2) / 0.2, np.log(0.8) / 0.2]])


def test_decoding_undoes_encoding():
    rng = np.random.default_rng(1)
    corner = rng.uniform(0, 200, (2, 11, 2))
    first, second = np.concatenate([corner, corner + rng.uniform(5, 90, (2, 11, 2))], axis=2)
    np.testing.assert_allclose(decode(first, encode(first, second)), second)
    np.testing.assert_allclose(decode(first, np.zeros((11, 4))), first)


# mining


def test_mining_keeps_the_three_hardest_negatives_per_positive():
    losses = np.array([9.0, 0.1, 5.0, 0.2, 7.0, 0.3, 0.4, 8.0])
    positive = np.array([True, False, False, False, False, False, False, False])
    np.testing.assert_array_equal(np.flatnonzero(mine(losses, positive)), [2, 4, 7])
    np.testing.assert_array_equal(np.flatnonzero(mine(losses, positive, ratio=1)), [7])


def test_mining_never_returns_a_positive():
    positive = np.array([True, True, False, True])
    np.testing.assert_array_equal(mine(np.array([9.0, 8, 0.1, 7]), positive), ~positive)


def test_without_a_positive_there_is_no_negative():
    assert not mine(np.ones(5), np.zeros(5, dtype=bool)).any()


# loss


def test_an_untrained_ssd_starts_at_four_times_log_of_21():
    labels = np.where(match(default_boxes(), np.array([DOG, BALL, SPECK])) >= 0, 1, 0)
    zeros = np.zeros((8732, 4))
    loss, box, grad, _ = multibox_loss(np.zeros((8732, 21)), zeros, labels, zeros)
    assert abs(loss - 4 * np.log(21)) < 1e-9 and abs(loss - 12.18) < 5e-3 and box == 0
    assert (np.abs(grad).sum(axis=1) > 0).sum() == 80
    assert round(8732 * np.log(21) / 20) == 1329  # without mining


def test_gradients_agree_with_differences():
    logits, offsets, labels, targets = random_problem(17, 3, 4, seed=2)
    offsets[3] = targets[3] + [0.3, -0.4, 1.7, -2.0]  # both branches of smooth L1
    _, _, grad_logits, grad_offsets = multibox_loss(logits, offsets, labels, targets)

    def total():
        return sum(multibox_loss(logits, offsets, labels, targets)[:2])

    for values, grad in ((logits, grad_logits), (offsets, grad_offsets)):
        for index in np.ndindex(values.shape):
            before = values[index]
            values[index] = before + 1e-6
            high = total()
            values[index] = before - 1e-6
            low = total()
            values[index] = before
            assert abs((high - low) / 2e-6 - grad[index]) < 1e-7, index


def test_background_rows_get_no_box_gradient_and_easy_ones_no_gradient_at_all():
    logits, offsets, labels, targets = random_problem(40, 2, 3, seed=3)
    targets[labels == 0] = np.nan  # not read
    _, _, grad_logits, grad_offsets = multibox_loss(logits, offsets, labels, targets)
    assert not grad_offsets[labels == 0].any() and grad_offsets[labels > 0].all()
    assert (np.abs(grad_logits).sum(axis=1) > 0).sum() == 3 + 9


def test_the_loss_counts_as_many_negatives_per_positive_as_asked_for():
    labels, zeros = np.array([0, 1, 0, 0, 0, 0, 0]), np.zeros((7, 4))
    for ratio, kept in ((1, 2), (2, 3), (5, 6)):
        loss = multibox_loss(np.zeros((7, 3)), zeros, labels, zeros, ratio)[0]
        assert abs(loss - kept * np.log(3)) < 1e-12


def test_the_box_loss_is_quadratic_below_one_and_linear_above():
    targets = np.array([[1.0, 2.0, 3.0, -4.0]])
    offsets = targets + np.array([[0.5, -2.0, 0, 0]])
    box = multibox_loss(np.zeros((1, 2)), offsets, np.array([1]), targets)[1]
    assert abs(box - (0.125 + 1.5)) < 1e-12


def test_the_variances_are_weights_of_10_and_5_in_disguise():
    # smooth L1 of d / v equals 1 / v times the smooth L1 of d with its bend at v.
    for variance, distance in [(0.1, 0.04), (0.1, 0.6), (0.2, 0.15), (0.2, 0.9)]:
        scaled = distance / variance
        ours = multibox_loss(np.zeros((1, 2)), np.array([[scaled, 0, 0, 0]]), np.array([1]),
                             np.zeros((1, 4)))[1]
        bend = 0.5 * distance**2 / variance if distance < variance else distance - variance / 2
        assert abs(ours - bend / variance) < 1e-12
    np.testing.assert_allclose(1 / VARIANCES, [10, 10, 5, 5])


def test_an_image_without_objects_teaches_nothing():
    loss, box, grad_logits, grad_offsets = multibox_loss(
        np.full((6, 3), [0.0, 9.0, 0.0]), np.ones((6, 4)), np.zeros(6, dtype=np.int64), np.ones((6, 4)))
    assert loss == box == 0 and not grad_logits.any() and not grad_offsets.any()


def test_arrays_that_do_not_belong_together_are_refused():
    logits, offsets, labels, targets = random_problem(7, 2, 3, seed=5)
    assert "(4,)" in raises(multibox_loss, logits, offsets, labels, targets[0])
    assert "(6,)" in raises(multibox_loss, logits, offsets, labels[:6], targets)
    assert "(7, 1)" in raises(multibox_loss, logits, offsets, labels[:, None], targets)
    assert "(5, 3)" in raises(multibox_loss, logits[:5], offsets, labels, targets)
    assert "(6, 4)" in raises(multibox_loss, logits, offsets[:6], labels, targets[:6])


def test_huge_logits_do_not_overflow():
    loss = multibox_loss(np.array([[0.0, 1e4], [1e4, 0.0]]), np.zeros((2, 4)), np.array([1, 0]),
                         np.zeros((2, 4)))[0]
    assert loss == 0
    far = np.array([[1e4, 1e4], [-1e4, -1e4]])  # each box has a largest logit of its own
    loss = multibox_loss(far, np.zeros((2, 4)), np.array([1, 1]), np.zeros((2, 4)))[0]
    np.testing.assert_allclose(loss, np.log(2), rtol=1e-12)
