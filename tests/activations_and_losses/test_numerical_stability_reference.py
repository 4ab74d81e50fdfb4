"""The same values as PyTorch and SciPy, and what the number formats hold."""

import inspect

import numpy as np
import pytest
import torch
from scipy.special import logsumexp as scipy_logsumexp

from snippets.activations_and_losses.numerical_stability import (
    binary_cross_entropy_with_logits,
    log1mexp,
    log_softmax,
    logsumexp,
    normalize,
    softplus,
    streaming_variance,
)


@pytest.mark.parametrize("scale", [1.0, 300.0, 1e4])
def test_matches_torch_and_scipy(scale):
    generator = torch.Generator().manual_seed(0)
    x = scale * torch.randn(3, 5, 7, generator=generator, dtype=torch.float64)
    data = x.numpy()
    np.testing.assert_allclose(logsumexp(data, 1), torch.logsumexp(x, 1), rtol=1e-12)
    np.testing.assert_allclose(logsumexp(data), scipy_logsumexp(data, axis=-1), rtol=1e-12)
    np.testing.assert_allclose(log_softmax(data, 1), torch.log_softmax(x, 1), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(softplus(data), np.logaddexp(0, data), rtol=1e-12)
    y = torch.rand(3, 5, 7, generator=generator, dtype=torch.float64)
    theirs = torch.nn.functional.binary_cross_entropy_with_logits(x, y, reduction="none")
    ours = binary_cross_entropy_with_logits(data, y.numpy())
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(normalize(data), torch.nn.functional.normalize(x, dim=-1), rtol=1e-9)
    variance = streaming_variance(data)[1]
    np.testing.assert_allclose(variance, x.var(0, unbiased=False), rtol=1e-10)


def test_log1mexp_matches_many_digits():
    from mpmath import exp, log1p, mp, mpf
    with mp.workdps(60):
        for x in (-1e-18, -1e-3, -0.69, -0.7, -5.0, -40.0):
            expected = float(log1p(-exp(mpf(x))))
            np.testing.assert_allclose(log1mexp(np.array([x])), expected, rtol=1e-12)


def test_the_table_of_formats_on_the_page():
    page = {torch.float16: (65_504, 6.1e-5, 9.8e-4, 11.09),
            torch.bfloat16: (3.39e38, 1.18e-38, 7.8e-3, 88.72),
            torch.float32: (3.40e38, 1.18e-38, 1.2e-7, 88.72),
            torch.float64: (1.79e308, 2.23e-308, 2.2e-16, 709.78)}
    for dtype, row in page.items():
        info = torch.finfo(dtype)
        np.testing.assert_allclose([info.max, info.tiny, info.eps], row[:3], rtol=1e-2)
        assert abs(np.log(info.max) - row[3]) < 0.006
    assert torch.exp(torch.tensor(11.1, dtype=torch.float16)).isinf()
    assert torch.tensor(257.0, dtype=torch.bfloat16).item() == 256  # eight bits of precision


def test_where_float16_and_float32_lose_a_number():
    assert np.float16(2.9e-8) == 0 < np.float16(3.1e-8)  # half of the least float16
    assert torch.ones(128_000, dtype=torch.float16).sum().isinf()  # a sum over a vocabulary
    assert np.float32(1) + np.float32(2.0**-24) == 1 < np.float32(1) + np.float32(6e-8)


def test_the_gradient_scaler_starts_and_moves_as_on_the_page():
    defaults = inspect.signature(torch.amp.GradScaler.__init__).parameters
    names = ("init_scale", "growth_factor", "backoff_factor", "growth_interval")
    assert [defaults[name].default for name in names] == [2.0**16, 2.0, 0.5, 2000]
