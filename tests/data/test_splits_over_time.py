"""What the splits promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.data.splits_over_time import (
    leaked_fraction,
    nearest_distances,
    split_by_group,
    split_by_time,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def recordings(rng: np.random.Generator) -> np.ndarray:
    """37 recordings of 1 to 60 frames, their frames shuffled together."""
    sizes = rng.integers(1, 61, size=37).astype(np.intp)  # the browser repeats by 32 bits only
    return rng.permutation(np.repeat(np.arange(37) * 3, sizes))


def test_no_recording_is_in_two_splits():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        groups = recordings(rng)
        split = split_by_group(groups, [0.7, 0.15, 0.15], rng)
        assert split.shape == groups.shape
        for group in np.unique(groups):
            assert len(np.unique(split[groups == group])) == 1, f"group {group} is divided"


def test_no_split_exceeds_its_share_by_a_whole_recording():
    # A split gets a group only while its deficit is the largest, hence positive: the deficits add
    # to what is not yet assigned.
    fractions = [0.7, 0.2, 0.1]
    for seed in range(20):
        rng = np.random.default_rng(seed)
        groups = recordings(rng)
        split = split_by_group(groups, fractions, rng)
        largest = np.max(np.bincount(groups))
        for s, fraction in enumerate(fractions):
            assert np.sum(split == s) < fraction * len(groups) + largest
            assert np.sum(split == s) > fraction * len(groups) - 2 * largest


def test_equal_recordings_are_counted_out_exactly():
    groups = np.repeat(np.arange(20), 7)
    split = split_by_group(groups, [0.5, 0.3, 0.2], np.random.default_rng(0))
    np.testing.assert_array_equal(np.bincount(split), [70, 42, 28])


def test_another_generator_gives_another_split():
    groups = np.repeat(np.arange(20), 7)
    splits = {tuple(split_by_group(groups, [0.5, 0.5], np.random.default_rng(s))) for s in range(9)}
    assert len(splits) == 9, "the order of the groups must come from rng"


def test_the_same_generator_gives_the_same_split():
    groups = np.repeat(np.arange(20), 7)
    first = split_by_group(groups, [0.5, 0.5], np.random.default_rng(4))
    again = split_by_group(groups, [0.5, 0.5], np.random.default_rng(4))
    np.testing.assert_array_equal(first, again)


def test_a_rare_class_is_spread_when_it_is_balanced():
    # 100 recordings of 10 frames; only six hold the rare class, five frames each.
    groups = np.repeat(np.arange(100), 10)
    rare = np.zeros(1000)
    for group in [3, 14, 15, 65, 92, 97]:
        rare[np.flatnonzero(groups == group)[:5]] = 1
    amounts = np.stack([np.ones(1000), rare], axis=1)
    for seed in range(20):
        split = split_by_group(groups, [0.5, 0.5], np.random.default_rng(seed), amounts)
        counts = [int(rare[split == s].sum()) for s in range(2)]
        assert counts == [15, 15], f"seed {seed}: rare frames {counts}"
        assert abs(np.sum(split == 0) - 500) <= 50


def test_without_balancing_the_rare_class_is_left_to_luck():
    groups = np.repeat(np.arange(100), 10)
    rare_groups = [3, 14, 15, 65, 92, 97]
    uneven = 0
    for seed in range(50):
        split = split_by_group(groups, [0.5, 0.5], np.random.default_rng(seed))
        uneven += int(np.isin(groups[split == 0], rare_groups).sum() != 30)
    # 3:3 has probability C(6,3) C(94,47) / C(100,50) = 0.32: 34 of 50 uneven on average, s.d. 3.3.
    assert uneven > 20


def test_too_few_groups_do_not_leave_a_split_empty_in_silence():
    # Of three equal groups all go to a split that wants 80%: the deficits are 0.8, 0.47 and 0.13.
    rng = np.random.default_rng(0)
    assert "groups" in raises(split_by_group, np.arange(3), [0.8, 0.1, 0.1], rng)
    split = split_by_group(np.arange(10), [0.8, 0.1, 0.1], rng)
    np.testing.assert_array_equal(np.bincount(split), [8, 1, 1])


def test_one_split_takes_all_and_one_rare_frame_can_be_balanced():
    assert split_by_group(np.arange(5), [1], np.random.default_rng(0)).tolist() == [0] * 5
    amounts = np.stack([np.ones(9), np.arange(9) == 4], axis=1)
    split = split_by_group(np.arange(9), [0.5, 0.5], np.random.default_rng(0), amounts)
    assert set(split.tolist()) == {0, 1} and split.dtype == np.int64


def test_names_may_be_strings():
    drives = np.array(["b", "a", "b", "c", "a"])
    split = split_by_group(drives, [0.5, 0.5], np.random.default_rng(0))
    assert split[0] == split[2] and split[1] == split[4]


def test_frames_of_different_splits_are_a_gap_apart():
    rng = np.random.default_rng(0)
    times = rng.uniform(0, 100, size=500)  # unordered, uneven
    split = split_by_time(times, [40.0, 70.0], gap=3.0)
    for early, late in [(0, 1), (1, 2), (0, 2)]:
        assert times[split == late].min() - times[split == early].max() >= 3.0
    dropped = times[split == -1]
    assert np.all(((dropped >= 37) & (dropped < 40)) | ((dropped >= 67) & (dropped < 70)))
    assert np.sum(split >= 0) + len(dropped) == 500


def test_a_cut_belongs_to_the_later_split_and_no_gap_drops_nothing():
    np.testing.assert_array_equal(split_by_time(np.arange(5.0), [2.0], gap=0.0), [0, 0, 1, 1, 1])


def test_the_first_frame_of_the_gap_is_dropped():
    split = split_by_time(np.arange(6.0), [4.0], gap=2.0)
    np.testing.assert_array_equal(split, [0, 0, -1, -1, 1, 1])
    assert split.dtype == np.int64


def test_nearest_distance_by_hand():
    queries = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0]])
    references = np.array([[2.0, 3.0, 6.0], [0.0, 0.0, 0.0], [9.0, 9.0, 9.0]])
    np.testing.assert_allclose(nearest_distances(queries, references), [0.0, 3.0])
    np.testing.assert_allclose(nearest_distances(queries, references[:1]), [7.0, np.sqrt(18)])
    pixels = np.array([[0, 0], [200, 10]], np.uint8)  # differences and squares beyond 8 bits
    np.testing.assert_allclose(nearest_distances(pixels[:1], pixels[1:]), np.hypot(200, 10))


def test_distances_survive_map_coordinates():
    # UTM northings are millions of meters: expanding the square would lose the centimeters.
    queries = np.array([[691_600.00, 5_334_760.00]])
    references = queries + np.array([[0.03, 0.04]])
    np.testing.assert_allclose(nearest_distances(queries, references), [0.05], rtol=1e-6)


def test_bytes_do_not_wrap():
    distance = nearest_distances(np.array([[0]], dtype=np.uint8), np.array([[255]], dtype=np.uint8))
    np.testing.assert_array_equal(distance, [255.0])


def test_leaked_fraction_counts_strictly_closer_queries():
    queries = np.array([[0.0], [4.0], [5.0], [50.0]])
    assert leaked_fraction(queries, np.array([[0.0]]), radius=5.0) == 0.5
    assert leaked_fraction(np.zeros((0, 1)), np.array([[0.0]]), radius=5.0) == 0.0


def test_a_static_place_leaks_across_drives_but_not_across_streets():
    drive = np.repeat([0, 1, 2, 3], 50)
    street = np.tile(np.repeat([0, 1], 25), 4)
    position = np.stack([street * 500.0, np.tile(np.arange(25) * 2.0, 8)], axis=1)
    rng = np.random.default_rng(0)
    by_drive = split_by_group(drive, [0.75, 0.25], rng)
    by_street = split_by_group(street, [0.5, 0.5], rng)
    assert leaked_fraction(position[by_drive == 1], position[by_drive == 0], 5.0) == 1.0
    assert leaked_fraction(position[by_street == 1], position[by_street == 0], 5.0) == 0.0


def test_bad_input_is_named():
    rng = np.random.default_rng(0)
    assert "fractions" in raises(split_by_group, np.arange(9), [0.5, 0.6], rng)
    assert "fractions" in raises(split_by_group, np.arange(9), [1.2, -0.2], rng)
    assert "fractions" in raises(split_by_group, np.arange(9), [1.0, 0.0], rng)
    assert "groups" in raises(split_by_group, np.zeros(9), [0.5, 0.5], rng)
    assert "fractions" in raises(split_by_group, np.arange(9), [np.nan, 0.5], rng)
    missing = np.stack([np.ones(9), np.zeros(9)], axis=1)  # nobody has the rare class
    assert "amounts" in raises(split_by_group, np.arange(9), [0.5, 0.5], rng, missing)
    assert "amounts" in raises(split_by_group, np.arange(9), [0.5, 0.5], rng, np.ones(9))
    assert "amounts" in raises(split_by_group, np.arange(9), [0.5, 0.5], rng, np.ones((8, 1)))
    assert "gap" in raises(split_by_time, np.arange(9.0), [4.0], -1.0)
    assert "cuts" in raises(split_by_time, np.arange(9.0), [4.0, 3.0], 0.0)
    assert "cuts" in raises(split_by_time, np.arange(9.0), [4.0, 6.0], 2.0)
    assert "cuts" in raises(split_by_time, np.arange(9.0), np.array([4, 3], dtype=np.uint8), 0.0)
    assert "references" in raises(nearest_distances, np.zeros((2, 3)), np.zeros((0, 3)))
    assert "references" in raises(nearest_distances, np.zeros((2, 3)), np.zeros((5, 2)))
    lost = np.array([[0.0], [np.nan]])  # a frame without a position would hide every leak
    assert raises(leaked_fraction, np.zeros((2, 1)), lost, 5.0).startswith("references hold")
    assert raises(leaked_fraction, lost, np.zeros((2, 1)), 5.0).startswith("queries hold")
