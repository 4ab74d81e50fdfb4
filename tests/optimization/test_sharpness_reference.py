"""Products, eigenvalue and trace from torch's double backward and full Hessian; SAM from autograd."""

import numpy as np
import pytest
import torch

from snippets.optimization.sharpness import (
    hessian_vector_product,
    hutchinson_trace,
    product_grad,
    sam_gradient,
    top_eigenvalue,
)

X = torch.tensor(np.random.default_rng(0).standard_normal((7, 3)))


def loss(w):
    return torch.tanh(X @ w[:6].view(3, 2)).matmul(w[6:]).sub(1).square().mean()


def grad(w):
    return torch.autograd.functional.vjp(loss, torch.tensor(w))[1].numpy()


@pytest.mark.slow
def test_products_eigenvalue_trace_and_sam_match_autograd():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        w, v = rng.standard_normal(8), rng.standard_normal(8)
        hessian = torch.autograd.functional.hessian(loss, torch.tensor(w)).numpy()
        exact = torch.autograd.functional.hvp(loss, torch.tensor(w), torch.tensor(v))[1].numpy()
        np.testing.assert_allclose(hessian_vector_product(grad, w, v), exact, rtol=1e-6, atol=1e-8)

        def product(u, w=w):
            return hessian_vector_product(grad, w, u)
        spectrum = np.linalg.eigvalsh(hessian)
        top = spectrum[np.abs(spectrum).argmax()]
        assert abs(top_eigenvalue(product, 8, rng, 300) - top) < 1e-4 * abs(top)
        deviation = np.sqrt(2 * ((hessian**2).sum() - (np.diag(hessian) ** 2).sum()) / 200)
        assert abs(hutchinson_trace(product, 8, 200, rng) - np.trace(hessian)) < 5 * deviation

        point = torch.tensor(w, requires_grad=True)
        (first,) = torch.autograd.grad(loss(point), point)
        worst = (point + 0.1 * first / first.norm()).detach().requires_grad_()
        (second,) = torch.autograd.grad(loss(worst), worst)
        np.testing.assert_allclose(sam_gradient(grad, w, 0.1), second.numpy(), rtol=1e-10)


def test_the_product_s_gradient_is_autograd_s():
    w = torch.tensor([4.0, 0.24], dtype=torch.float64, requires_grad=True)
    (0.5 * (w[0] * w[1] - 1) ** 2).backward()
    np.testing.assert_allclose(product_grad(w.detach().numpy()), w.grad.numpy(), rtol=1e-12)
