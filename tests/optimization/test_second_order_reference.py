"""The same gradient, Hessian and Gauss-Newton products from torch in float64."""

import numpy as np
import pytest
import torch

from snippets.optimization.second_order import curvature_product, loss_and_gradient


@pytest.mark.parametrize("seed", range(3))
def test_products_match_torch(seed):
    rng = np.random.default_rng(seed)
    n, d, h, k = 7, 2, 3, 5
    w1, w2, x, y, v1, v2 = (rng.standard_normal(s) for s in ((d, h), (h, k), (n, d), (n, k), (d, h), (h, k)))
    tx, ty = torch.tensor(x), torch.tensor(y)

    def outputs(a, b):
        return torch.tanh(tx @ a) @ b

    def loss(a, b):
        return 0.5 * ((outputs(a, b) - ty) ** 2).sum() / n

    params, direction = (torch.tensor(w1), torch.tensor(w2)), (torch.tensor(v1), torch.tensor(v2))
    tracked = [p.clone().requires_grad_() for p in params]
    value = loss(*tracked)
    grads = torch.autograd.grad(value, tracked)
    ours = loss_and_gradient(w1, w2, x, y)
    assert abs(ours[0] - value.item()) < 1e-12
    for mine, theirs in zip(ours[1:], grads, strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), atol=1e-12)
    _, hvp = torch.autograd.functional.hvp(loss, params, direction)
    for mine, theirs in zip(curvature_product(w1, w2, x, y, v1, v2), hvp, strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), atol=1e-12)
    _, jvp = torch.autograd.functional.jvp(outputs, params, direction)
    _, pulled = torch.autograd.functional.vjp(outputs, params, jvp / n)
    for mine, theirs in zip(curvature_product(w1, w2, x, y, v1, v2, True), pulled, strict=True):
        np.testing.assert_allclose(mine, theirs.numpy(), atol=1e-12)
