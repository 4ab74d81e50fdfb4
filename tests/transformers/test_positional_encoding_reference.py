"""Rotary against complex multiplication in PyTorch, forward and gradient; the page's limits of types."""

import numpy as np
import torch

from snippets.transformers.positional_encoding import apply_rope, sinusoidal


def test_interleaved_rotary_is_a_complex_product_in_value_and_gradient():
    rng = np.random.default_rng(0)
    for heads, length, dim, base in ((2, 3, 4, 10_000.0), (3, 5, 8, 500.0), (1, 7, 2, 10.0)):
        x, grad = rng.standard_normal((2, heads, length, dim))
        positions = rng.integers(0, 5000, length)
        tensor = torch.tensor(x, requires_grad=True)
        frequency = base ** (-torch.arange(0, dim, 2, dtype=torch.float64) / dim)
        angle = torch.outer(torch.tensor(positions, dtype=torch.float64), frequency)
        pairs = torch.view_as_complex(tensor.view(heads, length, -1, 2))
        turned = torch.view_as_real(pairs * torch.polar(torch.ones_like(angle), angle)).flatten(2)
        turned.backward(torch.tensor(grad))
        ours = apply_rope(x, positions, base, interleaved=True)
        np.testing.assert_allclose(ours, turned.detach().numpy(), atol=1e-12)
        # A rotation's gradient is the rotation back.
        np.testing.assert_allclose(apply_rope(grad, -positions, base, interleaved=True),
                                   tensor.grad.numpy(), atol=1e-12)


def test_a_shift_of_the_sinusoidal_table_is_one_linear_map():
    table = sinusoidal(50, 8)
    shift = np.linalg.lstsq(table[:-3], table[3:], rcond=None)[0]
    np.testing.assert_allclose(table[:-3] @ shift, table[3:], atol=1e-8)


def test_the_page_s_larger_base_slows_the_last_pair_by_the_factor_and_those_between_by_less():
    base, dim, factor = 10_000.0, 128, 16
    raised = base * factor ** (dim / (dim - 2))
    assert round(raised, -3) == 167_000
    pair = np.arange(0, dim, 2) / dim
    slower = base**-pair / raised**-pair
    np.testing.assert_allclose([slower[0], slower[-1]], [1, factor], rtol=1e-12)
    assert (np.diff(slower) > 0).all()
    np.testing.assert_allclose(slower, float(factor) ** (np.arange(64) / 63), rtol=1e-12)


def test_where_the_small_types_stop_counting():
    steps = torch.arange(4096)
    for kind, limit in ((torch.bfloat16, 256), (torch.float16, 2048)):
        wrong = (steps.to(kind).long() != steps).nonzero()[0].item()
        assert wrong == limit + 1
