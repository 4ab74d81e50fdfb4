"""What the arithmetic of a project answer promises. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.interviews.explain_a_project import (
    cohens_kappa,
    false_triggers_per_hour,
    labels_from_boxes,
    precision,
    sessions_hit,
)


def annotators(both_yes: int, only_first: int, only_second: int, both_no: int):
    counts = [both_yes, only_first, only_second, both_no]
    return np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"no ValueError from {function.__name__}{args}")


def close(value: float, expected: float, tolerance: float = 1e-12) -> None:
    assert abs(value - expected) <= tolerance, f"{value} instead of {expected}"


def test_kappa_of_the_two_tables_on_the_page():
    # By hand: p_o = 0.70, p_e = 0.6 * 0.5 + 0.4 * 0.5 = 0.5
    close(cohens_kappa(*annotators(40, 20, 10, 30)), 0.4)
    # By hand: p_o = 0.90, p_e = 0.07**2 + 0.93**2 = 0.8698
    close(cohens_kappa(*annotators(2, 5, 5, 88)), (0.90 - 0.8698) / (1 - 0.8698))


def test_kappa_is_one_for_agreement_and_zero_for_independence():
    close(cohens_kappa(np.array([0, 1, 2, 2, 5]), np.array([0, 1, 2, 2, 5])), 1.0)
    close(cohens_kappa(*annotators(6, 4, 9, 6)), 0.0)  # rows in the ratio 6:4 and 9:6
    close(cohens_kappa(*annotators(0, 3, 3, 0)), -1.0)


def test_kappa_is_symmetric_and_does_not_depend_on_the_names_of_labels():
    rng = np.random.default_rng(3)
    first, second = rng.integers(0, 3, 35), rng.integers(0, 3, 35)
    close(cohens_kappa(first, second), cohens_kappa(second, first))
    rename = np.array([7, -2, 4])
    close(cohens_kappa(first, second), cohens_kappa(rename[first], rename[second]))


def test_one_label_throughout_is_not_a_number():
    assert math.isnan(cohens_kappa(np.ones(5, int), np.ones(5, int)))
    close(cohens_kappa(np.ones(4, int), np.array([1, 1, 0, 0])), 0.0)


def test_boxes_become_labels_at_any_threshold():
    boxes = np.array([[0, 0, 160, 120], [100, 100, 164, 196], [0, 0, 0, 0]])  # 6.25 %, 2 %, none
    np.testing.assert_array_equal(labels_from_boxes(boxes, 480, 640, 0.05), [True, False, False])
    np.testing.assert_array_equal(labels_from_boxes(boxes, 480, 640, 0.01), [True, True, False])
    np.testing.assert_array_equal(labels_from_boxes(boxes, 480, 640, 0.0625), [True, False, False])
    np.testing.assert_array_equal(labels_from_boxes(boxes, 480, 640, 0.063), [False, False, False])


def test_only_the_part_inside_the_image_counts():
    # 2 %, 6 %, and three that are inverted: left to right, top to bottom, both
    boxes = np.array(
        [[-100, -50, 10, 10], [90, 20, 300, 50], [60, 0, 10, 50], [0, 40, 50, 5], [60, 50, 10, 5]]
    )
    for share, expected in [(0.02, [1, 1, 0, 0, 0]), (0.05, [0, 1, 0, 0, 0]), (0.061, [0, 0, 0, 0, 0])]:
        np.testing.assert_array_equal(labels_from_boxes(boxes, 50, 100, share), np.array(expected, bool))


def test_a_box_below_the_image_is_cut_and_one_outside_or_without_a_side_is_nothing():
    boxes = np.array([[0, 40, 100, 400], [-9, 0, -1, 50], [0, -9, 100, -1], [7, 0, 7, 50], [0, 7, 100, 7]])
    for share, expected in [(0.2, [1, 0, 0, 0, 0]), (0.21, [0, 0, 0, 0, 0]), (0.001, [1, 0, 0, 0, 0])]:
        np.testing.assert_array_equal(labels_from_boxes(boxes, 50, 100, share), np.array(expected, bool))


def test_one_pixel_can_be_the_whole_image():
    assert labels_from_boxes(np.array([[0, 0, 1, 1]]), 1, 1, 1.0).all()


def test_no_boxes_give_no_labels():
    assert labels_from_boxes(np.zeros((0, 4)), 480, 640, 0.1).shape == (0,)


def test_halving_the_distance_quadruples_the_share():
    share = [500 * 0.18 / meters * 500 * 0.09 / meters / (480 * 640) for meters in (0.4, 0.8, 1.6)]
    close(share[0] / share[1], 4.0)
    assert [round(100 * s, 1) for s in share] == [8.2, 2.1, 0.5]


def test_false_triggers_of_the_page():
    close(false_triggers_per_hour(30, 0.001), 108.0, 1e-9)
    close(false_triggers_per_hour(30, 0.001, burst=6), 18.0, 1e-9)
    close(sessions_hit(18, 3), 1 - math.exp(-0.9))
    close(sessions_hit(0.18, 3), 1 - math.exp(-0.009))


def test_rates_and_sessions_at_their_ends():
    assert false_triggers_per_hour(0.5, 1.0) == 1800.0
    assert false_triggers_per_hour(0.5, 0.0) == 0.0
    close(sessions_hit(120, 0.5), 1 - math.exp(-1))
    assert sessions_hit(120, 0) == 0.0


def test_budget_of_the_page_comes_back():
    hourly = false_triggers_per_hour(30, 1.12e-5, burst=6)
    assert abs(sessions_hit(hourly, 3) - 0.01) < 1e-4


def test_sessions_agree_with_counting_independent_seconds():
    per_hour, seconds = 2.0, 600
    counted = 1 - (1 - per_hour / 3600) ** seconds  # one chance in each second
    assert abs(sessions_hit(per_hour, 10) - counted) < 1e-3
    assert sessions_hit(0, 10) == 0.0
    close(sessions_hit(1e-12, 60) / 1e-12, 1.0, 1e-9)  # 1 - exp(-x) would lose four digits here


def test_precision_falls_with_prevalence_at_the_same_model():
    values = [precision(0.9, 0.001, p) for p in (0.5, 0.01, 0.001)]
    assert [round(v, 3) for v in values] == [0.999, 0.901, 0.474]
    # By hand, in 1,000,000 frames of which 1,000 are positive: 900 right, 999 wrong
    close(values[2], 900 / 1899)


def test_precision_at_the_ends():
    assert precision(0.9, 0.0, 0.001) == 1.0
    assert precision(1.0, 1.0, 1.0) == 1.0
    assert precision(0.9, 0.001, 0.0) == 0.0
    assert math.isnan(precision(0.0, 0.0, 0.5))


def test_bad_input_is_named():
    assert raises(cohens_kappa, np.ones(3), np.ones(2)).startswith("first and second must both be (N,)")
    assert "with N >= 1, got (0,) and (0,)" in raises(cohens_kappa, np.ones(0), np.ones(0))
    assert "(2, 3)" in raises(cohens_kappa, np.ones((2, 3)), np.ones((2, 3)))
    assert "boxes" in raises(labels_from_boxes, np.ones(4), 480, 640, 0.1)
    for share in (0.0, 1.5):
        assert "min_share" in raises(labels_from_boxes, np.ones((1, 4)), 480, 640, share)
    for size in ((0, 640), (480, 0)):
        refused = "height and width must be positive, got {} and {}".format(*size)
        assert raises(labels_from_boxes, np.ones((1, 4)), *size, 0.1) == refused
    for pair in ((-1.0, 1.0), (1.0, -1.0)):
        refused = "per_hour and minutes must not be negative, got {} and {}".format(*pair)
        assert raises(sessions_hit, *pair) == refused
    assert "frame_rate" in raises(false_triggers_per_hour, 0, 0.1)
    for rate in (1.1, -0.1):
        refused = f"false_positive_rate must be in [0, 1], got {rate}"
        assert raises(false_triggers_per_hour, 30, rate) == refused
    assert "burst" in raises(false_triggers_per_hour, 30, 0.1, 0.5)
    for i, name in enumerate(("recall", "false_positive_rate", "prevalence")):
        for value in (-0.1, 2.0):
            values = [0.5, 0.5, 0.5]
            values[i] = value
            assert raises(precision, *values) == f"{name} must be in [0, 1], got {value}"
