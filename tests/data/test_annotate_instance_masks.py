"""What the agreement of instance maps promises. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.data.annotate_instance_masks import (
    decode,
    encode,
    overlaps,
    panoptic_quality,
    splits,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def scene() -> tuple[np.ndarray, np.ndarray]:
    first = np.zeros((20, 50), dtype=np.int64)
    first[2:18, 2:7] = 1
    first[2:18, 7:12] = 2
    first[8:16, 16:36] = 3
    first[8:16, 25:27] = 0
    first[12:17, 40:48] = 4
    second = np.zeros_like(first)
    second[2:18, 2:12] = 1
    second[8:16, 16:25] = 2
    second[8:16, 27:36] = 3
    second[12:17, 40:47] = 4
    return first, second


NAMES = np.array(["person", "person", "car", "bag"])
OTHER_NAMES = np.array(["person", "car", "car", "bag"])


def test_overlaps_by_hand():
    first = np.array([[1, 1, 0], [2, 2, 2]])
    second = np.array([[1, 0, 0], [1, 1, 3]])
    counts = overlaps(first, second)
    np.testing.assert_array_equal(counts, [[1, 0, 0, 0], [1, 1, 0, 0], [0, 2, 0, 1]])
    np.testing.assert_array_equal(overlaps(second, first), counts.T)
    assert counts.dtype == np.int64


def test_ignored_pixels_do_not_count_but_the_objects_keep_their_rows():
    first = np.array([[1, 1, 0], [2, 2, 2]])
    counts = overlaps(first, first, ignored=np.array([[0, 0, 0], [1, 1, 1]], dtype=bool))
    np.testing.assert_array_equal(counts, [[1, 0, 0], [0, 2, 0], [0, 0, 0]])
    image = np.array([[0, 0, 0], [255, 255, 255]], dtype=np.uint8)
    np.testing.assert_array_equal(overlaps(first, first, image), counts)
    assert panoptic_quality(counts, np.array([5, 6]), np.array([5, 6])) == (1.0, 1.0, 1.0)


def test_small_integer_types_do_not_wrap():
    first = np.array([[200, 0, 200]], dtype=np.uint8)
    counts = overlaps(first, first)
    assert counts.shape == (201, 201) and counts[200, 200] == 2


def test_an_empty_image_has_no_pixels_and_no_runs():
    empty = np.zeros((0, 5), dtype=np.int64)
    assert overlaps(empty, empty).tolist() == [[0]]
    assert sum(encode(empty)) == 0 and decode([], 0, 5).shape == (0, 5)


def test_equal_maps_agree_whatever_the_numbers():
    first, _ = scene()
    renumbered = np.array([0, 3, 1, 4, 2])[first]
    counts = overlaps(first, renumbered)
    other = np.array(["person", "bag", "person", "car"])
    assert panoptic_quality(counts, NAMES, other) == (1.0, 1.0, 1.0)


def test_a_merge_and_a_split_leave_one_match_of_eight():
    first, second = scene()
    assert np.mean((first > 0) == (second > 0)) == 0.995  # almost the same pixels
    pq, sq, rq = panoptic_quality(overlaps(first, second), NAMES, OTHER_NAMES)
    assert (sq, rq) == (35 / 40, 2 / 8)
    np.testing.assert_allclose(pq, 35 / 160)


def test_exactly_half_is_no_match():
    first = np.array([[1, 1, 0, 0]])
    half = np.array([[1, 0, 0, 0]])
    more = np.array([[1, 1, 1, 0]])
    one = np.array(["x"])
    assert panoptic_quality(overlaps(first, half), one, one)[2] == 0.0
    np.testing.assert_allclose(panoptic_quality(overlaps(first, more), one, one)[1], 2 / 3)


def test_objects_of_another_class_do_not_match():
    first, _ = scene()
    other = np.array(["person", "person", "van", "bag"])
    pq, sq, rq = panoptic_quality(overlaps(first, first), NAMES, other)
    assert (pq, sq, rq) == (0.75, 1.0, 0.75)


def test_quality_is_the_same_from_both_sides():
    first, second = scene()
    counts = overlaps(first, second)
    one = panoptic_quality(counts, NAMES, OTHER_NAMES)
    assert one == panoptic_quality(counts.T, OTHER_NAMES, NAMES)


def test_nothing_drawn_and_nothing_found():
    empty = overlaps(np.zeros((3, 5), np.int64), np.zeros((3, 5), np.int64))
    assert all(math.isnan(value) for value in panoptic_quality(empty, np.zeros(0), np.zeros(0)))
    missed = overlaps(np.ones((3, 5), np.int64), np.zeros((3, 5), np.int64))
    pq, sq, rq = panoptic_quality(missed, np.array([1]), np.zeros(0))
    assert pq == 0.0 and rq == 0.0 and math.isnan(sq)


def test_splits_and_merges_are_told_apart():
    first, second = scene()
    counts = overlaps(first, second)
    assert splits(counts) == 1  # the car behind the pole
    assert splits(counts.T) == 1  # the two people
    assert splits(overlaps(first, first)) == 0


def test_exactly_half_inside_is_no_split():
    first = np.array([[1, 1, 0, 0]])
    second = np.array([[1, 2, 2, 0]])  # object 2 lies half inside
    assert splits(overlaps(first, second)) == 0
    assert splits(overlaps(first, np.array([[1, 2, 0, 0]]))) == 1


def test_run_lengths_go_down_the_columns_and_begin_outside():
    mask = np.array([[0, 1, 1], [0, 1, 0]], dtype=bool)
    assert encode(mask) == [2, 3, 1]
    assert encode(~mask) == [0, 2, 3, 1]
    assert encode(np.array([[0, 7, 1], [0, 3, 0]])) == [2, 3, 1], "any number but 0 is inside"
    bag = np.zeros((8, 12), dtype=bool)
    bag[2:7, 2:10] = True
    assert encode(bag) == [18, 5] + [3, 5] * 7 + [17]


def test_decode_inverts_encode():
    rng = np.random.default_rng(0)
    masks = [rng.random((5, 7)) < p for p in (0.0, 0.3, 0.7, 1.0)]
    for mask in masks:
        lengths = encode(mask)
        assert sum(lengths) == 35
        np.testing.assert_array_equal(decode(lengths, 5, 7), mask)


def test_bad_input_is_named():
    assert "second" in raises(overlaps, np.zeros((2, 3)), np.zeros((3, 2)))
    assert "ignored" in raises(overlaps, np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 2)))
    assert raises(overlaps, np.full((2, 3), -1), np.zeros((2, 3))).startswith("first and second must")
    assert "classes" in raises(panoptic_quality, np.zeros((2, 2)), np.zeros(2), np.zeros(1))
    assert raises(decode, [2, 3], 2, 3) == "lengths must add to 6: 5"
