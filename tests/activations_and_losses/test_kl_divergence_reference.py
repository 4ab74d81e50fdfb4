"""The same numbers as PyTorch and SciPy, and what torch's kl_div does."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr

from snippets.activations_and_losses.kl_divergence import js_divergence, kl_divergence, kl_gaussians


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_discrete_matches_torch_and_scipy(seed):
    p, q = np.random.default_rng(seed).dirichlet(np.ones(7), (2, 3))
    ours = kl_divergence(p, q)
    np.testing.assert_allclose(ours, rel_entr(p, q).sum(-1), rtol=1e-12)
    theirs = torch.nn.functional.kl_div(torch.from_numpy(q).log(), torch.from_numpy(p),
                                        reduction="none").sum(-1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    np.testing.assert_allclose(js_divergence(p, q), jensenshannon(p, q, axis=-1) ** 2, rtol=1e-10)


@pytest.mark.parametrize("seed", [0, 1])
def test_gaussians_match_torch(seed):
    rng = np.random.default_rng(seed)
    mean_p, mean_q = rng.standard_normal((2, 3, 5))
    std_p, std_q = rng.uniform(0.3, 3, (2, 3, 5))
    p, q = (torch.distributions.Normal(torch.from_numpy(m), torch.from_numpy(s))
            for m, s in ((mean_p, std_p), (mean_q, std_q)))
    theirs = torch.distributions.kl_divergence(p, q).sum(-1)
    np.testing.assert_allclose(kl_gaussians(mean_p, std_p, mean_q, std_q), theirs, rtol=1e-10)


def test_the_expected_gradients_of_the_three_estimates():
    """Summed over all outcomes: k1 gives 0, k2 that of KL(q || p), k3 that of KL(p || q)."""
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(5, generator=generator, dtype=torch.float64, requires_grad=True)
    log_p = torch.log_softmax(torch.randn(5, generator=generator, dtype=torch.float64), 0)
    log_q = torch.log_softmax(logits, 0)
    q, log_r = log_q.detach().exp(), log_p - log_q

    def gradient(value):
        return torch.autograd.grad(value, logits, retain_graph=True)[0]

    found = [gradient((q * k).sum()) for k in (-log_r, log_r**2 / 2, log_r.exp() - 1 - log_r)]
    expected = [torch.zeros(5, dtype=torch.float64), gradient((log_q.exp() * (log_q - log_p)).sum()),
                gradient((log_p.exp() * (log_p - log_q)).sum())]
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-12, rtol=1e-10)


def test_the_gradient_of_distillation_is_student_minus_teacher():
    generator = torch.Generator().manual_seed(1)
    teacher, student = torch.randn(2, 3, 5, generator=generator, dtype=torch.float64)
    student.requires_grad_()
    loss = torch.nn.functional.kl_div(torch.log_softmax(student, 1), torch.softmax(teacher, 1),
                                      reduction="batchmean")
    loss.backward()
    expected = (torch.softmax(student, 1) - torch.softmax(teacher, 1)).detach() / 3
    torch.testing.assert_close(student.grad, expected)
