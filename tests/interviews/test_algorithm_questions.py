"""What the patterns promise, each against the slow way. NumPy and plain asserts only."""

import itertools
import sys

import numpy as np

from snippets.interviews.algorithm_questions import (
    LRUCache,
    balance_stages,
    box_sum,
    duplicate_groups,
    edit_distance,
    integral_image,
    label_components,
    longest_window,
    merge_intervals,
    nearest_readings,
    reservoir_sample,
    rotate_clockwise,
    shortest_path,
    top_k,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def draw(rng, high: int, size: int) -> list[int]:
    return [int(value) for value in rng.integers(0, high, size)]


# Two pointers


def test_nearest_readings_agree_with_trying_every_reading():
    rng = np.random.default_rng(0)
    for _ in range(60):
        frames, readings = sorted(draw(rng, 20, 5)), sorted(draw(rng, 20, 7))
        slow = [min(range(7), key=lambda j: (abs(readings[j] - time), -j)) for time in frames]
        assert nearest_readings(frames, readings) == slow, (frames, readings)


def test_nearest_readings_step_over_repeated_readings():
    assert nearest_readings([5], [1, 1, 5]) == [2]
    assert nearest_readings([], [1]) == []
    assert raises(nearest_readings, [1], []) == "readings must not be empty, got []"


# Sliding window


def test_longest_window_agrees_with_trying_every_run():
    rng = np.random.default_rng(1)
    for _ in range(60):
        sizes, budget = draw(rng, 6, 7), int(rng.integers(0, 15))
        runs = itertools.combinations(range(8), 2)
        slow = max([b - a for a, b in runs if sum(sizes[a:b]) <= budget], default=0)
        assert longest_window(sizes, budget) == slow, (sizes, budget)


def test_longest_window_may_be_empty_or_all():
    assert longest_window([], 3) == 0
    assert longest_window([9, 8], 3) == 0
    assert longest_window([0, 0, 0], 0) == 3


def test_longest_window_refuses_sizes_below_zero():
    assert "sizes" in raises(longest_window, [3, -1], 2)
    assert "budget" in raises(longest_window, [3], -1)


# Binary search on the answer


def test_balance_stages_agrees_with_trying_every_cut():
    rng = np.random.default_rng(2)
    for _ in range(40):
        costs, stages = draw(rng, 9, 6), int(rng.integers(1, 8))
        slow = sum(costs)
        for cuts in itertools.combinations(range(1, 6), min(stages, 6) - 1):
            edges = [0, *cuts, 6]
            slow = min(slow, max(sum(costs[a:b]) for a, b in itertools.pairwise(edges)))
        assert balance_stages(costs, stages) == slow, (costs, stages)


def test_balance_stages_knows_its_two_ends():
    costs = [4, 2, 7, 1, 5]
    assert [balance_stages(costs, n) for n in (1, 2, 3, 4, 9)] == [19, 13, 7, 7, 7]
    assert balance_stages([0, 0], 1) == 0


def test_balance_stages_refuses_what_it_cannot_cut():
    assert "costs" in raises(balance_stages, [], 2)
    assert "costs" in raises(balance_stages, [3, -1], 2)
    assert "stages" in raises(balance_stages, [1], 0)


# Heap


def test_top_k_is_the_head_of_a_full_sort():
    rng = np.random.default_rng(3)
    for k in (1, 2, 5, 11, 13):
        scores = draw(rng, 6, 11)
        slow = sorted(range(11), key=lambda i: (-scores[i], i))[:k]
        assert top_k(iter(scores), k) == slow, (scores, k)


def test_top_k_of_nothing_is_nothing():
    assert top_k([], 3) == []
    assert "k" in raises(top_k, [1.0], 0)


def test_top_k_refuses_what_is_not_a_number():
    # Without the check the answer for k = 1 would be position 2, the 1.0.
    assert "scores" in raises(top_k, [3.0, float("nan"), 1.0], 1)


# Breadth-first search


def test_shortest_path_goes_around_the_wall():
    free = np.array([[1, 0, 1], [1, 0, 1], [1, 1, 1]], dtype=bool)
    assert shortest_path(free, (0, 0), (0, 2)) == 6
    assert shortest_path(free, (2, 1), (2, 1)) == 0


def test_shortest_path_says_when_there_is_no_way():
    free = np.array([[1, 0, 1]], dtype=bool)
    assert shortest_path(free, (0, 0), (0, 2)) == -1
    assert shortest_path(free, (0, 0), (0, 1)) == -1
    assert shortest_path(free, (0, 1), (0, 1)) == -1


def test_shortest_path_refuses_a_cell_outside():
    free = np.ones((2, 3), dtype=bool)
    for cell in ((-1, 0), (0, -1), (2, 0), (0, 3)):
        assert "start" in raises(shortest_path, free, cell, (0, 0))
        assert "goal" in raises(shortest_path, free, (0, 0), cell)


def test_shortest_path_agrees_with_relaxing_until_nothing_changes():
    rng = np.random.default_rng(4)
    for _ in range(15):
        free = rng.random((5, 7)) < 0.7
        far = 99
        steps = np.full((7, 9), far)
        steps[1, 1] = 0 if free[0, 0] else far
        for _ in range(35):
            near = np.minimum(np.minimum(steps[:-2, 1:-1], steps[2:, 1:-1]),
                              np.minimum(steps[1:-1, :-2], steps[1:-1, 2:]))
            steps[1:-1, 1:-1] = np.where(free, np.minimum(steps[1:-1, 1:-1], near + 1), far)
        for goal in ((4, 6), (0, 6), (4, 0)):
            slow = int(steps[goal[0] + 1, goal[1] + 1])
            assert shortest_path(free, (0, 0), goal) == (slow if slow < far else -1)


# Union-find


def test_duplicate_groups_agree_with_spreading_the_smallest_index():
    rng = np.random.default_rng(5)
    for _ in range(40):
        pairs = [(a, b) for a, b in rng.integers(0, 11, (7, 2)).tolist()]
        slow = list(range(11))
        for _ in range(11):
            for a, b in pairs:
                slow[a] = slow[b] = min(slow[a], slow[b])
        assert duplicate_groups(11, pairs) == slow, pairs


def test_duplicate_groups_without_pairs_are_the_images_themselves():
    assert duplicate_groups(3, []) == [0, 1, 2]
    assert duplicate_groups(0, []) == []


def test_duplicate_groups_of_a_long_chain_take_no_quadratic_time():
    count, lines = 400, 0

    def trace(frame, event, arg):
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    for pairs in ([(0, i) for i in range(1, count)], [(i, 0) for i in range(1, count)],
                  [(i, i - 1) for i in range(count - 1, 0, -1)]):
        lines = 0
        sys.settrace(trace)
        try:
            groups = duplicate_groups(count, pairs)
        finally:
            sys.settrace(before)
        assert groups == [0] * count
        # Without union by size and path halving one of these takes count ** 2 / 2 steps.
        assert lines < 100 * count, lines


def test_duplicate_groups_refuse_an_image_that_is_not_there():
    for pair in ((0, 3), (3, 0), (-1, 0), (0, -1)):
        message = raises(duplicate_groups, 3, [pair])
        assert "pairs" in message and str(pair) in message


# Connected components


def test_label_components_numbers_regions_in_reading_order():
    mask = np.array([[0, 1, 0, 1, 1], [1, 1, 0, 0, 1], [0, 0, 1, 0, 0]], dtype=bool)
    labels, count = label_components(mask)
    assert count == 3
    assert labels.tolist() == [[0, 1, 0, 2, 2], [1, 1, 0, 0, 2], [0, 0, 3, 0, 0]]
    assert labels.dtype.kind == "i"


def test_label_components_survives_a_region_of_ten_thousand_pixels():
    labels, count = label_components(np.ones((80, 125), dtype=bool))
    assert count == 1
    assert (labels == 1).all()


def test_label_components_of_an_empty_mask_is_none():
    labels, count = label_components(np.zeros((2, 3), dtype=bool))
    assert count == 0
    assert not labels.any()


# Dynamic programming


def slow_distance(a, b) -> int:
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return slow_distance(a[1:], b[1:])
    return 1 + min(slow_distance(a[1:], b), slow_distance(a, b[1:]), slow_distance(a[1:], b[1:]))


def test_edit_distance_agrees_with_trying_every_edit():
    rng = np.random.default_rng(6)
    for _ in range(40):
        a, b = draw(rng, 3, int(rng.integers(0, 6))), draw(rng, 3, int(rng.integers(0, 6)))
        assert edit_distance(a, b) == slow_distance(a, b), (a, b)


def test_edit_distance_counts_words_or_characters():
    assert edit_distance(["the", "cat", "sat", "down"], ["the", "cat", "sits"]) == 2
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("", "abc") == edit_distance("abc", "") == 3


# Reservoir sampling


def test_reservoir_sample_takes_every_pair_equally_often():
    rng = np.random.default_rng(7)
    runs, counts = 6000, {}
    for _ in range(runs):
        pair = tuple(sorted(reservoir_sample(iter(range(5)), 2, rng)))
        counts[pair] = counts.get(pair, 0) + 1
    # 10 pairs, each binomial with mean 600 and standard deviation 23.2; the bound is 5 of them.
    assert len(counts) == 10
    assert all(abs(count - 600) < 117 for count in counts.values()), counts


def test_reservoir_sample_of_one_is_any_item():
    rng = np.random.default_rng(12)
    assert {reservoir_sample("abc", 1, rng)[0] for _ in range(60)} == {"a", "b", "c"}


def test_reservoir_sample_keeps_a_short_stream_whole():
    rng = np.random.default_rng(8)
    assert reservoir_sample(iter("ab"), 3, rng) == ["a", "b"]
    assert reservoir_sample([], 3, rng) == []
    assert "k" in raises(reservoir_sample, "ab", 0, rng)


# Intervals


def test_merge_intervals_covers_what_the_spans_cover():
    rng = np.random.default_rng(9)
    for _ in range(60):
        starts = draw(rng, 20, 5)
        spans = [(start, start + 1 + int(rng.integers(0, 5))) for start in starts]
        merged = merge_intervals(spans)
        seconds = sorted({second for start, end in spans for second in range(start, end)})
        assert [second for start, end in merged for second in range(start, end)] == seconds
        assert all(a[1] < b[0] for a, b in itertools.pairwise(merged)), merged


def test_merge_intervals_keeps_the_end_of_the_span_around():
    assert merge_intervals([(5, 6), (0, 4), (1, 2), (4, 4.5)]) == [(0, 4.5), (5, 6)]
    assert merge_intervals([]) == []
    assert merge_intervals([(3, 3), (1, 2)]) == [(1, 2), (3, 3)]  # a moment is a span
    assert "intervals" in raises(merge_intervals, [(2, 1)])


# Integral image


def test_integral_image_starts_with_zeros_and_ends_with_the_total():
    table = integral_image(np.array([[1, 2, 3], [4, 5, 6]]))
    assert table.tolist() == [[0, 0, 0, 0], [0, 1, 3, 6], [0, 5, 12, 21]]


def test_integral_image_does_not_overflow_on_bytes():
    table = integral_image(np.full((3, 5), 255, dtype=np.uint8))
    assert table.dtype == np.float64
    assert table[-1, -1] == 3 * 5 * 255


def test_integral_image_does_not_round_float32():
    table = integral_image(np.array([[2**24], [1]], dtype=np.float32))  # next float32: 2**24 + 2
    assert table[-1, -1] == 2**24 + 1


def test_box_sum_needs_four_numbers_of_the_table():
    rng = np.random.default_rng(10)
    image = rng.integers(0, 256, (5, 7))
    table = np.zeros((6, 8))
    for y in range(6):
        for x in range(8):
            table[y, x] = image[:y, :x].sum()
    for x1, x2 in itertools.combinations_with_replacement(range(8), 2):
        for y1, y2 in itertools.combinations_with_replacement(range(6), 2):
            assert box_sum(table, (x1, y1, x2, y2)) == image[y1:y2, x1:x2].sum()


def test_box_sum_refuses_a_box_outside():
    table = np.zeros((3, 5))
    for box in ((-1, 0, 1, 1), (0, 0, 5, 1), (0, 0, 1, 3), (2, 0, 1, 1), (0, 2, 1, 1)):
        assert "box" in raises(box_sum, table, box)


# LRU cache


def test_lru_cache_forgets_what_was_used_longest_ago():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert cache.get("b") is None
    assert (cache.get("a"), cache.get("c")) == (1, 3)


def test_lru_cache_writes_a_held_key_without_forgetting_another():
    cache = LRUCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.put("a", 10)
    assert (cache.get("b"), cache.get("a")) == (2, 10)
    cache.put("b", None)
    cache.put("c", 3)
    assert cache.get("a", "gone") == "gone"
    assert cache.get("b", "gone") is None
    assert "capacity" in raises(LRUCache, 0)


def test_lru_cache_agrees_with_a_list_of_uses():
    rng = np.random.default_rng(11)
    cache, held = LRUCache(3), []
    for step in range(300):
        key = int(rng.integers(0, 6))
        known = dict(held)
        if rng.random() < 0.5:
            assert cache.get(key, -1) == known.get(key, -1)
            if key in known:
                held = [(k, v) for k, v in held if k != key] + [(key, known[key])]
        else:
            cache.put(key, step)
            held = ([(k, v) for k, v in held if k != key] + [(key, step)])[-3:]


# Matrix


def test_rotate_clockwise_turns_in_place():
    for n in (0, 1, 2, 3, 5):
        matrix = np.arange(n * n).reshape(n, n).tolist()
        expected = [[matrix[n - 1 - j][i] for j in range(n)] for i in range(n)]
        assert rotate_clockwise(matrix) is None, "it works in place and returns nothing"
        assert matrix == expected


def test_rotate_clockwise_refuses_what_is_not_square():
    assert "matrix" in raises(rotate_clockwise, [[1, 2, 3], [4, 5, 6]])
