"""Against autograd, and what torch.autograd.gradcheck lets pass and refuses."""

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck

from snippets.backpropagation.gradient_check import (
    complex_step_gradient,
    directional_error,
    numerical_gradient,
    relative_error,
)


@pytest.mark.parametrize("seed", range(5))
def test_every_method_agrees_with_autograd(seed):
    rng = np.random.default_rng(seed)
    x, a = rng.normal(size=(3, 4)), rng.normal(size=(4, 5))
    leaf = torch.tensor(x, requires_grad=True)
    torch.tanh(leaf @ torch.tensor(a)).pow(3).sum().backward()
    right = leaf.grad.numpy()

    def f(x):
        return np.sum(np.tanh(x @ a) ** 3)

    assert relative_error(right, numerical_gradient(f, x)) < 1e-8
    assert relative_error(right, complex_step_gradient(f, x)) < 1e-14
    assert directional_error(f, x, right, rng) < 1e-6


class Wrong(torch.autograd.Function):
    """Multiplies by a scale, with a gradient of the wrong sign."""

    @staticmethod
    def forward(ctx, x, scale):
        ctx.scale = scale
        return x * scale

    @staticmethod
    def backward(ctx, grad):
        return -ctx.scale * grad, None


def test_gradcheck_refuses_a_wrong_gradient_unless_it_is_smaller_than_atol():
    x = torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)
    assert not gradcheck(lambda x: Wrong.apply(x, 1.0), x, raise_exception=False)
    assert gradcheck(lambda x: Wrong.apply(x, 1e-6), x)
    assert not gradcheck(lambda x: Wrong.apply(x, 1e-6), x, atol=1e-9, raise_exception=False)


@pytest.mark.filterwarnings("ignore:.*double precision.*")
def test_gradcheck_refuses_a_right_gradient_in_float32():
    x = torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)
    assert gradcheck(torch.exp, x)
    assert gradcheck(torch.exp, x, fast_mode=True)
    x = x.detach().float().requires_grad_()
    assert not gradcheck(torch.exp, x, raise_exception=False)


def test_gradcheck_draws_its_own_line_at_a_kink():
    x = torch.tensor([1e-7], dtype=torch.float64, requires_grad=True)
    assert not gradcheck(torch.relu, x, raise_exception=False)
