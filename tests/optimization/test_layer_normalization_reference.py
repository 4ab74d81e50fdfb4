"""Outputs and gradients of torch's layer, RMS, group and instance normalization in float64."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from snippets.optimization import layer_normalization as ours


@pytest.mark.parametrize("seed", range(3))
def test_layer_and_rms_norm(seed):
    rng = np.random.default_rng(seed)
    x, grad = rng.normal(3, 2, (2, 3, 7)), rng.normal(size=(2, 3, 7))
    w, b = rng.normal(size=7), rng.normal(size=7)
    t = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
    y = functional.layer_norm(t[0], (7,), t[1], t[2], 1e-5)
    np.testing.assert_allclose(ours.layer_norm(x, w, b), y.detach().numpy(), rtol=1e-12, atol=1e-13)
    expected = torch.autograd.grad(y, t, torch.tensor(grad))
    for mine, theirs in zip(ours.layer_norm_backward(grad, x, w), expected, strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-10, atol=1e-12)
    y = functional.rms_norm(t[0], (7,), t[1], 1e-6)
    np.testing.assert_allclose(ours.rms_norm(x, w), y.detach().numpy(), rtol=1e-12, atol=1e-13)
    expected = torch.autograd.grad(y, t[:2], torch.tensor(grad))
    for mine, theirs in zip(ours.rms_norm_backward(grad, x, w), expected, strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_group_and_instance_norm(groups):
    rng = np.random.default_rng(groups)
    x, w, b = rng.normal(1, 2, (2, 6, 3, 5)), rng.normal(size=6), rng.normal(size=6)
    theirs = functional.group_norm(torch.tensor(x), groups, torch.tensor(w), torch.tensor(b))
    np.testing.assert_allclose(ours.group_norm(x, groups, w, b), theirs.numpy(), rtol=1e-10, atol=1e-12)
    if groups == 6:
        instance = functional.instance_norm(torch.tensor(x), weight=torch.tensor(w), bias=torch.tensor(b))
        np.testing.assert_allclose(ours.group_norm(x, 6, w, b), instance.numpy(), rtol=1e-10, atol=1e-12)
