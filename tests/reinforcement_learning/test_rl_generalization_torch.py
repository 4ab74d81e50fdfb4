"""What the planes and the network's Q-learning promise."""

import numpy as np
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
    assert seen.dtype == planes(FREE, 5, centered=False).dtype == torch.float32  # as the weights
    assert seen[0, 1].nonzero().tolist() == [[2, 4]] and seen[5, 1].nonzero().tolist() == [[1, 2]]


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


def test_the_batches_come_from_the_generator_and_the_weights_do_not():
    def weights(seed, steps):
        torch.manual_seed(0)
        network = train_q(planes(FREE, 5, True)[None], torch.tensor(moves(FREE))[None], torch.tensor([5]),
                          torch.tensor([[0, 0], [0, 1], [0, 2], [0, 3]]), steps,
                          torch.Generator().manual_seed(seed))
        return [parameter.detach().numpy() for parameter in network.parameters()]

    untrained, first, other = weights(1, 0), weights(1, 1), weights(2, 1)
    # D is 2 planes of 3 rows and 5 columns; the hidden layers have 128 units unless told otherwise.
    shapes = [(128, 30), (128,), (128, 128), (128,), (4, 128), (4,)]
    assert [weight.shape for weight in untrained] == shapes
    for ours, same, theirs in zip(untrained, weights(2, 0), other, strict=True):
        np.testing.assert_array_equal(ours, same)
        # Adam's first step has the size of the learning rate at most.
        assert 0.9e-3 < np.abs(theirs - ours).max() < 1.001e-3
    assert any(np.any(one != two) for one, two in zip(first, other, strict=True))


def test_the_target_network_stays_as_it_was_after_the_first_update():
    corridor = np.array([[True, True, True]])
    views, following = planes(corridor, 2, True), torch.tensor(moves(corridor))

    def trained(steps):
        torch.manual_seed(0)
        return train_q(views[None], following[None], torch.tensor([2]), torch.tensor([[0, 0], [0, 1]]), steps,
                       torch.Generator().manual_seed(3), hidden=16, batch_size=16, sync=10**6, lr=0.01)

    first, last = trained(1), trained(300)
    with torch.no_grad():
        best = first(views).amax(dim=1)[following[:2]]  # two cells, each with four that follow
        expected = 0.9 * best
        expected[1, following[1] == 2] = 1.0  # the goal, which has no future
        np.testing.assert_allclose(last(views[:2]).numpy(), expected.numpy(), atol=1e-3)


def test_values_come_through_two_layers_of_relu():
    torch.manual_seed(0)
    network = train_q(planes(FREE, 5, True)[None], torch.tensor(moves(FREE))[None], torch.tensor([5]),
                      torch.tensor([[0, 0]]), 0, torch.Generator().manual_seed(0), hidden=7)
    x = planes(FREE, 5, True)
    w1, b1, w2, b2, w3, b3 = network.parameters()
    hidden = ((x @ w1.T + b1).clamp(min=0) @ w2.T + b2).clamp(min=0)
    torch.testing.assert_close(network(x), hidden @ w3.T + b3)
