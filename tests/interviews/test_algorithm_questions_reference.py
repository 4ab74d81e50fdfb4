"""The same answers from libraries that were written by others."""

import difflib
import heapq
import itertools
import re
import sys
from collections.abc import Iterator
from functools import lru_cache

import networkx
import numpy as np
import pytest
import torch
from scipy import ndimage

from snippets.interviews.algorithm_questions import (
    LRUCache,
    balance_stages,
    box_sum,
    duplicate_groups,
    edit_distance,
    integral_image,
    label_components,
    nearest_readings,
    rotate_clockwise,
    shortest_path,
    top_k,
)


def draws(seed: int, high: int, longest: int, shortest: int = 0) -> Iterator[list[int]]:
    """60 lists of random lengths, few different values, so that ties and repeats occur."""
    rng = np.random.default_rng(seed)
    for _ in range(60):
        yield rng.integers(0, high, rng.integers(shortest, longest + 1)).tolist()


def test_top_k_is_heapq_nlargest():
    for k in (1, 3, 7):
        for scores in draws(k, 9, 20):
            expected = heapq.nlargest(k, range(len(scores)), key=lambda i: scores[i])
            assert top_k(scores, k) == expected


def test_top_k_finds_the_scores_of_torch():
    scores = torch.randn(101, generator=torch.Generator().manual_seed(0))
    assert top_k(scores.tolist(), 7) == torch.topk(scores, 7).indices.tolist()


def test_components_are_those_of_scipy():
    rng = np.random.default_rng(0)
    for density in (0.3, 0.5, 0.6, 0.9):
        mask = rng.random((13, 17)) < density
        labels, count = label_components(mask)
        expected, number = ndimage.label(mask)
        assert count == number
        np.testing.assert_array_equal(labels, expected)


def test_steps_are_those_of_networkx():
    rng = np.random.default_rng(1)
    reached = 0
    for _ in range(20):
        free = rng.random((7, 11)) < 0.75
        graph = networkx.grid_2d_graph(7, 11)
        graph.remove_nodes_from([cell for cell in graph if not free[cell]])
        start, goal = (0, 0), (6, 10)
        if start in graph and goal in graph and networkx.has_path(graph, start, goal):
            expected = networkx.shortest_path_length(graph, start, goal)
            reached += 1
        else:
            expected = -1
        assert shortest_path(free, start, goal) == expected
    assert 0 < reached < 20  # both answers occurred


def test_groups_are_the_components_of_networkx():
    for left, right in zip(draws(4, 15, 20), draws(5, 15, 20), strict=True):
        pairs = list(zip(left, right, strict=False))
        graph = networkx.Graph(pairs)
        graph.add_nodes_from(range(15))
        expected = [0] * 15
        for component in networkx.connected_components(graph):
            for image in component:
                expected[image] = min(component)
        assert duplicate_groups(15, pairs) == expected


def lines_per_pair(count: int, pairs: list[tuple[int, int]]) -> list[int]:
    """How many lines of duplicate_groups run from each pair to the next."""
    lines, marks = 0, []

    def trace(frame, event, arg):
        nonlocal lines
        lines += event == "line"
        return trace

    def marked():
        for pair in pairs:
            marks.append(lines)
            yield pair
        marks.append(lines)

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        duplicate_groups(count, marked())
    finally:
        sys.settrace(before)
    return np.diff(marks).tolist()


def test_union_by_size_keeps_each_single_search_short():
    # Chained in either direction and read from either end: a tree of one branch without it.
    for chain in ([(i, i + 1) for i in range(499)], [(i + 1, i) for i in range(499)]):
        assert max(lines_per_pair(500, [*chain, (0, 499)])) < 50


def test_path_halving_flattens_the_deepest_tree():
    count = 256  # a binomial tree: union by size alone leaves the last image 8 links deep
    pairs = [(i, i + step) for step in (1, 2, 4, 8, 16, 32, 64, 128)
             for i in range(0, count, 2 * step)]
    searches = lines_per_pair(count, pairs + [(255, 0)] * 5)[-5:]
    assert searches[0] > searches[1] > searches[2] == searches[3] == searches[4]


