"""Interpolation as divided positions and the window mask in attention, in PyTorch, values and gradients."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from snippets.language_models.long_context import (
    ntk_frequencies,
    position_interpolation,
    rope_frequencies,
    sink_window_mask,
    yarn_frequencies,
)


def turn(x, positions, freqs):
    """Complex rotation of neighboring columns; x (..., T, D) as a float64 tensor."""
    angle = torch.outer(positions, torch.as_tensor(freqs))
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * torch.polar(torch.ones_like(angle), angle)).flatten(-2)


def test_interpolated_scores_and_gradients_are_those_of_divided_positions():
    generator = torch.Generator().manual_seed(0)
    for dim, base, factor in ((4, 100.0, 3.0), (6, 10_000.0, 8.0), (10, 500_000.0, 2.5)):
        q, k = (torch.randn(5, dim, dtype=torch.float64, generator=generator).requires_grad_() for _ in "qk")
        positions = torch.arange(5, dtype=torch.float64)
        found = []
        for where, freqs in ((positions, position_interpolation(dim, base, factor)),
                             (positions / factor, rope_frequencies(dim, base))):
            scores = turn(q, where, freqs) @ turn(k, where, freqs).T
            found.append((scores, *torch.autograd.grad(scores.square().sum(), (q, k))))
        for ours, theirs in zip(*found, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


def test_scaling_queries_and_keys_multiplies_the_logits_by_its_square():
    generator = torch.Generator().manual_seed(1)
    q, k = (torch.randn(7, 8, dtype=torch.float64, generator=generator) for _ in "qk")
    freqs, scale = yarn_frequencies(8, 10_000.0, 16.0, 256)
    positions = torch.arange(7, dtype=torch.float64)
    scaled = (scale * turn(q, positions, freqs)) @ (scale * turn(k, positions, freqs)).T
    torch.testing.assert_close(scaled, scale**2 * (turn(q, positions, freqs) @ turn(k, positions, freqs).T))


def test_ntk_is_a_larger_base_found_by_bisection():
    for dim, base, factor in ((6, 1000.0, 4.0), (64, 10_000.0, 8.0), (128, 500_000.0, 32.0)):
        slowest = base ** (-(dim - 2) / dim) / factor
        low, high = np.log(base), np.log(base) + 9
        for _ in range(60):  # bisection for the base whose slowest pair is that slow
            middle = (low + high) / 2
            low, high = (middle, high) if np.exp(middle) ** (-(dim - 2) / dim) > slowest else (low, middle)
        np.testing.assert_allclose(ntk_frequencies(dim, base, factor),
                                   np.exp(low) ** (-np.arange(0, dim, 2) / dim), rtol=1e-9)


def test_masked_attention_ignores_every_dropped_key():
    generator = torch.Generator().manual_seed(2)
    q, k, v = (torch.randn(2, 3, 11, 4, dtype=torch.float64, generator=generator) for _ in "qkv")
    mask = torch.as_tensor(sink_window_mask(11, 3, 2))
    whole = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    for i in range(11):
        keep = sorted(set(range(min(2, i + 1))) | set(range(max(0, i - 2), i + 1)))
        alone = F.scaled_dot_product_attention(q[..., i : i + 1, :], k[..., keep, :], v[..., keep, :])
        torch.testing.assert_close(whole[..., i : i + 1, :], alone)


def test_a_factor_that_would_shorten_the_context_is_told_its_limit():
    for function in (position_interpolation, ntk_frequencies):
        with pytest.raises(ValueError, match=r"^factor must be at least 1, got 0\.5$"):
            function(8, 100.0, 0.5)
