"""What the slips break."""

import numpy as np
import pytest

from snippets.interviews.algorithm_questions import (
    label_components,
    merge_intervals,
    reservoir_sample,
)
from snippets.interviews.algorithm_questions_mistakes import (
    merge_forgets_nested,
    region_size,
    reservoir_prefers_late,
)


def test_a_nested_span_cuts_off_the_end_of_the_one_around_it():
    assert merge_forgets_nested([(0, 2), (1, 4)]) == [(0, 4)]  # right while nothing is nested
    assert merge_forgets_nested([(0, 4), (1, 2)]) == [(0, 2)]
    assert merge_intervals([(0, 4), (1, 2)]) == [(0, 4)]


def test_a_sample_that_takes_every_late_item_forgets_the_early_ones():
    runs = 2000
    rng = np.random.default_rng(0)
    wrong = sum(0 in reservoir_prefers_late(list(range(20)), 2, rng) for _ in range(runs))
    right = sum(0 in reservoir_sample(range(20), 2, rng) for _ in range(runs))
    # The first item must stay with probability 2/20: mean 200, standard deviation 13.4.
    assert abs(right - 200) < 5 * 13.4
    # It survives 18 replacements of a random slot: 2000 / 2**18 = 0.008 expected.
    assert wrong <= 1


def test_recursion_ends_at_a_region_that_the_stack_takes():
    assert region_size(np.ones((5, 7), dtype=bool), 2, 3) == 35
    with pytest.raises(RecursionError):
        region_size(np.ones((40, 50), dtype=bool), 0, 0)
    assert label_components(np.ones((40, 50), dtype=bool))[1] == 1
