"""What the evaluation promises. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.mean_average_precision import (
    average_precision,
    coco_thresholds,
    match,
    mean_average_precision,
    overlaps,
    precision_recall,
    shifted,
)

# Five detections of four objects, best first: hit, miss, hit, hit, miss.
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
VERDICT = np.array([1, 0, 1, 1, 0], dtype=np.int8)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{function.__name__} raised no ValueError")


def flags(*values) -> np.ndarray:
    return np.array(values, dtype=bool)


def image(boxes, scores, objects, classes=None, object_classes=None, crowd=None) -> dict:
    boxes, objects = (np.array(b, dtype=float).reshape(-1, 4) for b in (boxes, objects))
    zeros = np.zeros(len(boxes), dtype=np.int32), np.zeros(len(objects), dtype=np.int32)
    return {"boxes": boxes, "scores": np.array(scores, dtype=float), "objects": objects,
            "classes": zeros[0] if classes is None else np.array(classes),
            "object_classes": zeros[1] if object_classes is None else np.array(object_classes),
            "crowd": zeros[1].astype(bool) if crowd is None else flags(*crowd)}


HALF = np.array([0.5])
A, B, C = [0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]


# overlaps


def test_a_crowd_is_compared_with_the_area_of_the_detection():
    boxes = np.array([[0.0, 0, 10, 10], [15, 0, 25, 10]])
    objects = np.array([[0.0, 0, 20, 10], [0, 0, 20, 10], [0, 5, 10, 15]])
    expected = [[0.5, 1, 50 / 150], [50 / 250, 0.5, 0]]
    np.testing.assert_allclose(overlaps(boxes, objects, flags(0, 1, 0)), expected)
    assert overlaps(boxes, np.zeros((0, 4)), flags()).shape == (2, 0)


# match


def test_the_second_detection_of_one_object_is_a_miss():
    overlap = np.array([[0.9], [0.6], [0.95]])
    verdict = match(overlap, np.array([0.5, 0.9, 0.7]), 0.5, flags(0), flags(0))
    assert verdict.tolist() == [0, 1, 0]  # the best score has it, not the best overlap


def test_a_detection_takes_the_free_object_it_overlaps_most():
    overlap = np.array([[0.6, 0.8], [0.7, 0.9]])
    assert match(overlap, np.array([0.9, 0.8]), 0.5, flags(0, 0), flags(0, 0)).tolist() == [1, 1]
    assert match(overlap, np.array([0.9, 0.8]), 0.75, flags(0, 0), flags(0, 0)).tolist() == [1, 0]


def test_reaching_the_threshold_counts():
    assert match(np.array([[0.5]]), np.ones(1), 0.5, flags(0), flags(0)).tolist() == [1]
    assert match(np.array([[0.49]]), np.ones(1), 0.5, flags(0), flags(0)).tolist() == [0]


def test_a_counted_object_goes_before_an_ignored_one_that_overlaps_more():
    overlap = np.array([[0.9, 0.6], [0.9, 0.6], [0.9, 0.6]])
    verdict = match(overlap, np.array([0.9, 0.8, 0.7]), 0.5, flags(1, 0), flags(0, 0))
    assert verdict.tolist() == [1, -1, 0]  # the ignored object is taken once, too


def test_of_two_equal_overlaps_the_later_object_is_taken():
    # The first detection overlaps both by 0.8; the second fits only the object left to it.
    overlap, scores = np.array([[0.8, 0.8], [0.6, 0.1]]), np.array([0.9, 0.7])
    assert match(overlap, scores, 0.5, flags(0, 0), flags(0, 0)).tolist() == [1, 1]
    assert match(overlap[:, ::-1], scores, 0.5, flags(0, 0), flags(0, 0)).tolist() == [1, 0]


def test_a_crowd_takes_any_number_of_detections():
    verdict = match(np.full((4, 1), 0.8), np.arange(4.0), 0.5, flags(1), flags(1))
    assert verdict.tolist() == [-1, -1, -1, -1]
    assert match(np.zeros((2, 0)), np.ones(2), 0.5, flags(), flags()).tolist() == [0, 0]


def test_the_object_before_the_last_is_taken_if_it_overlaps_more():
    overlap, scores = np.array([[0.8, 0.6], [0.7, 0.1]]), np.array([0.9, 0.8])
    verdict = match(overlap, scores, 0.5, flags(0, 0), flags(0, 0))
    assert verdict.tolist() == [1, 0]  # the second overlaps only what the first has
    assert verdict.dtype == np.int8


def test_of_many_equal_scores_the_earlier_detection_goes_first():
    scores, nearest = np.tile([0.9, 0.5], 30), np.arange(60) // 10  # ten detections of each object
    overlap = np.where(nearest[:, None] == np.arange(6), 0.8, 0.0)
    verdict = match(overlap, scores, 0.5, flags(*np.zeros(6)), flags(*np.zeros(6)))
    assert np.flatnonzero(verdict).tolist() == [0, 10, 20, 30, 40, 50]


# the curve


def test_precision_and_recall_by_hand():
    precision, recall = precision_recall(SCORES[::-1], VERDICT[::-1], 4)
    np.testing.assert_allclose(precision, [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    np.testing.assert_allclose(recall, [0.25, 0.25, 0.5, 0.75, 0.75])


def test_ignored_detections_leave_the_curve_alone():
    scores = np.append(SCORES, [0.95, 0.65])
    verdict = np.append(VERDICT, np.array([-1, -1], dtype=np.int8))
    for got, expected in zip(precision_recall(scores, verdict, 4),
                             precision_recall(SCORES, VERDICT, 4), strict=True):
        np.testing.assert_array_equal(got, expected)
    assert "0" in raises(precision_recall, SCORES, VERDICT, 0)


def test_of_many_equal_scores_the_earlier_detection_counts_first():
    scores, verdict = np.tile([0.5, 0.9], 30), np.arange(60) // 2 % 2  # miss, miss, hit, hit, ...
    precision, recall = precision_recall(scores, verdict, 30)
    hits = np.tile([0, 1], 30).cumsum()  # among the 30 of 0.9 as among the 30 of 0.5
    np.testing.assert_array_equal(precision, hits / np.arange(1, 61))
    np.testing.assert_array_equal(recall, hits / 30)


def test_only_the_order_of_the_scores_matters():
    for got, expected in zip(precision_recall(np.exp(20 * SCORES), VERDICT, 4),
                             precision_recall(SCORES, VERDICT, 4), strict=True):
        np.testing.assert_array_equal(got, expected)


# average precision


def test_one_ranking_has_three_average_precisions():
    curve = precision_recall(SCORES, VERDICT, 4)
    for rule, expected in [("voc2007", (3 + 5 * 0.75) / 11), ("area", 0.25 + 0.5 * 0.75),
                           ("coco", (26 + 50 * 0.75) / 101)]:
        assert abs(average_precision(*curve, rule=rule) - expected) < 1e-12
    assert average_precision(*curve) == average_precision(*curve, rule="coco")
    assert "voc" in raises(average_precision, *curve, rule="voc")


def test_all_found_first_is_one_and_nothing_found_is_zero():
    for rule in ("voc2007", "area", "coco"):
        assert average_precision(*precision_recall(np.arange(3.0), np.array([0, 1, 1]), 2), rule) == 1
        assert average_precision(*precision_recall(np.ones(2), np.zeros(2), 5), rule) == 0
        assert average_precision(*precision_recall(np.zeros(0), np.zeros(0), 5), rule) == 0


def test_misses_below_everything_cost_nothing():
    curve = precision_recall(np.append(SCORES, np.full(90, 0.1)), np.append(VERDICT, np.zeros(90)), 4)
    for rule in ("voc2007", "area", "coco"):
        assert abs(average_precision(*curve, rule)
                   - average_precision(*precision_recall(SCORES, VERDICT, 4), rule)) < 1e-12


def test_a_recall_of_exactly_three_tenths_misses_the_level_three_tenths():
    curve = precision_recall(np.ones(3), np.ones(3), 10)
    assert abs(average_precision(*curve, rule="voc2007") - 3 / 11) < 1e-12  # not 4 / 11
    assert abs(average_precision(*curve, rule="coco") - 31 / 101) < 1e-12
    assert abs(average_precision(*curve, rule="area") - 0.3) < 1e-12


# the mean


def test_a_shift_costs_one_threshold_after_the_other():
    (quarter,) = shifted(0.25)
    assert quarter["boxes"].tolist() == [[25, 0, 125, 100]] and len(quarter["scores"]) == 1
    assert quarter["objects"].tolist() == [[0, 0, 100, 100]]
    for share, at_50, at_75, mean in [(0.01, 1, 1, 1.0), (0.05, 1, 1, 0.9), (0.1, 1, 1, 0.7),
                                      (0.2, 1, 0, 0.4), (0.3, 1, 0, 0.1)]:
        images = shifted(share)
        assert mean_average_precision(images, HALF) == at_50
        assert mean_average_precision(images, np.array([0.75])) == at_75
        assert abs(mean_average_precision(images, coco_thresholds()) - mean) < 1e-12
    np.testing.assert_allclose(coco_thresholds(), 0.5 + 0.05 * np.arange(10))


def test_all_images_share_one_ranking_of_a_class():
    images = [image([A], [0.9], [A]), image([B, A], [0.95, 0.5], [A])]
    assert abs(mean_average_precision(images, HALF) - 2 / 3) < 1e-12


def test_the_mean_is_over_classes_and_counts_a_rare_one_as_much():
    images = [image([A, B, C], [0.9, 0.8, 0.7], [A, B, C], [1, 1, 4], [1, 1, 2])]
    assert mean_average_precision(images, HALF) == 0.5  # class 1 perfect, class 2 never found
    images[0]["classes"] = np.array([1, 1, 2])
    assert mean_average_precision(images, HALF) == 1.0


def test_objects_outside_the_area_range_neither_count_nor_cost():
    small, large = [0, 0, 4, 4], [20, 0, 60, 40]
    images = [image([small, large], [0.5, 0.9], [small, large])]
    assert mean_average_precision(images, HALF, (0.0, 100.0)) == 1.0
    missed = [image([[100, 0, 140, 40], small], [0.9, 0.5], [small])]
    assert mean_average_precision(missed, HALF) == 0.5
    assert mean_average_precision(missed, HALF, (0.0, 100.0)) == 1.0  # the miss is large: ignored
    assert mean_average_precision(missed, HALF, (0.0, 16.0)) == 1.0  # the limit belongs to it
    assert np.isnan(mean_average_precision(missed, HALF, (17.0, 100.0)))
    assert mean_average_precision(missed, HALF, (16.0, 100.0)) == 1.0
    far = [image([[1000, 0, 1004, 4], small], [0.9, 0.5], [small])]  # as small, elsewhere
    assert mean_average_precision(far, HALF, (0.0, 100.0)) == 0.5


def test_detections_in_a_crowd_are_ignored():
    group = [0, 0, 100, 20]
    images = [image([A, B, C], [0.9, 0.8, 0.7], [group, C], crowd=[1, 0])]
    assert mean_average_precision(images, HALF) == 1.0
    images[0]["crowd"] = flags(0, 0)
    assert mean_average_precision(images, HALF) < 0.2
    empty = [image([A], [0.9], [A, [60, 0, 160, 20]], crowd=[0, 1])]
    assert mean_average_precision(empty, HALF) == 1.0  # nobody has to find a crowd


def test_the_limit_of_detections_holds_per_image_and_class():
    images = [image([B, A, C], [0.9, 0.8, 0.7], [A, C], [0, 0, 1], [0, 1])]
    assert mean_average_precision(images, HALF, max_detections=2) == 0.75
    assert mean_average_precision(images, HALF, max_detections=1) == 0.5
    late = [image([B] * 100 + [A], np.arange(101, 0, -1), [A])]
    assert mean_average_precision(late, HALF) == 0  # COCO looks at 100
    assert mean_average_precision(late, HALF, max_detections=101) > 0


def test_of_many_equal_scores_the_limit_keeps_the_earlier_detections():
    scores = np.tile([0.5, 0.9], 30)
    images = [image([B] * 29 + [A] + [B] * 30, scores, [A])]  # A is the 15th of those with 0.9
    assert mean_average_precision(images, HALF, max_detections=14) == 0
    assert abs(mean_average_precision(images, HALF, max_detections=15) - 1 / 15) < 1e-12
