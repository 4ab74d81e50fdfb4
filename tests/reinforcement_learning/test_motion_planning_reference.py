"""The planner's distances from SciPy's Dijkstra."""

import numpy as np
from scipy.sparse import lil_matrix
from scipy.sparse.csgraph import dijkstra

from snippets.reinforcement_learning.motion_planning import SIDE, distance_field


def test_value_iteration_finds_dijkstras_distances():
    cells, rng = 20, np.random.default_rng(0)
    size = SIDE / cells
    for _ in range(3):
        centers, radii = rng.uniform(0.5, 3.5, size=(6, 2)), rng.uniform(0.2, 0.6, size=6)
        goal = rng.uniform(0, SIDE, size=2)
        i, j = (goal // size).astype(int)
        graph, middle = lil_matrix((cells**2, cells**2)), (np.arange(cells) + 0.5) * size
        blocked = np.zeros((cells, cells), dtype=bool)
        for center, radius in zip(centers, radii, strict=True):
            blocked |= np.hypot(middle[:, None] - center[0], middle - center[1]) < radius
        blocked[i, j] = False
        for row, column in np.argwhere(~blocked):
            for a, b in ((0, 1), (1, 0), (1, 1), (1, -1)):
                near = row + a, column + b
                if max(near) < cells and min(near) >= 0 and not blocked[near]:
                    graph[row * cells + column, near[0] * cells + near[1]] = size * np.hypot(a, b)
        expected = dijkstra(graph.tocsr(), directed=False, indices=i * cells + j).reshape(cells, cells)
        np.testing.assert_allclose(distance_field(goal, centers, radii, cells), expected)
