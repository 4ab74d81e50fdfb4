"""The same numbers from PyTorch's conv2d and linear layers, and from scikit-learn."""

import numpy as np
import torch
from sklearn.decomposition import TruncatedSVD
from torch.nn import functional as F

from snippets.convolution.one_by_one_convolution import best_reduction, conv1x1


def test_it_is_conv2d_with_a_1x1_kernel_and_a_linear_layer_with_channels_last():
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(shape, generator=generator, dtype=torch.float64)
                       for shape in [(2, 3, 5, 7), (4, 3), (4,)])
    for stride in (1, 2, 3):
        ours = conv1x1(x.numpy(), weight.numpy(), bias.numpy(), stride)
        theirs = F.conv2d(x, weight[:, :, None, None], bias, stride)
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-12)
        linear = F.linear(x[:, :, ::stride, ::stride].movedim(1, -1), weight, bias)
        np.testing.assert_allclose(ours, linear.movedim(-1, 1).numpy(), atol=1e-12)


def test_the_first_linear_layer_of_vgg_is_a_7x7_convolution_and_the_next_a_1x1():
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(2, 3, 7, 7, generator=generator, dtype=torch.float64)
    first = torch.randn(5, 3 * 49, generator=generator, dtype=torch.float64)
    second = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    maps = F.conv2d(F.conv2d(x, first.view(5, 3, 7, 7)).relu(), second[:, :, None, None])
    torch.testing.assert_close(maps[:, :, 0, 0], (x.flatten(1) @ first.T).relu() @ second.T)
    larger = torch.randn(2, 3, 9, 10, generator=generator, dtype=torch.float64)
    assert F.conv2d(larger, first.view(5, 3, 7, 7)).shape == (2, 5, 3, 4)


def test_the_best_reduction_spans_what_scikit_learn_finds():
    x = np.random.default_rng(2).normal(size=(2, 6, 5, 7)) * np.arange(1, 7)[:, None, None]
    rows = TruncatedSVD(3, algorithm="arpack").fit(
        x.transpose(0, 2, 3, 1).reshape(-1, 6)).components_
    ours = best_reduction(x, 3)
    np.testing.assert_allclose(ours.T @ ours, rows.T @ rows, atol=1e-8)  # the projections
