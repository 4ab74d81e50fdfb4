"""Fields and sizes by probing: which pixels have a gradient in PyTorch, and how much."""

import numpy as np
import torch
from torch.nn import functional as F

from snippets.convolution.convolution_arithmetic import (
    RESNET50_PAPER,
    RESNET50_TORCHVISION,
    VGG16,
    output_size,
    paths,
    pixels_seen,
    spread,
)


def gradient(layers, size: int, index: int) -> np.ndarray:
    """Gradient of one output with respect to the input, all weights one."""
    x = torch.zeros(1, 1, size, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride, padding, dilation in layers:
        weight = torch.ones(1, 1, kernel, dtype=torch.float64)
        expected = output_size(y.shape[-1], kernel, stride, padding, dilation)
        y = F.conv1d(y, weight, None, stride, padding, dilation)
        assert y.shape[-1] == expected
    y[0, 0, index].backward()
    return x.grad[0, 0].numpy()


def test_the_gradient_covers_the_predicted_pixels_with_the_predicted_paths():
    mixed = [(5, 3, 1, 2), (2, 2, 0, 1), (3, 1, 2, 3)]
    for layers, size, index in [(VGG16, 224, 3), (RESNET50_PAPER, 1024, 16), (mixed, 120, 9),
                                (RESNET50_TORCHVISION, 1024, 15), ([(3, 1, 0, 2)] * 3, 20, 4)]:
        found = gradient(layers, size, index)
        first, last = pixels_seen(layers, index)
        assert first >= 0 and last < size
        np.testing.assert_allclose(found[first:last + 1], paths(layers), rtol=1e-12)
        assert (found[:first] == 0).all() and (found[last + 1:] == 0).all()


def test_vgg16_in_two_dimensions_sees_212_by_212_of_224_pixels():
    x = torch.zeros(1, 1, 224, 224, requires_grad=True)
    y = x
    for kernel, stride, padding, _ in VGG16:
        # a mean reads what a maximum can read
        y = (F.avg_pool2d(y, 2) if stride == 2 else
             F.conv2d(y, torch.full((1, 1, kernel, kernel), 1 / 9), padding=padding))
    assert y.shape[-1] == 7
    y[0, 0, 3, 3].backward()
    rows, columns = (x.grad[0, 0] != 0).nonzero(as_tuple=True)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (6, 217, 6, 217)


def test_with_random_weights_and_relu_the_squared_gradient_spreads_like_the_paths():
    generator, layers = torch.Generator().manual_seed(0), [(3, 1, 1, 1)] * 20
    energy = np.zeros(61)
    for _ in range(12):
        x = torch.randn(1, 8, 61, generator=generator, requires_grad=True)
        y = x
        for _ in range(20):
            width = 8 if y is x else 64
            weight = torch.randn(64, width, 3, generator=generator) * (2 / (3 * width)) ** 0.5
            y = F.conv1d(y, weight, padding=1).relu()
        y[0, :, 30].sum().backward()
        energy += (x.grad[0] ** 2).sum(0).numpy()
    position = np.arange(61) - 30
    measured = np.sqrt((energy * position**2).sum() / energy.sum())
    assert abs(measured / spread(layers) - 1) < 0.1
