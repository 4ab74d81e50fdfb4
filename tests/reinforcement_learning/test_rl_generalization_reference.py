"""Distances from SciPy's breadth-first search, the bound from its beta distribution."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path
from scipy.stats import beta

from snippets.reinforcement_learning.rl_generalization import (
    failure_bound,
    moves,
    random_map,
    steps_to,
)


def test_distances_match_breadth_first_search():
    rng = np.random.default_rng(0)
    for _ in range(10):
        free, _, goal = random_map(6, 0.3, rng)
        following = moves(free)
        edges = np.repeat(np.arange(36), 4), following.ravel()
        graph = csr_matrix((np.ones(144), (edges[1], edges[0])), shape=(36, 36))  # reversed
        graph.data[:] = 1
        expected = shortest_path(graph, unweighted=True, indices=goal)
        np.testing.assert_array_equal(steps_to(following, goal), expected)


def test_the_bound_is_a_quantile_of_the_beta_distribution():
    for failures, trials, confidence in ((0, 300, 0.95), (5, 40, 0.95), (399, 400, 0.9), (100, 1000, 0.99)):
        expected = beta.ppf(confidence, failures + 1, trials - failures)
        assert abs(failure_bound(failures, trials, confidence) - expected) < 1e-9
