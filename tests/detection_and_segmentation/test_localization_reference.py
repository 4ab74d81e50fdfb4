"""The same numbers from PyTorch, and which layers move with the image."""

import numpy as np
import torch
import torch.nn.functional as F

from snippets.detection_and_segmentation.localization import (
    add_coordinates,
    class_activation_map,
    merge,
    soft_argmax,
    soft_argmax_backward,
)
from snippets.detection_and_segmentation.localization_experiment import (
    cell_centers,
    with_coordinates,
)


def tensor(shape, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_soft_argmax_and_its_gradient_match_torch():
    logits, grad_out = tensor((3, 4, 4), 0).requires_grad_(), tensor((3, 2), 1)
    points = logits.flatten(1).softmax(dim=1) @ cell_centers(4, 4).double()
    points.backward(grad_out)
    np.testing.assert_allclose(soft_argmax(logits.detach().numpy(), 4), points.detach().numpy())
    grad = soft_argmax_backward(grad_out.numpy(), logits.detach().numpy(), 4)
    np.testing.assert_allclose(grad, logits.grad.numpy(), atol=1e-12)


def test_a_class_activation_map_is_the_classifier_as_a_1x1_convolution():
    features, layer = tensor((2, 7, 3, 5), 2), torch.nn.Linear(7, 4).double()
    cam = class_activation_map(features.numpy(), layer.weight.detach().numpy())
    conv = F.conv2d(features, layer.weight.detach()[:, :, None, None])
    np.testing.assert_allclose(cam, conv.numpy(), atol=1e-12)
    logits = layer(features.mean(dim=(2, 3))).detach().numpy()
    np.testing.assert_allclose(cam.mean(axis=(2, 3)) + layer.bias.detach().numpy(), logits)


def test_coordinates_and_pyramid_match_torch():
    x = tensor((2, 3, 4, 5), 3)
    np.testing.assert_allclose(add_coordinates(x.numpy()), with_coordinates(x).numpy(), atol=1e-7)
    deep, fine, lateral = tensor((2, 3, 2, 4), 4), tensor((2, 5, 4, 8), 5), tensor((3, 5), 6)
    wanted = F.interpolate(deep, scale_factor=2.0) + F.conv2d(fine, lateral[:, :, None, None])
    np.testing.assert_allclose(merge(deep.numpy(), fine.numpy(), lateral.numpy()), wanted.numpy(), atol=1e-12)


def test_which_layers_move_with_the_image():
    x, weight = tensor((1, 1, 16, 16), 7), tensor((3, 1, 3, 3), 8)

    def conv(image):
        return F.conv2d(F.pad(image, (1, 1, 1, 1), mode="circular"), weight)

    def shift(image, by):
        return image.roll(by, dims=3)

    pooled = F.max_pool2d(conv(x), 2)
    torch.testing.assert_close(conv(shift(x, 1)), shift(conv(x), 1))  # equivariant
    torch.testing.assert_close(F.max_pool2d(conv(shift(x, 2)), 2), shift(pooled, 1))
    off = F.max_pool2d(conv(shift(x, 1)), 2)  # one pixel is half a cell: a different map
    assert all((off - shift(pooled, by)).abs().max() > 0.1 for by in range(8))
    torch.testing.assert_close(conv(shift(x, 1)).mean(dim=(2, 3)), conv(x).mean(dim=(2, 3)))  # invariant
    assert (off.mean() - pooled.mean()).abs() > 1e-3  # pooled first, then averaged: not quite
