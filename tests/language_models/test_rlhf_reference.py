"""The same losses, gradients and optimum from PyTorch and SciPy in float64."""

import numpy as np
import torch
from scipy.optimize import minimize

from snippets.language_models.rlhf import gae, objective, optimal_policy, ppo_loss, reward_model_loss


def test_the_reward_loss_matches_logsigmoid():
    rng = np.random.default_rng(0)
    for n in (1, 3, 8):
        pair = [torch.tensor(3 * rng.standard_normal(n), requires_grad=True) for _ in range(2)]
        expected = -torch.nn.functional.logsigmoid(pair[0] - pair[1]).mean()
        expected.backward()
        found = reward_model_loss(*(one.detach().numpy() for one in pair))
        assert abs(found[0] - expected.item()) < 1e-12
        for mine, theirs in zip(found[1:], pair, strict=True):
            np.testing.assert_allclose(mine, theirs.grad.numpy(), atol=1e-14)


def test_ppo_matches_autograd():
    rng = np.random.default_rng(1)
    for shape, eps in (((2, 5), 0.2), ((3, 7), 0.1), ((11,), 0.3)):
        new, old, advantages = rng.standard_normal((3, *shape)) * 0.4
        mask = rng.integers(0, 2, shape)
        t = torch.tensor(new, requires_grad=True)
        ratio, a = torch.exp(t - torch.tensor(old)), torch.tensor(advantages)
        term = torch.minimum(ratio * a, ratio.clamp(1 - eps, 1 + eps) * a)
        expected = -(term * torch.tensor(mask)).sum() / mask.sum()
        expected.backward()
        loss, grad = ppo_loss(new, old, advantages, mask, eps)
        assert abs(loss - expected.item()) < 1e-12
        np.testing.assert_allclose(grad, t.grad.numpy(), atol=1e-13)


def test_an_optimizer_finds_the_same_policy():
    rng = np.random.default_rng(2)
    for beta in (0.3, 1.0, 4.0):
        ref, reward = rng.dirichlet(np.ones(5)), rng.standard_normal(5)

        def negative(logits, ref=ref, reward=reward, beta=beta):
            probs = np.exp(logits - np.logaddexp.reduce(logits))
            return -objective(probs, ref, reward, beta)

        logits = minimize(negative, np.zeros(5), tol=1e-12).x
        probs = np.exp(logits - np.logaddexp.reduce(logits))
        np.testing.assert_allclose(probs, optimal_policy(ref, reward, beta), atol=1e-4)


def test_advantages_are_the_mixture_of_n_step_ones():
    rng = np.random.default_rng(3)
    rewards, values, gamma, lam = rng.standard_normal(6), rng.standard_normal(7), 0.9, 0.7
    for t in range(6):
        steps = [sum(gamma**i * rewards[t + i] for i in range(n)) + gamma**n * values[t + n] - values[t]
                 for n in range(1, 7 - t)]
        mixed = sum((1 - lam) * lam**i * one for i, one in enumerate(steps[:-1]))
        mixed += lam ** (len(steps) - 1) * steps[-1]
        assert abs(gae(rewards, values, gamma, lam)[t] - mixed) < 1e-12
