"""Against autograd, SciPy and torch.optim.Adam."""

import numpy as np
import pytest
import torch
from scipy.optimize import curve_fit

from snippets.optimization.batch_size import fit_critical, noise_scale, scale_adam, shard_norms, steps_needed


def test_expected_norms_match_per_example_gradients_from_autograd():
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        weight = torch.randn(5, 3, generator=generator, dtype=torch.float64)
        x = torch.randn(7, 3, generator=generator, dtype=torch.float64)
        targets = torch.randint(0, 5, (7,), generator=generator)

        def losses(w, x=x, targets=targets):
            return torch.nn.functional.cross_entropy(x @ w.T, targets, reduction="none")

        each = torch.autograd.functional.jacobian(losses, weight).reshape(7, -1).numpy()
        trace, signal = each.var(axis=0).sum(), (each.mean(axis=0) ** 2).sum()
        rng, norms = np.random.default_rng(seed), []
        for _ in range(1500):
            norms.append(shard_norms(each[rng.integers(0, 7, (4, 2))].mean(axis=1)))
        found = noise_scale(*np.mean(norms, axis=0), 2, 8)
        np.testing.assert_allclose(found[:2], (signal, trace), rtol=0.1)


def test_the_fit_matches_scipy_s_weighted_least_squares():
    rng = np.random.default_rng(0)
    batch = np.array([1.0, 4, 16, 64, 256])
    for _ in range(4):
        steps = steps_needed(batch, 20, 60) * np.exp(rng.normal(size=5) / 10)
        (least, slope), _ = curve_fit(lambda b, a, c: a + c / b, batch, steps, p0=(20, 1000), sigma=steps)
        np.testing.assert_allclose(fit_critical(batch, steps), (least, slope / least), rtol=1e-4)


def walk(lr, beta1, beta2, eps, noise, steps):
    """Where torch's Adam gets with gradient 0.05 plus noise, 3,000 coordinates."""
    generator = torch.Generator().manual_seed(0)
    weight = torch.zeros(3_000, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([weight], lr=lr, betas=(beta1, beta2), eps=eps)
    for _ in range(steps):
        weight.grad = 0.05 + noise * torch.randn(3_000, generator=generator, dtype=torch.float64)
        optimizer.step()
    return weight.detach().mean().item(), weight.detach().std().item()


def test_the_square_root_rule_keeps_adam_s_drift_and_spread_per_example():
    settings = (1e-3, 0.98, 0.998, 1e-8)
    before = np.array(walk(*settings, 1.0, 400))
    after = np.array(walk(*scale_adam(*settings, 4), 0.5, 100))
    np.testing.assert_allclose(after, before, rtol=0.05)
    linear = np.array(walk(4e-3, *scale_adam(*settings, 4)[1:], 0.5, 100))
    assert (linear / before > 1.8).all()


def test_small_floats_are_computed_in_float64():
    assert steps_needed(np.array([3], np.float16), 20, 70)[0] == 20 * (1 + 70 / 3)
    steps = np.array([700.1, 80.3], np.float32)
    fit, wide = (fit_critical(np.array([10, 200]), some) for some in (steps, steps.astype(np.float64)))
    np.testing.assert_allclose(fit, wide, rtol=1e-12)


def test_a_ratio_that_leaves_no_beta_is_told_what_it_must_leave():
    for ratio in (11, 0, -1):
        with pytest.raises(ValueError, match=rf"^ratio must leave betas in \[0, 1\), got {ratio}$"):
            scale_adam(1e-3, 0.9, 0.999, 1e-8, ratio)
