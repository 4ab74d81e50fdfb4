"""The same splits and distances as scikit-learn."""

import numpy as np
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, TimeSeriesSplit
from sklearn.neighbors import NearestNeighbors

from snippets.data.splits_over_time import nearest_distances, split_by_group, split_by_time
from snippets.data.splits_over_time_experiment import nearest_neighbor


def test_a_gap_drops_the_frames_that_time_series_split_drops():
    times = np.arange(60)
    for gap in [0, 1, 5]:
        for train, test in TimeSeriesSplit(n_splits=4, gap=gap, test_size=9).split(times):
            split = split_by_time(times, [float(test[0])], gap=float(gap))
            np.testing.assert_array_equal(np.flatnonzero(split == 0), train)
            np.testing.assert_array_equal(np.flatnonzero(split == 1)[:9], test)


def test_as_many_groups_as_group_shuffle_split():
    groups = np.repeat(np.arange(20), 7)
    splitter = GroupShuffleSplit(n_splits=5, test_size=0.3, random_state=0)
    rng = np.random.default_rng(0)
    for train, test in splitter.split(groups, groups=groups):
        ours = split_by_group(groups, [0.7, 0.3], rng)
        assert np.bincount(ours).tolist() == [len(train), len(test)]
        assert len(np.unique(groups[ours == 1])) == len(np.unique(groups[test]))


def test_equal_fractions_balance_like_the_folds_of_group_k_fold():
    sizes = np.array([5, 3, 8, 2, 7, 7, 4, 6, 9, 9, 3, 5, 2, 8, 6])
    groups = np.repeat(np.arange(len(sizes)), sizes)
    theirs = [len(test) for _, test in GroupKFold(n_splits=3).split(groups, groups=groups)]
    ours = np.bincount(split_by_group(groups, [1 / 3] * 3, np.random.default_rng(0)))
    assert sum(theirs) == ours.sum()
    # GroupKFold takes the largest group first, ours come in random order: both within one group.
    assert max(theirs) - min(theirs) <= sizes.max()
    assert ours.max() - ours.min() <= sizes.max()


def test_nearest_distances_match():
    rng = np.random.default_rng(1)
    queries, references = rng.normal(size=(13, 3)), rng.normal(size=(29, 3))
    theirs, _ = NearestNeighbors(n_neighbors=1).fit(references).kneighbors(queries)
    np.testing.assert_allclose(nearest_distances(queries, references), theirs[:, 0], rtol=1e-12)


def test_the_experiments_nearest_neighbor_matches():
    rng = np.random.default_rng(2)
    train, x, labels = rng.normal(size=(50, 4)), rng.normal(size=(17, 4)), rng.integers(0, 2, 50)
    index = NearestNeighbors(n_neighbors=1).fit(train).kneighbors(x, return_distance=False)[:, 0]
    np.testing.assert_array_equal(nearest_neighbor(train, labels, x), labels[index])
