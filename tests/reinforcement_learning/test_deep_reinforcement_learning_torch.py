"""What the deep Q-network promises."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from snippets.reinforcement_learning.deep_reinforcement_learning import (
    GridWorld,
    grid_model,
    value_iteration,
)
from snippets.reinforcement_learning.deep_reinforcement_learning_torch import dqn_loss, train_dqn


def test_the_loss_by_hand():
    network, target = (nn.Linear(1, 2, bias=False).double() for _ in range(2))
    with torch.no_grad():
        network.weight.copy_(torch.tensor([[1.0], [2.0]]))
        target.weight.copy_(torch.tensor([[3.0], [-4.0]]))
    one = torch.ones(3, 1, dtype=torch.float64)
    batch = (one, torch.tensor([0, 1, 1]), torch.tensor([0.5, 0.5, 0.5], dtype=torch.float64), -one,
             torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64))
    # Targets 0.5 + 0.5 * 4 = 2.5 twice, then 0.5: errors 1.5, 0.5, 1.5; Huber 1, 0.125, 1.
    loss = dqn_loss(network, target, batch, gamma=0.5)
    assert abs(loss.item() - 2.125 / 3) < 1e-12
    loss.backward()
    assert target.weight.grad is None
    # Slopes -1 for action 0, -0.5 and +1 for action 1, over three.
    np.testing.assert_allclose(network.weight.grad[:, 0], [-1 / 3, 0.5 / 3])


class Tabular(nn.Module):
    """One weight for each state and action: the network that cannot generalize."""

    def __init__(self, states: int):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(states, 4))

    def forward(self, x):
        return x @ self.table


@pytest.mark.slow
def test_with_a_table_for_a_network_it_finds_the_optimal_values():
    rows = ("S.G", "..X")
    env = GridWorld(rows, slip=0.0, max_steps=20)
    network = train_dqn(env, lambda s: torch.eye(6)[s], Tabular(6), 900, 0.8,
                        torch.Generator().manual_seed(0), lr=0.05, sync=10, warm_up=100, explore=1.0)
    probs, rewards, _ = grid_model(rows, slip=0.0)
    best = value_iteration(probs, rewards, 0.8)
    np.testing.assert_allclose(network.table.detach().numpy()[[0, 1, 3, 4]], best[[0, 1, 3, 4]], atol=0.02)


def test_it_draws_from_its_own_generator():
    def run(global_seed):
        torch.manual_seed(global_seed)
        network = Tabular(3)
        train_dqn(GridWorld(("S.G",)), lambda s: torch.eye(3)[s], network, 60, 0.9,
                  torch.Generator().manual_seed(1), warm_up=20, sync=7)
        return network.table.detach().numpy()

    first = run(0)
    np.testing.assert_array_equal(first, run(1))
    assert np.any(first != 0)


def test_a_target_network_that_is_never_copied_keeps_the_first_targets():
    # The first copy is made at step 0, of zeros: every target is the reward alone.
    network = train_dqn(GridWorld(("S.G",), slip=0.0), lambda s: torch.eye(3)[s], Tabular(3), 600, 0.9,
                        torch.Generator().manual_seed(2), lr=0.05, sync=10**6, warm_up=50, explore=1.0)
    table = network.table.detach().numpy()
    np.testing.assert_allclose(table[1], [0, 1, 0, 0], atol=0.02)
    np.testing.assert_allclose(table[0], [0, 0, 0, 0], atol=0.02)


@pytest.mark.slow
def test_a_network_learns_the_small_world():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 4))
    before = copy.deepcopy(network.state_dict())
    train_dqn(GridWorld(("S..G",), slip=0.0), lambda s: torch.tensor([s / 3, 1.0]), network, 1500, 0.9,
              torch.Generator().manual_seed(3), warm_up=200, sync=50)
    with torch.no_grad():
        q = network(torch.tensor([[s / 3, 1.0] for s in range(3)]))
    assert q.argmax(dim=1).tolist() == [1, 1, 1]
    assert any(not torch.equal(before[name], value) for name, value in network.state_dict().items())


class Recorder:
    """One cell; each step ends the episode and pays 1 from step 200 on."""

    def __init__(self):
        self.actions = []

    def reset(self, seed=None):
        return 0, {}

    def step(self, action):
        self.actions.append(action)
        return 0, float(len(self.actions) > 200), True, False, {}


def test_the_warm_up_tries_everything_and_the_buffer_forgets_the_oldest():
    env, network = Recorder(), Tabular(1)
    train_dqn(env, lambda s: torch.eye(1)[s], network, 500, 0.9, torch.Generator().manual_seed(4),
              lr=0.05, capacity=40, batch_size=16, warm_up=100, explore=1.0)
    # 100 random draws of four: 25 each, and 4.5 standard deviations are 4.5 * sqrt(100 * 3 / 16) = 19.5.
    assert all(abs(env.actions[:100].count(a) - 25) < 19.5 for a in range(4))
    # The zeros of the first 200 steps are long overwritten.
    np.testing.assert_allclose(network.table.detach().numpy(), 1.0, atol=0.05)


def test_a_time_limit_does_not_end_the_future():
    network = Tabular(1)
    train_dqn(GridWorld(("S",), step_reward=1.0, max_steps=1), lambda s: torch.eye(1)[s], network, 500, 0.5,
              torch.Generator().manual_seed(5), lr=0.05, batch_size=16, sync=5, warm_up=20, explore=1.0)
    np.testing.assert_allclose(network.table.detach().numpy(), 2.0, atol=0.05)
