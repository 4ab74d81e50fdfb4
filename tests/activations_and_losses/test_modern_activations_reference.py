"""The same values and gradients as PyTorch in float64."""

import numpy as np
import pytest
import torch

from snippets.activations_and_losses.modern_activations import (
    gelu,
    gelu_backward,
    silu,
    silu_backward,
    swiglu,
    swiglu_backward,
)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_gelu_matches_torch(approximate, scale):
    generator = torch.Generator().manual_seed(0)
    x = (scale * torch.randn(3, 7, generator=generator, dtype=torch.float64)).requires_grad_()
    grad_out = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    out = torch.nn.functional.gelu(x, approximate=approximate)
    out.backward(grad_out)
    data = x.detach().numpy()
    np.testing.assert_allclose(gelu(data, approximate), out.detach(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(gelu_backward(data, grad_out.numpy(), approximate), x.grad,
                               rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_silu_matches_torch(scale):
    generator = torch.Generator().manual_seed(1)
    x = (scale * torch.randn(3, 7, generator=generator, dtype=torch.float64)).requires_grad_()
    grad_out = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    out = torch.nn.functional.silu(x)
    out.backward(grad_out)
    data = x.detach().numpy()
    np.testing.assert_allclose(silu(data), out.detach(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(silu_backward(data, grad_out.numpy()), x.grad, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_gated_block_matches_torch(seed):
    generator = torch.Generator().manual_seed(seed)
    shapes = {"x": (2, 3, 5), "weight_gate": (7, 5), "weight_up": (7, 5), "weight_down": (5, 7)}
    p = {key: torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
         for key, shape in shapes.items()}
    grad_out = torch.randn(2, 3, 5, generator=generator, dtype=torch.float64)
    linear = torch.nn.functional.linear
    hidden = torch.nn.functional.silu(linear(p["x"], p["weight_gate"])) * linear(p["x"], p["weight_up"])
    out = linear(hidden, p["weight_down"])
    out.backward(grad_out)
    arrays = {key: value.detach().numpy() for key, value in p.items()}
    np.testing.assert_allclose(swiglu(**arrays), out.detach(), rtol=1e-11, atol=1e-12)
    for key, grad in swiglu_backward(**arrays, grad_out=grad_out.numpy()).items():
        np.testing.assert_allclose(grad, p[key].grad, rtol=1e-10, atol=1e-12, err_msg=key)


def test_the_approximation_is_smaller_than_bfloat16_rounding_where_it_is_largest():
    near = torch.tensor(2.69895, dtype=torch.float64)
    gap = (torch.nn.functional.gelu(near) - torch.nn.functional.gelu(near, approximate="tanh")).abs()
    spacing = torch.finfo(torch.bfloat16).eps * 2  # numbers between 2 and 4
    assert gap < spacing / 2 / 16 and spacing == 2**-6
    values = [torch.nn.functional.gelu(-near, approximate=kind) for kind in ("none", "tanh")]
    assert round(values[0].item(), 4) == -0.0094 and 0.045 < (gap / values[0].abs()).item() < 0.055
    assert values[0].bfloat16() != values[1].bfloat16()  # on the left it shows
