"""The PyTorch layer computes what the NumPy one does."""

import numpy as np
import torch

from snippets.activations_and_losses.maxout import maxout_backward, maxout_forward
from snippets.activations_and_losses.maxout_torch import Maxout


def test_layer_matches_numpy_forward_and_backward():
    torch.manual_seed(0)
    layer = Maxout(5, 3, pieces=4).double()
    data, grad_out = np.random.default_rng(0).standard_normal((2, 7, 5))[0], torch.randn(7, 3)
    x = torch.tensor(data, requires_grad=True)
    out = layer(x)
    out.backward(grad_out.double())
    weight = layer.linear.weight.detach().numpy().reshape(3, 4, 5).transpose(2, 0, 1)
    bias = layer.linear.bias.detach().numpy().reshape(3, 4)
    ours, winner = maxout_forward(data, weight, bias)
    np.testing.assert_allclose(ours, out.detach().numpy(), rtol=1e-12)
    grads = maxout_backward(grad_out.double().numpy(), data, weight, winner)
    theirs = (x.grad.numpy(), layer.linear.weight.grad.numpy().reshape(3, 4, 5).transpose(2, 0, 1),
              layer.linear.bias.grad.numpy().reshape(3, 4))
    for mine, other in zip(grads, theirs, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-12)


def test_default_weights_have_variance_one_over_3d():
    torch.manual_seed(1)
    weight = Maxout(300, 200, pieces=2).linear.weight.detach()
    # Uniform on +-1/sqrt(D): w^2 has standard deviation sqrt(4/45) / D; 5 standard errors.
    assert abs(float((weight**2).mean()) * 300 - 1 / 3) < 5 * (4 / 45 / weight.numel()) ** 0.5


def test_parameters_are_multiplied_by_the_pieces():
    for pieces, expected in ((1, 262_656), (2, 525_312), (5, 1_313_280)):
        layer = Maxout(512, 512, pieces)
        assert sum(parameter.numel() for parameter in layer.parameters()) == expected


def test_two_pieces_if_nothing_is_said_and_leading_axes_stay():
    layer = Maxout(5, 3)
    assert layer.linear.out_features == 3 * 2
    x = torch.randn(2, 7, 5, generator=torch.Generator().manual_seed(2))
    out = layer(x)
    assert out.shape == (2, 7, 3)
    torch.testing.assert_close(out[1], layer(x[1]))
