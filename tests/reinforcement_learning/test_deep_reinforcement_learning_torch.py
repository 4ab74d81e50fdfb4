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
    # The next observations differ: each has a best action of its own, worth 3 and 8.
    batch = (one[:2], torch.tensor([0, 0]), torch.zeros(2, dtype=torch.float64),
             torch.tensor([[1.0], [-2.0]], dtype=torch.float64), torch.zeros(2, dtype=torch.float64))
    # Targets 1.5 and 4: errors 0.5 and 3; Huber 0.125 and 2.5.
    assert abs(dqn_loss(network, target, batch, gamma=0.5).item() - 2.625 / 2) < 1e-12


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


class Watched(Tabular):
    """Notes each batch that is learned from, and after how many steps its weights are copied."""

    def __init__(self, states: int, env: Recorder):
        super().__init__(states)
        self.env, self.batches, self.copied = env, [], []

    def forward(self, x):
        if torch.is_grad_enabled():
            self.batches.append(x)
        return super().forward(x)

    def state_dict(self, *args, **kwargs):
        self.copied.append(len(self.env.actions))
        return super().state_dict(*args, **kwargs)


class Corridor(Recorder):
    """A corridor without an end: each observation is the number of steps so far, plus one."""

    def step(self, action):
        self.actions.append(action)
        return len(self.actions), 0.0, False, False, {}


def test_an_update_draws_from_all_that_the_buffer_holds_and_from_nothing_else():
    env = Corridor()
    network = Watched(1, env)
    train_dqn(env, lambda s: torch.tensor([s + 1.0]), network, 40, 0.9, torch.Generator().manual_seed(6),
              capacity=10, batch_size=300, warm_up=3)
    assert len(network.batches) == 37
    for step, batch in enumerate(network.batches, start=4):
        # One of ten is missing among 300 draws with probability 10 * 0.9**300 = 2e-13.
        assert set(batch[:, 0].tolist()) == set(range(max(1, step - 9), step + 1))


def test_what_is_not_chosen_has_the_usual_size():
    env = Recorder()
    network = Watched(1, env)
    train_dqn(env, lambda s: torch.eye(1)[s], network, 501, 0.9, torch.Generator().manual_seed(7))
    assert [len(batch) for batch in network.batches] == [64]  # one update after 500 steps
    # Adam's first step has the size of the learning rate, whatever the gradient's.
    np.testing.assert_allclose(network.table.detach().numpy(), 1e-3, rtol=1e-4)
    assert network.copied == [1, 201, 401]


def test_the_warm_up_ignores_the_network_and_what_follows_mostly_obeys_it():
    def actions(seed, steps, **options):
        env, network = Recorder(), Tabular(1)
        with torch.no_grad():
            network.table[0, 2] = 1.0
        train_dqn(env, lambda s: torch.eye(1)[s], network, steps, 0.9, torch.Generator().manual_seed(seed),
                  lr=0.0, batch_size=1, **options)
        return env.actions

    for seed in range(8):
        drawn = actions(seed, 40, warm_up=30, explore=0.0)
        # Nothing but action 2 in 30 draws of four has probability 1e-18.
        assert set(drawn[:30]) != {2} and set(drawn[30:]) == {2}
    # 20 % of the actions are random, a quarter of which agree: 85 % of 400, and 4.5 standard deviations
    # are 4.5 * sqrt(400 * 0.85 * 0.15) = 32.
    assert abs(actions(8, 400, warm_up=0).count(2) - 340) < 32


def test_a_time_limit_does_not_end_the_future():
    network = Tabular(1)
    train_dqn(GridWorld(("S",), step_reward=1.0, max_steps=1), lambda s: torch.eye(1)[s], network, 500, 0.5,
              torch.Generator().manual_seed(5), lr=0.05, batch_size=16, sync=5, warm_up=20, explore=1.0)
    np.testing.assert_allclose(network.table.detach().numpy(), 2.0, atol=0.05)
