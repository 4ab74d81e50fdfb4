"""What mining promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.data.hard_negatives import (
    false_positive_rate_at_recall,
    positive_share,
    select_candidates,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_without_a_random_share_the_highest_scores_come_first():
    scores = np.array([0.1, 0.9, 0.3, 0.7, 0.5])
    chosen = select_candidates(scores, np.arange(5), 3, 1, 0.0, np.random.default_rng(0))
    assert chosen.tolist() == [1, 3, 4]
    grades = np.array([0, 200, 100], dtype=np.uint8)  # turned around in eight bits, 200 is 56
    chosen = select_candidates(grades, np.arange(3), 2, 1, 0.0, np.random.default_rng(0))
    assert chosen.tolist() == [1, 2]


def test_equal_scores_keep_the_order_of_the_pool():
    scores, groups = np.tile([1.0, 2.0], 50), np.arange(100)
    chosen = select_candidates(scores, groups, 60, 1, 0.0, np.random.default_rng(0))
    assert chosen.tolist() == [*range(1, 100, 2), *range(0, 20, 2)]


def test_the_random_share_is_rounded():
    scores = np.arange(30.0)
    chosen = select_candidates(scores, np.arange(30), 5, 1, 0.55, np.random.default_rng(3))
    assert chosen[:2].tolist() == [29, 28] and chosen[2] != 27, "2.75 random items are 3"


def test_a_scene_gives_at_most_its_quota():
    scores = np.array([9.0, 8, 7, 6, 5, 4, 3])
    groups = np.array([40, 40, 40, 10, 10, 7, 7])
    chosen = select_candidates(scores, groups, 5, 2, 0.0, np.random.default_rng(0))
    assert chosen.tolist() == [0, 1, 3, 4, 5], "the third frame of scene 40 is skipped"


def test_the_random_part_adds_different_items_of_any_score():
    scores = np.arange(50.0)
    seen = set()
    for seed in range(40):
        chosen = select_candidates(scores, np.arange(50), 10, 1, 0.5, np.random.default_rng(seed))
        assert len(set(chosen.tolist())) == 10
        assert chosen[:5].tolist() == [49, 48, 47, 46, 45]
        seen.update(chosen[5:].tolist())
    # Each of the 45 others is missed 40 times with probability (8/9)**40 = 0.9 %.
    assert len(seen) > 40 and min(seen) < 10


def test_random_items_fill_up_when_the_scenes_run_out():
    chosen = select_candidates(np.array([3.0, 2, 1]), np.array([0, 0, 0]), 3, 1, 0.0,
                               np.random.default_rng(0))
    assert chosen[0] == 0 and sorted(chosen.tolist()) == [0, 1, 2]


def test_nothing_asked_nothing_chosen():
    chosen = select_candidates(np.array([1.0]), np.array([0]), 0, 1, 0.0, np.random.default_rng(0))
    assert chosen.shape == (0,) and chosen.dtype.kind == "i"


def test_a_choice_of_random_items_only_is_still_indices():
    chosen = select_candidates(np.arange(7.0), np.arange(7), 3, 1, 1.0, np.random.default_rng(0))
    assert chosen.shape == (3,) and chosen.dtype.kind == "i"


def test_impossible_selections_are_refused():
    rng, scores = np.random.default_rng(0), np.array([1.0, 2.0])
    groups = np.array([0, 1])
    assert "number" in raises(select_candidates, scores, groups, 3, 1, 0.0, rng)
    assert "per_group" in raises(select_candidates, scores, groups, 1, 0, 0.0, rng)
    assert "random_share" in raises(select_candidates, scores, groups, 1, 1, 1.5, rng)
    assert "random_share" in raises(select_candidates, scores, groups, 1, 1, -0.5, rng)
    message = raises(select_candidates, scores, np.array([0, 1, 1]), 1, 1, 0.0, rng)
    assert message == "scores and groups must be (N,) both, got ((2,), (3,))"
    assert "scores" in raises(select_candidates, np.ones((2, 2)), np.ones((2, 2)), 1, 1, 0.0, rng)
    assert "scores" in raises(select_candidates, np.array([np.nan, 1.0]), groups, 1, 1, 0.0, rng)


def test_the_better_the_model_the_more_hard_negatives_are_positives():
    # 1,000,000 items, 2,000 positives, 1,800 of them found among 998 or 9,980 false ones.
    assert np.isclose(positive_share(0.002, 0.9, 0.001), 1800 / (1800 + 998))
    assert np.isclose(positive_share(0.002, 0.9, 0.01), 1800 / (1800 + 9980))
    assert positive_share(0.0, 0.9, 0.01) == 0.0
    assert positive_share(0.5, 0.25, 0.25) == 0.5
    assert positive_share(1.0, 1.0, 1.0) == 1.0
    for index, name in enumerate(("prevalence", "recall", "fpr")):
        rates = [0.1, 0.9, 0.1]
        rates[index] = 1.1
        assert raises(positive_share, *rates).startswith(f"{name} must")
    raises(positive_share, 0.1, 0.0, 0.0)  # nothing is above the threshold


def test_the_threshold_is_the_largest_that_reaches_the_recall():
    positive, negative = np.array([5.0, 4, 3, 2, 1]), np.array([4.5, 3.5, 2.5, 1.5])
    rates = [false_positive_rate_at_recall(positive, negative, r) for r in (0.2, 0.4, 0.5, 0.6, 1)]
    assert rates == [0.0, 0.25, 0.5, 0.5, 1.0], f"expected 0, 1/4, 1/2, 1/2, 1, got {rates}"


def test_seven_percent_of_a_hundred_positives_are_seven():
    # In floating point 0.07 * 100 is a little above 7.
    positive = np.arange(100.0)
    negative = np.array([92.5, 93.5])
    assert false_positive_rate_at_recall(positive, negative, 0.07) == 0.5


def test_a_constant_score_accepts_every_negative():
    assert false_positive_rate_at_recall(np.zeros(3), np.zeros(7), 0.1) == 1.0
    assert false_positive_rate_at_recall(np.zeros(1), np.zeros(1), 1.0) == 1.0
    for recall in (0.0, 1.5):
        assert "recall" in raises(false_positive_rate_at_recall, np.zeros(3), np.zeros(7), recall)
    for counts in ((0, 7), (3, 0)):
        message = raises(false_positive_rate_at_recall, *map(np.zeros, counts), 0.5)
        assert message == "positive_scores and negative_scores must not be empty"


def test_a_model_that_diverged_gets_no_perfect_rate():
    broken = np.array([np.nan, 1.0])
    for scores in ((broken, np.zeros(3)), (np.zeros(3), broken)):
        message = raises(false_positive_rate_at_recall, *scores, 0.5)
        assert message == "positive_scores and negative_scores must not be nan"
