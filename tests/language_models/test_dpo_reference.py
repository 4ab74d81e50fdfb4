"""The same log-probabilities, loss and gradients from PyTorch in float64; the optimum by descent."""

import numpy as np
import torch

from snippets.language_models.dpo import dpo_loss, ipo_loss, sequence_logps


def test_log_probabilities_are_minus_the_summed_cross_entropy():
    rng = np.random.default_rng(0)
    for n, t, k in ((2, 5, 7), (1, 3, 4), (3, 8, 2)):
        logits, labels = rng.standard_normal((n, t, k)), rng.integers(0, k, (n, t))
        mask = rng.integers(0, 2, (n, t))
        target = torch.tensor(np.where(mask > 0, labels, -100))
        expected = -torch.nn.functional.cross_entropy(
            torch.tensor(logits)[:, :-1].transpose(1, 2), target[:, 1:], reduction="none").sum(1)
        np.testing.assert_allclose(sequence_logps(logits, labels, mask), expected.numpy(), atol=1e-12)


def test_loss_and_gradients_match_autograd():
    rng = np.random.default_rng(1)
    for n, beta in ((1, 0.1), (5, 0.5), (8, 2.0)):
        values = rng.standard_normal((4, n)) * 4 - 20
        t = [torch.tensor(value, requires_grad=True) for value in values]
        logits = (t[0] - t[2]) - (t[1] - t[3])
        expected = -torch.nn.functional.logsigmoid(beta * logits).mean()
        expected.backward()
        loss, chosen, rejected = dpo_loss(*values, beta)
        assert abs(loss - expected.item()) < 1e-12
        np.testing.assert_allclose(chosen, t[0].grad.numpy(), atol=1e-14)
        np.testing.assert_allclose(rejected, t[1].grad.numpy(), atol=1e-14)
        ipo = torch.nn.functional.mse_loss(logits, torch.full_like(logits, 0.5 / beta))
        assert abs(ipo_loss(*values, beta) - ipo.item()) < 1e-12


def test_with_every_pair_s_true_odds_it_finds_the_optimum_of_rlhf():
    """Five answers, all pairs, labels weighted by Bradley-Terry: minimum at ref exp(r / beta)."""
    rng = np.random.default_rng(2)
    ref, reward = (torch.tensor(one) for one in (rng.dirichlet(np.ones(5)), rng.standard_normal(5)))
    beta = 0.5
    odds = torch.sigmoid(reward[:, None] - reward[None])
    best = torch.softmax(ref.log() + reward / beta, 0)

    def gradient(probs):
        logits = probs.log().requires_grad_(True)
        ratio = torch.log_softmax(logits, 0) - ref.log()
        loss = -(odds * torch.nn.functional.logsigmoid(beta * (ratio[:, None] - ratio[None]))).sum()
        return torch.autograd.grad(loss, logits)[0].abs().max()

    # The loss is convex in the logits, so a zero of its gradient is the minimum.
    assert gradient(best) < 1e-12 < 0.01 < gradient(ref)


def test_tokens_of_a_shared_prompt_cancel():
    rng = np.random.default_rng(3)
    shared = rng.standard_normal((1, 4, 6))
    both = [np.concatenate([shared, rng.standard_normal((1, 3, 6))], axis=1) for _ in range(2)]
    labels = rng.integers(0, 6, (1, 7))
    # The first four rows of logits and the first four labels are the same for both answers.
    answer, everything = np.array([[0, 0, 0, 0, 1, 1, 1]]), np.ones((1, 7))
    found = []
    for mask in (answer, everything):
        chosen, rejected = (sequence_logps(one, labels, mask) for one in both)
        found.append(dpo_loss(chosen, rejected, np.zeros(1), np.zeros(1), 0.3)[0])
    assert abs(found[0] - found[1]) < 1e-12
