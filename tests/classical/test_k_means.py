"""What k-means promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import itertools

import numpy as np

from snippets.classical.k_means import (
    best_of,
    k_means,
    k_means_plus_plus,
    squared_distances,
    update_centers,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def loss_of(x: np.ndarray, labels: np.ndarray) -> float:
    """Sum of the squared distances to the mean of the own cluster."""
    groups = [x[labels == k] for k in np.unique(labels)]
    return float(sum(np.sum((group - group.mean(axis=0)) ** 2) for group in groups))


def test_distances_by_hand():
    x = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0]])
    centers = np.array([[1.0, 2.0, 2.0], [0.0, 0.0, 4.0], [1.0, 0.0, 0.0], [2.0, 3.0, 6.0]])
    np.testing.assert_array_equal(squared_distances(x, centers), [[9, 16, 1, 49], [0, 9, 8, 18]])


def test_distances_keep_their_digits_far_from_the_origin():
    x = np.array([[4096.25], [4096.5]], dtype=np.float32)
    distances = squared_distances(x, np.array([[4096.0]], dtype=np.float32))
    np.testing.assert_array_equal(distances, [[0.0625], [0.25]])
    assert distances.dtype == np.float32


def test_bytes_do_not_wrap():
    x = np.array([[0], [255]], dtype=np.uint8)
    np.testing.assert_array_equal(squared_distances(x, x), [[0, 65025], [65025, 0]])
    centers, _, _ = k_means(np.array([[0], [1], [250], [255]], dtype=np.uint8), x)
    np.testing.assert_array_equal(centers, [[0.5], [252.5]])


def test_the_worked_example():
    line = np.array([[0.0], [2.0], [3.0], [7.0], [8.0]])
    centers, labels, losses = k_means(line, np.array([[0.0], [2.0]]))
    np.testing.assert_allclose(centers, [[5 / 3], [7.5]])
    np.testing.assert_array_equal(labels, [0, 0, 0, 1, 1])
    np.testing.assert_allclose(losses, [62.0, 21.0, 11.0, 31 / 6])


def test_a_rectangle_has_a_local_minimum():
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]])
    _, good, good_losses = k_means(corners, np.array([[0.0, 0.5], [4.0, 0.5]]))
    _, bad, bad_losses = k_means(corners, np.array([[2.0, 0.0], [2.0, 1.0]]))
    np.testing.assert_array_equal(good, [0, 0, 1, 1])
    np.testing.assert_array_equal(bad, [0, 1, 0, 1])
    assert (good_losses[-1], bad_losses[-1]) == (1.0, 16.0)


def test_the_objective_never_rises():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(60, 3)).round(1)  # rounding makes ties and duplicates
        # Centers drawn far outside the data leave clusters empty on the way.
        _, _, losses = k_means(x, rng.normal(size=(7, 3)) * 3)
        falls = -np.diff(losses)
        assert np.all(falls >= -1e-9 * losses[0]), f"seed {seed}: {losses}"
        assert len(losses) < 300, "the labels should settle"


def test_the_result_is_a_fixed_point():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 2))
    centers, labels, losses = k_means(x, x[:5])
    np.testing.assert_array_equal(labels, np.argmin(squared_distances(x, centers), axis=1))
    for k in range(5):
        np.testing.assert_allclose(centers[k], x[labels == k].mean(axis=0))
    assert abs(losses[-1] - loss_of(x, labels)) < 1e-9


def test_the_mean_minimizes_the_squared_distance():
    # Hand-derived: the sum over n points grows by n |c - mean|^2 when the center moves to c.
    rng = np.random.default_rng(1)
    x, labels = rng.normal(size=(11, 3)), np.zeros(11, dtype=np.int64)
    mean = update_centers(x, labels, 1)
    for shift in rng.normal(size=(5, 3)):
        moved = squared_distances(x, mean + shift).sum()
        assert abs(moved - squared_distances(x, mean).sum() - 11 * shift @ shift) < 1e-9


def test_restarts_find_the_optimum_over_all_partitions():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(7, 2))
        partitions = [np.array(p) for p in itertools.product(range(3), repeat=7)]
        optimum = min(loss_of(x, p) for p in partitions if len(np.unique(p)) == 3)
        _, labels, losses = best_of(x, 3, restarts=40, rng=rng)
        assert abs(losses[-1] - optimum) < 1e-9
        assert abs(loss_of(x, labels) - optimum) < 1e-9


def test_an_empty_cluster_moves_to_the_worst_point():
    x = np.array([[5.0], [6.0], [7.0], [15.0]])
    centers = update_centers(x, np.array([1, 1, 1, 1]), 3)
    # The mean is 8.25; 15 is farthest from it; then 5, 3.25 away, from {8.25, 15}.
    np.testing.assert_array_equal(centers, [[15.0], [8.25], [5.0]])


def test_no_cluster_stays_empty_while_points_differ():
    x = np.random.default_rng(2).normal(size=(40, 2))
    start = np.array([[0.0, 0.0], [500.0, 0.0], [0.0, 500.0], [900.0, 900.0]])
    centers, labels, _ = k_means(x, start)
    assert np.all(np.isfinite(centers))
    assert set(labels.tolist()) == {0, 1, 2, 3}


def test_more_clusters_than_different_points_ends_with_loss_zero():
    x = np.array([[1.0, 2.0]] * 4 + [[3.0, 4.0]] * 2)
    centers, labels, losses = k_means(x, k_means_plus_plus(x, 5, np.random.default_rng(0)))
    assert losses[-1] == 0.0
    assert np.all(np.isfinite(centers)) and len(np.unique(labels)) == 2


def test_one_cluster_is_the_mean_and_n_clusters_are_the_points():
    x = np.random.default_rng(3).normal(size=(9, 2))
    centers, _, losses = k_means(x, x[:1])
    np.testing.assert_allclose(centers[0], x.mean(axis=0))
    assert abs(losses[-1] - 9 * x.var(axis=0).sum()) < 1e-9
    assert k_means(x, x)[2][-1] == 0.0


def test_moving_the_data_moves_the_centers():
    x = np.random.default_rng(4).normal(size=(50, 2))
    centers, labels, _ = k_means(x, x[:4])
    moved, same, _ = k_means(x + 1e6, x[:4] + 1e6)
    np.testing.assert_array_equal(labels, same)
    np.testing.assert_allclose(moved - 1e6, centers, atol=1e-8)


def test_the_unit_of_a_feature_decides():
    rng = np.random.default_rng(5)
    truth = np.arange(2).repeat(50)
    x = np.stack([6.0 * truth, np.zeros(100)], axis=1) + rng.normal(size=(100, 2)) * [1, 100]
    standardized = (x - x.mean(axis=0)) / x.std(axis=0)
    _, raw, _ = best_of(x, 2, 5, rng)
    _, scaled, _ = best_of(standardized, 2, 5, rng)
    right = [max(np.mean(labels == truth), np.mean(labels != truth)) for labels in (raw, scaled)]
    assert right[0] < 0.7 and right[1] > 0.97


def test_the_input_is_not_modified():
    x = np.random.default_rng(6).normal(size=(20, 2))
    start = np.array([[0.0, 0.0], [1.0, 1.0]])
    before = x.copy(), start.copy()
    k_means(x, start)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(start, before[1])


def test_max_iterations_counts_assignments():
    line = np.array([[0.0], [2.0], [3.0], [7.0], [8.0]])
    centers, labels, losses = k_means(line, np.array([[0.0], [2.0]]), max_iterations=2)
    assert losses == [62.0, 21.0]
    np.testing.assert_array_equal(labels, [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(centers, [[1.0], [6.0]])
    assert k_means(line, np.array([[0.0], [2.0]]), max_iterations=1)[2] == [62.0]


def test_300_assignments_are_the_most_if_nothing_is_said():
    line = np.arange(600.0)[:, None]  # 30 centers at one end need longer to spread
    assert len(k_means(line, line[:30])[2]) == 300


def test_one_seed_or_all_points_can_be_drawn():
    line, rng = np.array([[0.0], [1.0], [3.0]]), np.random.default_rng(13)
    assert k_means_plus_plus(line, 1, rng).shape == (1, 1)
    np.testing.assert_array_equal(np.sort(k_means_plus_plus(line, 3, rng), axis=0), line)


def test_of_several_runs_the_one_that_ends_lowest_is_kept():
    for seed in range(10):
        x = np.random.default_rng(seed).normal(size=(40, 2))
        rng = np.random.default_rng(seed)
        ends = [k_means(x, k_means_plus_plus(x, 6, rng))[2][-1] for _ in range(5)]
        for restarts in (1, 2, 5):
            found = best_of(x, 6, restarts, np.random.default_rng(seed))[2]
            assert found[-1] == min(ends[:restarts]), f"seed {seed}, {restarts} runs"


def test_seeds_follow_the_squared_distance():
    # After 0 the squared distances are 1 and 9, after 1 they are 1 and 4, after 3 they are 9 and 4.
    line = np.array([[0.0], [1.0], [3.0]])
    rng = np.random.default_rng(7)
    runs = 6000
    pairs = [tuple(k_means_plus_plus(line, 2, rng)[:, 0]) for _ in range(runs)]
    expected = {
        (0, 1): 1 / 10, (0, 3): 9 / 10, (1, 0): 1 / 5, (1, 3): 4 / 5,
        (3, 0): 9 / 13, (3, 1): 4 / 13,
    }
    for pair, conditional in expected.items():
        p = conditional / 3
        bound = 4.5 * np.sqrt(p * (1 - p) / runs)
        assert abs(pairs.count(pair) / runs - p) < bound, f"{pair} came {pairs.count(pair)} times"


def test_seeds_are_different_points_while_there_are_any():
    x = np.array([[0.0, 0.0]] * 50 + [[1.0, 0.0], [0.0, 1.0]])
    for seed in range(20):
        seeds = k_means_plus_plus(x, 3, np.random.default_rng(seed))
        assert len(np.unique(seeds, axis=0)) == 3


def test_float32_seeds():
    x = np.random.default_rng(8).normal(size=(1000, 5)).astype(np.float32)
    seeds = k_means_plus_plus(x, 20, np.random.default_rng(9))
    assert seeds.shape == (20, 5) and seeds.dtype == np.float32
    assert k_means(x, seeds)[0].dtype == np.float32


def test_float32_means_of_many_points_keep_their_digits():
    # Added up in float32 one after another, these 3e5 points near 1000 give a mean that is off by 0.83.
    x = (np.random.default_rng(11).normal(size=(300_000, 2)) + 1000).astype(np.float32)
    mean = update_centers(x, np.zeros(len(x), dtype=np.int64), 1)[0]
    np.testing.assert_allclose(mean, x.mean(axis=0, dtype=np.float64), rtol=1e-7)


def test_a_large_cluster_is_cut_when_two_small_ones_are_close():
    # Cutting n points at their mean saves 2 n / pi, merging two clusters of m points that are d
    # apart costs m d^2 / 2: the loss prefers the cut while d < sqrt(4 n / (pi m)) = 3.57.
    for distance, cut in [(2.5, True), (6.0, False)]:
        rng = np.random.default_rng(12)
        centers = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, distance]])
        truth = np.repeat(np.arange(3), [1000, 100, 100])
        x = centers[truth] + rng.normal(size=(1200, 2))
        _, labels, losses = best_of(x, 3, 10, rng)
        largest = np.max(np.bincount(labels[truth == 0])) / 1000
        assert (largest < 0.6) == cut and (losses[-1] < loss_of(x, truth) * 0.95) == cut


def test_bad_input_is_named():
    x = np.ones((5, 2))
    rng = np.random.default_rng(0)
    assert "num_clusters" in raises(k_means_plus_plus, x, 6, rng)
    assert "num_clusters" in raises(k_means_plus_plus, x, 0, rng)
    assert "centers" in raises(k_means, x, np.ones((2, 3)))
    assert "centers" in raises(k_means, x, np.ones((0, 2)))
    assert "centers" in raises(k_means, np.ones((0, 2)), np.ones((2, 2)))
    assert raises(k_means, np.array([[np.nan, 1.0]]), np.ones((1, 2))).startswith("x holds")
    assert raises(k_means, np.ones((1, 2)), np.array([[np.inf, 1.0]])).startswith("centers holds")
    assert "max_iterations" in raises(k_means, x, np.ones((1, 2)), max_iterations=0)
    assert "restarts" in raises(best_of, x, 2, 0, rng)


def test_moving_one_point_changes_the_loss_as_stated():
    # n_b / (n_b + 1) d_b^2 - n_a / (n_a - 1) d_a^2, with distances to the means before the move.
    rng = np.random.default_rng(10)
    x = rng.normal(size=(12, 3))
    labels = np.array([0] * 5 + [1] * 7)
    distances = squared_distances(x, update_centers(x, labels, 2))
    moved = labels.copy()
    moved[2] = 1
    change = 7 / 8 * distances[2, 1] - 5 / 4 * distances[2, 0]
    assert abs(loss_of(x, moved) - loss_of(x, labels) - change) < 1e-12
