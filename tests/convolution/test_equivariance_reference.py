"""The same layers from PyTorch, and the same commuting."""

import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from snippets.convolution.equivariance import conv2d, downsample, example, features


def arrays(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_convolution_matches_torch():
    x, weight = arrays(2, 3, 5, 7, seed=0), arrays(4, 3, 3, 3, seed=1)
    zeros = F.conv2d(x, weight, padding=1)
    around = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="circular"), weight)
    np.testing.assert_allclose(conv2d(x.numpy(), weight.numpy(), False), zeros, atol=1e-12)
    np.testing.assert_allclose(conv2d(x.numpy(), weight.numpy()), around, atol=1e-12)


def test_max_pooling_matches_torch():
    x = arrays(2, 3, 6, 8, seed=2)
    np.testing.assert_array_equal(downsample(x.numpy(), "max"), F.max_pool2d(x, 2))


def test_blur_pooling_is_a_strided_depthwise_convolution():
    x = arrays(2, 3, 6, 8, seed=3)
    kernel = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64) / 4
    kernel = torch.outer(kernel, kernel).expand(3, 1, 3, 3)
    maxima = F.max_pool2d(F.pad(x, (0, 1, 0, 1), mode="circular"), 2, stride=1)
    blurred = F.conv2d(F.pad(maxima, (1, 1, 1, 1), mode="circular"), kernel, stride=2, groups=3)
    np.testing.assert_allclose(downsample(x.numpy(), "blur"), blurred, atol=1e-12)


def test_the_network_matches_torch():
    x, weights = example(images=3, size=16)
    layers = []
    for weight in weights:
        c_out, c_in = weight.shape[:2]
        layer = torch.nn.Conv2d(c_in, c_out, 3, padding=1, padding_mode="circular", bias=False,
                                dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight))
        layers += [layer, torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
    net = torch.nn.Sequential(*layers[:-1], torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    with torch.no_grad():
        np.testing.assert_allclose(features(x, weights, "max"), net(torch.from_numpy(x)), atol=1e-12)


def test_an_odd_size_is_refused_with_the_shape():
    for shape in ((1, 1, 4, 5), (1, 1, 5, 4)):
        refused = f"x must have even height and width, got {shape}"
        with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
            downsample(np.ones(shape), "max")
