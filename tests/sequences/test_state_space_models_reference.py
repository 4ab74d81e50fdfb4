"""The same systems from SciPy and PyTorch."""

import numpy as np
import torch
from scipy.signal import cont2discrete, dlsim, fftconvolve

from snippets.sequences.state_space_models import (
    causal_convolution,
    discretize,
    selective_scan,
    ssm_kernel,
    ssm_recurrence,
)


def test_zero_order_hold_and_simulation_match_scipy():
    for seed, states in enumerate((1, 3, 6)):
        rng = np.random.default_rng(seed)
        a, b, c = -rng.uniform(0.1, 3, states), rng.standard_normal(states), rng.standard_normal(states)
        whole = (np.diag(a), b[:, None], c[None], np.zeros((1, 1)))
        a_bar, b_bar, *_ = cont2discrete(whole, 0.3, method="zoh")
        ours = discretize(a, b, 0.3)
        np.testing.assert_allclose(np.diag(ours[0]), a_bar, atol=1e-12)
        np.testing.assert_allclose(ours[1], b_bar[:, 0], atol=1e-12)
        x = rng.standard_normal((2, 11))
        # SciPy's output reads the state before the input: one step later than ours.
        _, y, _ = dlsim((a_bar, b_bar, c[None], np.zeros((1, 1)), 0.3), np.append(x[0], 0.0))
        np.testing.assert_allclose(ssm_recurrence(x, *ours, c)[0], y[1:, 0], atol=1e-12)
        kernel = ssm_kernel(*ours, c, 11)
        expected = fftconvolve(x, kernel[None], axes=1)[:, :11]
        np.testing.assert_allclose(causal_convolution(x, kernel), expected, atol=1e-12)


def test_the_selective_scan_is_attention_without_softmax_under_a_decay_mask():
    # y[t] = sum over s <= t of sum over states c[t] exp(a * (steps from s to t)) b[s] delta[s] x[s].
    rng = np.random.default_rng(0)
    x, delta = rng.standard_normal((2, 7, 3)), rng.uniform(0.01, 1, (2, 7, 3))
    a, b, c = -rng.uniform(0.1, 2, (3, 5)), rng.standard_normal((2, 7, 5)), rng.standard_normal((2, 7, 5))
    tensors = [torch.tensor(one) for one in (x, delta, a, b, c)]
    x_, delta_, a_, b_, c_ = tensors
    total = delta_.cumsum(1)  # (N, T, D)
    between = (total[:, :, None] - total[:, None])[..., None]  # (N, t, s, D, 1)
    decay = torch.exp(between * a_) * torch.ones(7, 7).tril()[None, :, :, None, None]
    scores = torch.einsum("ntz,ntsdz,nsz->ntsd", c_, decay.double(), b_)
    expected = torch.einsum("ntsd,nsd->ntd", scores, delta_ * x_)
    np.testing.assert_allclose(selective_scan(x, delta, a, b, c), expected.numpy(), atol=1e-12)
