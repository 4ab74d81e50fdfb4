"""How each mistake fails."""

import numpy as np

from snippets.activations_and_losses.modern_activations import gated_width, silu, swiglu
from snippets.activations_and_losses.modern_activations_mistakes import (
    silu_by_exp,
    swiglu_fused,
    swiglu_parameters,
)


def test_a_gated_block_of_full_width_has_half_as_many_parameters_again():
    assert swiglu_parameters(768) * 2 == 3 * (2 * 768 * 3072)
    assert 3 * 768 * gated_width(3072) == 2 * 768 * 3072


def test_the_exponential_overflows_in_float16():
    x = np.array([-12.0], np.float16)
    with np.errstate(over="ignore"):
        assert silu_by_exp(x).item() == 0  # exp(12) is inf in float16, and the warning is hidden
    np.testing.assert_allclose(float(silu(np.array([-10.0], np.float16)).item()), -0.000454, rtol=2e-3)
    z = np.array([-8.0], np.float16)
    by_tanh = z * (np.float16(0.5) * (1 + np.tanh(np.float16(0.5) * z)))  # no overflow, but it cancels
    assert [round(float(v.item()), 4) for v in (by_tanh, silu(z))] == [-0.0020, -0.0027]
    try:
        with np.errstate(over="raise"):
            silu_by_exp(x)
    except FloatingPointError:
        pass
    else:
        raise AssertionError("exp(12) should overflow in float16")
    with np.errstate(over="raise"):
        silu(x)


def test_halves_in_the_other_order_are_another_function():
    rng = np.random.default_rng(0)
    x, gate, up = rng.standard_normal((2, 5)), rng.standard_normal((7, 5)), rng.standard_normal((7, 5))
    down = rng.standard_normal((5, 7))
    right = swiglu(x, gate, up, down)
    assert np.abs(swiglu_fused(x, np.vstack([gate, up]), down) - right).max() > 0.1
    np.testing.assert_allclose(swiglu_fused(x, np.vstack([up, gate]), down), right, rtol=1e-10)
