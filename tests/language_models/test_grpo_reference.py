"""The same numbers from PyTorch in float64, and what the loss's expectation is, by enumeration."""

import itertools

import numpy as np
import torch

from snippets.language_models.grpo import group_advantages, grpo_loss, kl_estimate


def test_advantages_match_torch_s_mean_and_std():
    rewards = np.random.default_rng(0).standard_normal((5, 7))
    t = torch.tensor(rewards)
    expected = (t - t.mean(1, keepdim=True)) / (t.std(1, keepdim=True) + 1e-4)
    np.testing.assert_allclose(group_advantages(rewards), expected.numpy(), atol=1e-12)


def test_loss_and_gradient_match_autograd():
    rng = np.random.default_rng(1)
    for (b, t), eps, beta, constant in (((2, 5), 0.2, 0.04, None), ((3, 7), 0.1, 0.5, None),
                                        ((5, 3), 0.2, 0.0, 11)):
        new, old, ref = -1 + 0.4 * rng.standard_normal((3, b, t))
        mask = rng.integers(0, 2, (b, t))
        mask[:, 0] = 1
        advantages = rng.standard_normal(b)
        x, m = torch.tensor(new, requires_grad=True), torch.tensor(mask)
        ratio, a = torch.exp(x - torch.tensor(old)), torch.tensor(advantages)[:, None]
        term = -torch.minimum(ratio * a, ratio.clamp(1 - eps, 1 + eps) * a)
        log_q = torch.tensor(ref) - x
        term = term + beta * (torch.exp(log_q) - log_q - 1)
        length = constant or m.sum(1, keepdim=True)
        expected = (term * m / length).sum(1).mean()
        expected.backward()
        loss, grad = grpo_loss(new, old, ref, advantages, mask, eps, beta, constant)
        assert abs(loss - expected.item()) < 1e-12
        np.testing.assert_allclose(grad, x.grad.numpy(), atol=1e-13)


def test_differentiating_k3_follows_the_other_kl():
    """Its value has the mean KL(p || ref); the mean of its gradient is that of KL(ref || p)."""
    rng = np.random.default_rng(2)
    logits = torch.tensor(rng.standard_normal(5), requires_grad=True)
    ref = torch.tensor(rng.dirichlet(np.ones(5)))
    logp = torch.log_softmax(logits, 0)
    log_q = ref.log() - logp
    k3 = torch.exp(log_q) - 1 - log_q
    np.testing.assert_allclose(k3.detach().numpy(), kl_estimate(logp.detach().numpy(), ref.log().numpy()))
    p = logp.exp().detach()
    mean_gradient = torch.autograd.grad((p * k3).sum(), logits, retain_graph=True)[0]  # p held fixed
    other = torch.autograd.grad((ref * (ref.log() - logp)).sum(), logits, retain_graph=True)[0]
    torch.testing.assert_close(mean_gradient, other, atol=1e-12, rtol=0)
    torch.testing.assert_close(other, p - ref, atol=1e-12, rtol=0)
    right = torch.autograd.grad((logp.exp() * (logp - ref.log())).sum(), logits)[0]
    assert (mean_gradient - right).abs().max() > 0.05


def test_the_group_s_own_mean_shrinks_the_gradient_and_the_deviation_bends_it():
    """All groups of five of four answers, two prompts, weighted by their probability."""
    rng = np.random.default_rng(3)
    probs, right = rng.dirichlet(np.ones(4), 2), np.array([[1.0, 0, 0, 0], [1.0, 1, 0, 0]])
    expected = probs * (right - np.sum(probs * right, axis=1, keepdims=True))
    found = {True: np.zeros((2, 4)), False: np.zeros((2, 4))}
    for group in itertools.product(range(4), repeat=5):
        group = np.array(group)
        for scale in found:
            advantages = group_advantages(right[:, group], scale)
            for n in range(2):
                score = np.eye(4)[group] - probs[n]
                found[scale][n] += np.prod(probs[n, group]) * advantages[n] @ score / 5
    np.testing.assert_allclose(found[False], 4 / 5 * expected, atol=1e-12)
    weights = [found[True][n, 0] / expected[n, 0] for n in range(2)]
    assert abs(weights[0] / weights[1] - 1) > 0.1, "prompts are weighted by their difficulty"
