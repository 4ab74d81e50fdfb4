"""What the quality numbers promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import math

import numpy as np

from snippets.data.annotate_boxes import (
    acceptance_plan,
    acceptance_probability,
    agreement,
    box_iou,
    sample_size,
    wilson_interval,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_one_pixel_costs_a_small_box_more_than_a_large_one():
    small = box_iou(np.array([[0, 0, 10, 10.0]]), np.array([[1, 1, 11, 11.0]]))
    large = box_iou(np.array([[0, 0, 100, 100.0]]), np.array([[1, 1, 101, 101.0]]))
    np.testing.assert_allclose(small, [[81 / 119]])
    np.testing.assert_allclose(large, [[9801 / 10199]])


def test_iou_of_every_pair_by_hand():
    boxes = np.array([[0, 0, 4, 2], [0, 0, 2, 2.0]])
    others = np.array([[0, 0, 4, 2], [2, 0, 4, 2], [9, 9, 11, 12.0]])
    np.testing.assert_allclose(box_iou(boxes, others), [[1.0, 0.5, 0.0], [0.5, 0.0, 0.0]])
    assert box_iou(np.zeros((0, 4)), others).shape == (0, 3)


def test_whole_numbers_give_the_same_iou():
    boxes = np.array([[0, 0, 10, 10]], dtype=np.int32)
    np.testing.assert_allclose(box_iou(boxes, boxes + 1), [[81 / 119]])
    large = np.array([[0, 0, 60000, 60000]], dtype=np.int32)  # its area exceeds 32 bits
    np.testing.assert_allclose(box_iou(large, large), [[1.0]])
    apart = np.array([[0, 0, 10, 10], [20, 20, 30, 30]], dtype=np.uint8)  # 10 - 20 would wrap around
    np.testing.assert_array_equal(box_iou(apart, apart), np.eye(2))


def test_identical_annotations_agree_perfectly_in_any_order():
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 500, size=(7, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(5, 80, size=(7, 2))], axis=1)
    labels = rng.integers(0, 3, size=7)
    order = rng.permutation(7)
    assert agreement(boxes, labels, boxes[order], labels[order]) == (1.0, 1.0, 1.0)


def test_found_placed_and_named_are_separate_faults():
    first = np.array([[0, 0, 40, 100], [60, 50, 100, 90], [200, 20, 220, 40.0]])
    second = np.array([[2, 0, 42, 96], [60, 50, 100, 95.0]])
    labels, other_labels = np.array(["person", "chair", "cart"]), np.array(["person", "stool"])
    found, placed, named = agreement(first, labels, second, other_labels)
    assert found == 4 / 5  # two pairs among 3 + 2 boxes
    person = 38 * 96 / (40 * 100 + 40 * 96 - 38 * 96)
    np.testing.assert_allclose(placed, (person + 40 / 45) / 2)
    assert named == 0.5
    assert round(placed, 3) == 0.880


def test_agreement_does_not_depend_on_who_is_first():
    rng = np.random.default_rng(1)
    corner = rng.uniform(0, 100, size=(9, 2))
    first = np.concatenate([corner, corner + rng.uniform(20, 60, size=(9, 2))], axis=1)
    second = first[:5] + rng.normal(0, 3, size=(5, 4))
    one = agreement(first, np.zeros(9), second, np.zeros(5))
    other = agreement(second, np.zeros(5), first, np.zeros(9))
    np.testing.assert_allclose(one, other)


def test_a_box_pairs_once_and_with_the_best_partner():
    first = np.array([[0, 0, 10, 10], [0, 0, 10, 9.0]])
    second = np.array([[0, 0, 10, 10.0]])
    found, placed, _ = agreement(first, np.zeros(2), second, np.zeros(1))
    assert (found, placed) == (2 / 3, 1.0)


def test_the_threshold_itself_is_enough():
    first, second = np.array([[0, 0, 2, 2.0]]), np.array([[0, 0, 4, 2.0]])
    assert agreement(first, np.zeros(1), second, np.zeros(1), threshold=0.5)[0] == 1.0
    assert agreement(first, np.zeros(1), second, np.zeros(1), threshold=0.51)[0] == 0.0
    assert agreement(first, np.zeros(1), first, np.zeros(1), threshold=1.0)[0] == 1.0


def test_empty_images_agree_and_a_lonely_box_does_not():
    none, box = np.zeros((0, 4)), np.array([[0, 0, 5, 7.0]])
    found, placed, named = agreement(none, np.zeros(0), none, np.zeros(0))
    assert found == 1.0 and math.isnan(placed) and math.isnan(named)
    found, placed, named = agreement(box, np.zeros(1), none, np.zeros(0))
    assert found == 0.0 and math.isnan(placed) and math.isnan(named)


def test_wilson_by_hand():
    # p = 0.5, n = 4, z = 2: (0.5 + 0.5 ± 2 sqrt(0.0625 + 0.0625 · 4)) / 2 with z²/2n = 0.5.
    low, high = wilson_interval(2, 4, z=2.0)
    spread = 2 * math.sqrt(0.25 / 4 + 4 / 64)
    np.testing.assert_allclose([low, high], [(1 - spread) / 2, (1 + spread) / 2])


def test_no_error_found_does_not_mean_no_errors():
    low, high = wilson_interval(0, 60)
    assert abs(low) < 1e-12
    np.testing.assert_allclose(high, 1.96**2 / (60 + 1.96**2))
    np.testing.assert_allclose(wilson_interval(60, 60)[1], 1.0)
    np.testing.assert_allclose(wilson_interval(0, 1)[1], 1.96**2 / (1 + 1.96**2))


def test_rounding_puts_no_end_and_no_probability_outside_0_to_1():
    for n in range(1, 300):
        assert wilson_interval(0, n)[0] >= 0.0 and wilson_interval(n, n)[1] <= 1.0, f"{n} items"
        assert acceptance_probability(n, n, 0.3) <= 1.0, f"{n} items"


def test_wilson_ends_solve_the_score_equation():
    for errors, checked in [(1, 7), (12, 400), (24, 400)]:
        for end in wilson_interval(errors, checked):
            z = abs(errors / checked - end) / math.sqrt(end * (1 - end) / checked)
            assert abs(z - 1.96) < 1e-9


def test_numbers_of_the_page():
    assert [round(100 * end, 1) for end in wilson_interval(0, 60)] == [0.0, 6.0]
    assert [round(100 * end, 1) for end in wilson_interval(12, 400)] == [1.7, 5.2]
    assert sample_size(0.05, 0.02, cluster=20, correlation=0.2) == 2190
    assert sample_size(0.05, 0.02, cluster=2, correlation=0.2) == 548
    # The pilot: 100 frames of 8 boxes, correlation 0.2, agreement near 0.9.
    assert round(100 * 1.96 * math.sqrt(0.9 * 0.1 / (800 / (1 + 7 * 0.2))), 1) == 3.2
    # Missing boxes: 10 of the 370 that a second, blind pass drew.
    assert [round(100 * end, 1) for end in wilson_interval(10, 370)] == [1.5, 4.9]
    assert [round(100 * end, 1) for end in wilson_interval(16, 400)] == [2.5, 6.4]


def test_sample_size_keeps_the_margin_and_no_smaller_one_does():
    n = sample_size(0.05, 0.02)
    assert n == 457
    assert 1.96 * math.sqrt(0.05 * 0.95 / n) <= 0.02 < 1.96 * math.sqrt(0.05 * 0.95 / (n - 1))


def test_boxes_of_one_image_count_less():
    assert sample_size(0.05, 0.02, cluster=20, correlation=0.0) == 457
    # One box per image and independent errors, if nothing else is said.
    assert sample_size(0.05, 0.02, cluster=20) == sample_size(0.05, 0.02, correlation=0.2) == 457
    # Fully correlated: an image is one observation, however many boxes it has.
    assert sample_size(0.5, 0.1, cluster=5, correlation=1.0) == math.ceil(5 * 96.04)


def test_acceptance_probability_by_hand():
    np.testing.assert_allclose(acceptance_probability(2, 0, 0.1), 0.81)
    np.testing.assert_allclose(acceptance_probability(2, 1, 0.1), 0.99)
    np.testing.assert_allclose(acceptance_probability(3, 5, 0.4), 1.0)
    assert acceptance_probability(10, 2, 0.0) == 1.0
    assert acceptance_probability(10, 2, 1.0) == 0.0
    assert acceptance_probability(10, 10, 1.0) == 1.0


def test_large_samples_do_not_overflow():
    # Half of 2001 fair coins: by symmetry at most 1000 heads in exactly half of the cases.
    np.testing.assert_allclose(acceptance_probability(2001, 1000, 0.5), 0.5, rtol=1e-9)


def test_plan_keeps_both_risks_and_one_item_less_does_not():
    for good, bad, plan in [(0.01, 0.05, (132, 3)), (0.02, 0.05, (306, 10)), (0.03, 0.10, (104, 6))]:
        checked, allowed = acceptance_plan(good, bad)
        assert (checked, allowed) == plan
        assert acceptance_probability(checked, allowed, good) >= 0.95
        assert acceptance_probability(checked, allowed, bad) <= 0.10
        assert acceptance_probability(checked - 1, allowed, bad) > 0.10


def test_one_item_can_be_enough_and_a_risk_that_is_just_met_is_kept():
    assert acceptance_plan(0.01, 0.95) == (1, 0)
    assert acceptance_plan(0.01, 0.5, consumer_risk=acceptance_probability(1, 0, 0.5)) == (1, 0)
    assert acceptance_plan(0.25, 0.95, producer_risk=1 - acceptance_probability(1, 0, 0.25)) == (1, 0)


def test_stricter_risks_need_a_larger_sample():
    assert acceptance_plan(0.01, 0.05, 0.01, 0.01)[0] > acceptance_plan(0.01, 0.05)[0]
    checked, allowed = acceptance_plan(0.01, 0.05, 0.01, 0.01)
    assert acceptance_probability(checked, allowed, 0.01) >= 0.99
    assert acceptance_probability(checked, allowed, 0.05) <= 0.01


def test_bad_input_is_named():
    box = np.array([[0, 0, 1, 1.0]])
    assert raises(box_iou, np.array([[0, 0, 0, 1.0]]), box).startswith("boxes must")
    assert raises(box_iou, box, np.array([[0, 0, np.nan, 1.0]])).startswith("others must")
    for threshold in (0.0, 1.1):
        assert "threshold" in raises(agreement, box, [0], box, [0], threshold=threshold)
    for labels, other_labels in (([0, 1], [0]), ([0], [])):
        assert raises(agreement, box, labels, box, other_labels).startswith("labels must")
    assert "errors" in raises(wilson_interval, 5, 4)
    assert "errors" in raises(wilson_interval, 0, 0)
    assert "margin" in raises(sample_size, 0.05, 0.0)
    for rate in (0.0, 1.0, 1.5):
        assert "rate must be in" in raises(sample_size, rate, 0.1)
    assert "cluster" in raises(sample_size, 0.05, 0.1, cluster=0.5)
    assert "correlation" in raises(sample_size, 0.05, 0.1, correlation=1.5)
    for good, bad in ((0.05, 0.01), (0.5, 0.5), (0.0, 0.9), (0.01, 1.0)):
        assert "good and bad" in raises(acceptance_plan, good, bad, 0.9, 0.9)
    for risks in ((0.05, 0.0), (0.05, 1.0), (0.05, 1.5), (0.0, 0.1), (1.0, 0.1), (1.5, 0.1)):
        assert "consumer_risk" in raises(acceptance_plan, 0.01, 0.9, *risks)
    assert "rate" in raises(acceptance_probability, 10, 2, 1.5)
    assert "boxes" in raises(box_iou, np.array([[0, 0, np.inf, 1.0]]), box)
