"""The same numbers as torch.nn.BatchNorm1d and BatchNorm2d in float64."""

import numpy as np
import pytest
import torch
from torch import nn

from snippets.optimization.batch_normalization import (
    batch_norm_backward,
    batch_norm_eval,
    batch_norm_train,
    fold,
)


def layer_with_parameters(kind, generator, **options):
    layer = kind(3, dtype=torch.float64, **options)
    with torch.no_grad():
        layer.weight.copy_(torch.randn(3, generator=generator, dtype=torch.float64))
        layer.bias.copy_(torch.randn(3, generator=generator, dtype=torch.float64))
    return layer


@pytest.mark.parametrize(("kind", "shape"), [(nn.BatchNorm1d, (5, 3)), (nn.BatchNorm2d, (2, 3, 5, 7))])
@pytest.mark.parametrize(("momentum", "eps"), [(0.1, 1e-5), (0.3, 1e-2)])
def test_training_gradients_running_statistics_and_evaluation_match(kind, shape, momentum, eps):
    generator = torch.Generator().manual_seed(0)
    layer = layer_with_parameters(kind, generator, momentum=momentum, eps=eps)
    gamma, beta = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    mean, var = np.zeros(3), np.ones(3)
    for _ in range(4):
        x = torch.randn(shape, generator=generator, dtype=torch.float64) * 3 + 2
        x.requires_grad_(True)
        upstream = torch.randn(shape, generator=generator, dtype=torch.float64)
        layer.zero_grad()
        theirs = layer(x)
        theirs.backward(upstream)
        ours, mean, var = batch_norm_train(x.detach().numpy(), gamma, beta, mean, var, momentum, eps)
        np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=1e-12)
        grads = batch_norm_backward(upstream.numpy(), x.detach().numpy(), gamma, eps)
        for mine, grad in zip(grads, (x.grad, layer.weight.grad, layer.bias.grad), strict=True):
            np.testing.assert_allclose(mine, grad.numpy(), atol=1e-11)
    np.testing.assert_allclose(mean, layer.running_mean.numpy(), atol=1e-12)
    np.testing.assert_allclose(var, layer.running_var.numpy(), atol=1e-12)
    layer.eval()
    ours = batch_norm_eval(x.detach().numpy(), gamma, beta, mean, var, eps)
    np.testing.assert_allclose(ours, layer(x).detach().numpy(), atol=1e-12)


def test_folding_matches_convolution_and_batch_norm_and_torchs_own_fusion():
    generator = torch.Generator().manual_seed(1)
    conv = nn.Conv2d(2, 3, 3, dtype=torch.float64)
    norm = layer_with_parameters(nn.BatchNorm2d, generator)
    with torch.no_grad():
        norm.running_mean.copy_(torch.randn(3, generator=generator))
        norm.running_var.copy_(torch.rand(3, generator=generator) + 0.5)
    conv.eval(), norm.eval()
    x = torch.randn(5, 2, 7, 6, generator=generator, dtype=torch.float64)
    arrays = [p.detach().numpy() for p in (conv.weight, conv.bias, norm.weight, norm.bias,
                                           norm.running_mean, norm.running_var)]
    weight, bias = (torch.tensor(a) for a in fold(*arrays))
    with torch.no_grad():
        folded = nn.functional.conv2d(x, weight, bias)
        np.testing.assert_allclose(folded.numpy(), norm(conv(x)).numpy(), atol=1e-12)
    fused = nn.utils.fuse_conv_bn_eval(conv, norm)
    np.testing.assert_allclose(weight.numpy(), fused.weight.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(bias.numpy(), fused.bias.detach().numpy(), atol=1e-12)


def loss_of(weight, x, targets):
    z = nn.functional.batch_norm(x @ weight, None, None, training=True, eps=1e-30)
    return nn.functional.cross_entropy(torch.relu(z), targets)


def test_the_loss_ignores_the_scale_of_the_weights_and_the_gradient_is_orthogonal_to_them():
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(11, 5, generator=generator, dtype=torch.float64)
    targets = torch.randint(3, (11,), generator=generator)
    weight = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    losses, grads = [], []
    for factor in (1.0, 10.0):
        scaled = (factor * weight).requires_grad_(True)
        losses.append(loss_of(scaled, x, targets))
        losses[-1].backward()
        grads.append(scaled.grad)
    np.testing.assert_allclose(losses[0].item(), losses[1].item(), rtol=1e-12)
    np.testing.assert_allclose(grads[1].numpy() * 10, grads[0].numpy(), atol=1e-12)
    along = (grads[0] * weight).sum(dim=0)  # per unit
    np.testing.assert_allclose(along.numpy(), np.zeros(3), atol=1e-12)
    after = weight - 0.5 * grads[0]
    grown = weight.pow(2).sum(dim=0) + 0.25 * grads[0].pow(2).sum(dim=0)
    np.testing.assert_allclose(after.pow(2).sum(dim=0).numpy(), grown.numpy(), rtol=1e-12)


def test_a_bias_before_the_layer_gets_no_gradient():
    x = torch.randn(7, 5, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    linear = nn.Linear(5, 3, dtype=torch.float64)
    norm = nn.BatchNorm1d(3, dtype=torch.float64)
    (norm(linear(x)) ** 3).sum().backward()
    assert linear.bias.grad.abs().max().item() < 1e-12
    assert linear.weight.grad.abs().max().item() > 1e-3


def test_torch_refuses_one_value_per_channel():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm1d(3)(torch.ones(1, 3))


def test_dropout_before_it_shifts_the_variance():
    # ReLU of a standard normal: variance (1 - 1 / pi) / 2 at inference, 1 - 1 / (2 pi) in training.
    generator = torch.Generator().manual_seed(4)
    h = torch.randn(400_000, generator=generator).relu()
    kept = h * (torch.rand(400_000, generator=generator) >= 0.5) * 2
    np.testing.assert_allclose([h.var().item(), kept.var().item()], [0.341, 0.841], rtol=0.02)
    np.testing.assert_allclose((0.3408 / 0.8408) ** 0.5, 0.637, atol=5e-4)


def test_one_value_per_channel_is_told_with_its_shape():
    one = np.ones(3)
    for shape in ((1, 3), (0, 3)):
        told = rf"^x must have 2 or more values per channel, got \({shape[0]}, 3\)$"
        with pytest.raises(ValueError, match=told):
            batch_norm_train(np.ones(shape), one, one, one, one)
