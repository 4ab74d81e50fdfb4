"""What the policy, its advantages and its loss promise."""

import numpy as np
import torch

from snippets.reinforcement_learning.motion_planning_torch import (
    GaussianPolicy,
    advantages,
    clipped_loss,
)


def episodes(steps=7, robots=3):
    rng = np.random.default_rng(0)
    rewards = torch.tensor(rng.normal(size=(steps, robots)))
    values = torch.tensor(rng.normal(size=(steps + 1, robots)))
    terminated, last = torch.zeros(steps, robots).double(), torch.zeros(steps, robots).double()
    terminated[2, 0] = last[2, 0] = 1  # an end
    last[4, 1] = 1  # a time limit
    return rewards, values, terminated, last


def test_with_lam_0_it_is_the_one_step_surprise():
    rewards, values, terminated, last = episodes()
    found = advantages(rewards, values, terminated, last, 0.9, 0.0)
    expected = rewards + 0.9 * values[1:] - values[:-1]
    expected[2, 0] = rewards[2, 0] - values[2, 0]
    expected[4, 1] = rewards[4, 1] + 0.9 * values[4, 1] - values[4, 1]
    torch.testing.assert_close(found, expected)


def test_a_single_step_has_one_surprise_whatever_lam():
    # One robot goes on, one has arrived, one was cut off: 2 + 0.9 * 5 - 3, 2 - 3, 2 + 0.9 * 3 - 3.
    rewards, values = torch.full((1, 3), 2.0), torch.tensor([[3.0] * 3, [5.0] * 3])
    found = advantages(rewards, values, torch.tensor([[0.0, 1.0, 0.0]]), torch.tensor([[0.0, 1.0, 1.0]]),
                       0.9, 0.95)
    torch.testing.assert_close(found, torch.tensor([[3.5, -1.0, 1.7]]))


def test_with_lam_1_it_is_the_return_minus_the_value():
    rewards, values, terminated, last = episodes()
    found = advantages(rewards, values, terminated, last, 0.9, 1.0)
    for robot, ends in ((0, [(2, 0.0), (6, values[7, 0])]), (1, [(4, values[4, 1]), (6, values[7, 1])]),
                        (2, [(6, values[7, 2])])):
        begin = 0
        for end, future in ends:
            for t in range(end, begin - 1, -1):
                future = rewards[t, robot] + 0.9 * future
                assert abs(found[t, robot] - (future - values[t, robot])) < 1e-12
            begin = end + 1


def test_the_loss_at_the_old_policy_has_the_policy_gradient():
    torch.manual_seed(0)
    policy = GaussianPolicy(5, hidden=7).double()
    seen, actions, gains, returns = (torch.randn(11, n).double() for n in (5, 2, 1, 1))
    gains, returns = gains[:, 0], returns[:, 0]
    log_probs = policy.distribution(seen).log_prob(actions).sum(dim=1)
    loss = clipped_loss(policy, seen, actions, log_probs.detach(), gains, returns)
    value_loss = 0.5 * (policy.value(seen)[:, 0] - returns).square().mean()
    assert abs(loss.item() - (value_loss - gains.mean()).item()) < 1e-12
    parameters = list(policy.parameters())
    ours = torch.autograd.grad(loss, parameters)
    plain = torch.autograd.grad(value_loss - (log_probs * gains).mean(), parameters)
    for one, other in zip(ours, plain, strict=True):
        torch.testing.assert_close(one, other)


def test_beyond_the_clip_nothing_pulls_further_but_the_way_back_is_open():
    policy = GaussianPolicy(3, hidden=4).double()
    seen, actions = torch.zeros(1, 3).double(), torch.ones(1, 2).double()
    now = policy.distribution(seen).log_prob(actions).sum(dim=1).detach()
    returns = policy.value(seen)[:, 0].detach()
    for ratio, gain, moves in ((1.3, 1.0, False), (1.3, -1.0, True), (0.7, 1.0, True), (0.7, -1.0, False),
                               (1.1, 1.0, True), (0.9, -1.0, True)):
        old = now - np.log(ratio)
        loss = clipped_loss(policy, seen, actions, old, torch.tensor([gain]).double(), returns)
        grad = torch.autograd.grad(loss, policy.log_std)[0]
        assert bool(grad.abs().sum() > 0) == moves, (ratio, gain)
    assert abs(loss.item() - 0.9) < 1e-9


def test_the_policy_is_a_normal_distribution_around_its_mean():
    policy = GaussianPolicy(4)
    normal = policy.distribution(torch.zeros(6, 4))
    assert normal.mean.shape == (6, 2)
    np.testing.assert_allclose(normal.stddev.detach(), np.exp(-0.5), rtol=1e-6)
    assert policy.value(torch.zeros(6, 4)).shape == (6, 1)
    for network, outputs in ((policy.mean, 2), (policy.value, 1)):  # two hidden layers of 64 each
        shapes = [tuple(parameter.shape) for parameter in network.parameters()]
        assert shapes == [(64, 4), (64,), (64, 64), (64,), (outputs, 64), (outputs,)]


def test_mean_and_value_come_through_two_layers_of_tanh():
    torch.manual_seed(0)
    policy, x = GaussianPolicy(5, 7).double(), torch.randn(3, 5).double()
    for network in (policy.mean, policy.value):
        w1, b1, w2, b2, w3, b3 = network.parameters()
        hidden = torch.tanh(torch.tanh(x @ w1.T + b1) @ w2.T + b2)
        torch.testing.assert_close(network(x), hidden @ w3.T + b3)
