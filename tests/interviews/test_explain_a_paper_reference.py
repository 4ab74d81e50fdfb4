"""DyT's gradients against autograd, the norm against PyTorch's."""

import numpy as np
import torch

from snippets.interviews.explain_a_paper import dyt, dyt_backward, rms_norm


def test_forward_and_gradients_match_autograd():
    rng = np.random.default_rng(3)
    arrays = [rng.normal(size=(3, 2, 7)), np.array(0.8), rng.normal(size=7), rng.normal(size=7)]
    grad = rng.normal(size=(3, 2, 7))
    x, alpha, weight, bias = (torch.tensor(a, requires_grad=True) for a in arrays)
    out = weight * torch.tanh(alpha * x) + bias
    out.backward(torch.tensor(grad))
    np.testing.assert_allclose(dyt(*arrays), out.detach().numpy(), rtol=1e-12)
    for mine, theirs in zip(dyt_backward(*arrays[:3], grad), (x, alpha, weight, bias), strict=True):
        np.testing.assert_allclose(mine, theirs.grad.numpy(), rtol=1e-10)


def test_rms_norm_matches_torch():
    x = np.random.default_rng(4).normal(size=(3, 5))
    theirs = torch.nn.functional.rms_norm(torch.tensor(x), (5,), eps=0.0).numpy()
    np.testing.assert_allclose(rms_norm(x), theirs, rtol=1e-12)
