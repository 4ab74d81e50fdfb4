"""What the planes and the network's Q-learning promise."""

import numpy as np
import pytest
import torch

from snippets.reinforcement_learning.rl_generalization import moves, steps_to
from snippets.reinforcement_learning.rl_generalization_torch import planes, train_q

FREE = np.array([[True, True, True], [True, False, True]])


def test_fixed_planes_by_hand():
    seen = planes(FREE, 5, centered=False).reshape(6, 3, 2, 3)
    np.testing.assert_array_equal(seen[2, 0], ~FREE)
    np.testing.assert_array_equal(seen[2, 1], [[0, 0, 0], [0, 0, 1]])
    np.testing.assert_array_equal(seen[2, 2], [[0, 0, 1], [0, 0, 0]])


def test_centered_planes_by_hand():
    seen = planes(FREE, 5, centered=True).reshape(6, 2, 3, 5)
    # Cell 0 is the upper left one: the map fills the lower right of the view.
    np.testing.assert_array_equal(seen[0, 0], [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 0, 1, 0]])
    np.testing.assert_array_equal(seen[5, 0], [[0, 0, 0, 1, 1], [0, 1, 0, 1, 1], [1, 1, 1, 1, 1]])
    assert seen[0, 1].nonzero().tolist() == [[2, 4]] and seen[5, 1].nonzero().tolist() == [[1, 2]]


@pytest.mark.slow
def test_it_learns_the_optimal_values_of_two_small_maps():
    torch.manual_seed(0)
    maps = [(FREE, 5), (FREE, 3)]
    views = torch.stack([planes(free, goal, True) for free, goal in maps])
    following = torch.tensor(np.stack([moves(free) for free, _ in maps]))
    goals = torch.tensor([5, 3])
    starts = torch.tensor([(m, c) for m, (_, goal) in enumerate(maps) for c in (0, 1, 2, 3, 5) if c != goal])
    network = train_q(views, following, goals, starts, 300, torch.Generator().manual_seed(0), hidden=32,
                      batch_size=32, sync=10, lr=3e-3)
    for number, (free, goal) in enumerate(maps):
        steps = steps_to(moves(free), goal)
        with torch.no_grad():
            q = network(views[number]).numpy()
        for cell in (0, 1, 2, 3, 5):
            if cell != goal:
                expected = 0.9 ** steps[moves(free)[cell]]
                np.testing.assert_allclose(q[cell], expected, atol=0.05)
