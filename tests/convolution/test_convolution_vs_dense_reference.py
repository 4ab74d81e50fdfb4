"""The same values and counts from PyTorch."""

import numpy as np
import torch
import torch.nn.functional as F

from snippets.convolution.convolution_vs_dense import (
    conv2d,
    convolution_matrix,
    fit_dense,
    layer_cost,
)


def test_convolution_and_matrix_match_torch():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 4, 5, generator=generator, dtype=torch.float64)
    weight = torch.randn(3, 2, 3, 3, generator=generator, dtype=torch.float64)
    expected = F.conv2d(x[None], weight, padding=1)[0]
    np.testing.assert_allclose(conv2d(x.numpy(), weight.numpy()), expected, atol=1e-12)
    matrix = torch.from_numpy(convolution_matrix(weight.numpy(), 4, 5))
    np.testing.assert_allclose(F.linear(x.ravel(), matrix), expected.ravel(), atol=1e-12)


def test_the_matrix_is_the_jacobian():
    weight = torch.randn(3, 2, 3, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    x = torch.zeros(2, 4, 5, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda v: F.conv2d(v[None], weight, padding=1), x)
    matrix = convolution_matrix(weight.numpy(), 4, 5)
    np.testing.assert_allclose(matrix, jacobian.reshape(60, 40), atol=1e-12)


def test_counts_match_torch():
    def count(module):
        return sum(p.numel() for p in module.parameters())
    def total(kind, *sizes):
        cost = layer_cost(kind, *sizes)
        return cost["weights"] + cost["biases"]
    assert total("shared", 3, 64, 224, 224, 3) == count(torch.nn.Conv2d(3, 64, 3)) == 1792
    with torch.device("meta"):  # no memory is taken: it would be 1.93 terabytes
        layer = torch.nn.Linear(3 * 224 * 224, 64 * 224 * 224)
    assert total("dense", 3, 64, 224, 224, 3) == count(layer)


def test_fit_matches_torch():
    generator = torch.Generator().manual_seed(2)
    x, targets, start = (torch.randn(s, generator=generator, dtype=torch.float64)
                         for s in ((5, 3), (5, 2), (2, 3)))
    weight = start
    for _ in range(20):
        leaf = weight.clone().requires_grad_()
        (0.5 * (x @ leaf.T - targets).pow(2).sum(1).mean()).backward()
        weight = weight - 0.1 * leaf.grad
    ours = fit_dense(x.numpy(), targets.numpy(), start.numpy(), 0.1, 20)
    np.testing.assert_allclose(ours, weight, atol=1e-12)