def test_edit_distance_is_a_metric():
    for a, b, c in zip(draws(6, 3, 8), draws(7, 3, 8), draws(8, 3, 8), strict=True):
        assert edit_distance(a, b) == edit_distance(b, a)
        assert (edit_distance(a, b) == 0) == (a == b)
        assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
        assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))


def test_edit_distance_is_at_most_the_script_of_difflib():
    for a, b in zip(draws(9, 3, 8), draws(10, 3, 8), strict=True):
        script = difflib.SequenceMatcher(None, a, b).get_opcodes()
        edits = sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in script if tag != "equal")
        assert edit_distance(a, b) <= edits


def test_stages_agree_with_dynamic_programming():
    for seed, costs in enumerate(draws(11, 50, 8, shortest=1)):
        sums = np.concatenate([[0], np.cumsum(costs)]).tolist()
        best = sums[:]  # the first n layers in one stage
        for stages in range(1, 6):
            assert balance_stages(costs, stages) == best[-1], (seed, costs, stages)
            best = [min(max(best[cut], total - sums[cut]) for cut in range(n + 1))
                    for n, total in enumerate(sums)]


def test_readings_are_as_near_as_those_of_a_distance_matrix():
    rng = np.random.default_rng(2)
    frames, readings = np.sort(rng.random(31)), np.sort(rng.random(53))
    expected = np.abs(frames[:, None] - readings).argmin(axis=1)  # (31, 53) -> (31,)
    assert nearest_readings(frames, readings) == expected.tolist()


def test_box_means_are_those_of_average_pooling():
    image = torch.rand((6, 8), generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    pooled = torch.nn.functional.avg_pool2d(image[None], kernel_size=(3, 4), stride=1)[0]
    table = integral_image(image.numpy())
    ours = [[box_sum(table, (x, y, x + 4, y + 3)) / 12 for x in range(5)] for y in range(4)]
    np.testing.assert_allclose(ours, pooled.numpy(), rtol=1e-12)


def test_rotation_is_that_of_numpy():
    matrix = np.arange(25).reshape(5, 5)
    turned = matrix.tolist()
    rotate_clockwise(turned)
    np.testing.assert_array_equal(turned, np.rot90(matrix, k=-1))


def test_cache_hits_are_those_of_functools():
    for capacity in (1, 2, 4):
        for keys in draws(12 + capacity, 7, 40):
            ours, hits = LRUCache(capacity), 0
            theirs = lru_cache(maxsize=capacity)(lambda key: key)
            for key in keys:
                theirs(key)
                if ours.get(key) is not None:
                    hits += 1
                else:
                    ours.put(key, key)
            assert hits == theirs.cache_info().hits


def test_reading_in_a_fixed_order_never_hits_a_cache_that_is_one_too_small():
    for capacity, expected in ((9, 0), (10, 20)):
        cache, hits = LRUCache(capacity), 0
        for _ in range(3):
            for sample in range(1, 11):
                if cache.get(sample) is not None:
                    hits += 1
                else:
                    cache.put(sample, sample)
        assert hits == expected


def test_reading_in_a_new_order_each_time_hits_n_minus_a_harmonic_number():
    hits = 0
    for order in itertools.permutations(range(4)):  # every second epoch after 0, 1, 2, 3
        cache = LRUCache(3)
        for sample in (0, 1, 2, 3, *order):
            if cache.get(sample) is not None:
                hits += 1
            else:
                cache.put(sample, sample)
    # A sample is missed when all that came before it come before it again: one in its position.
    assert abs(hits / 24 - (4 - (1 + 1 / 2 + 1 / 3 + 1 / 4))) < 1e-12


def test_a_word_error_rate_can_exceed_one():
    assert edit_distance(["yes"], ["no", "no", "no"]) / 1 == 3.0


def test_duplicate_groups_name_the_pair_out_of_range_with_the_range():
    for pair in ((0, 3), (3, 0), (-1, 0), (0, -1)):
        with pytest.raises(ValueError, match=rf"^pairs must lie in 0\.\.2, got {re.escape(str(pair))}$"):
            duplicate_groups(3, [pair])
