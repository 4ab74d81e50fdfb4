"""The same numbers as torch.nn.functional.conv2d, forward and gradients, in float64."""

import itertools
import re

import numpy as np
import pytest
import torch

from snippets.convolution.implement_convolution import conv2d, conv2d_backward, im2col, output_shape, windows

CASES = [
    (groups, *case) for groups, case in itertools.product(
        (1, 2, 6), itertools.product(((1, 1), (3, 2), (2, 3)), (1, 2, 3), (0, 2), (1, 2)))
]


def test_forward_and_gradients_match_torch():
    generator = torch.Generator().manual_seed(0)
    assert len(CASES) == 108  # as the page says
    for groups, kernel, stride, padding, dilation in CASES:
        x, weight, bias = (
            torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
            for shape in [(2, 6, 7, 8), (12, 6 // groups, *kernel), (12,)])
        options = stride, padding, dilation, groups
        out = torch.nn.functional.conv2d(x, weight, bias, *options)
        grad_out = torch.randn(out.shape, generator=generator, dtype=torch.float64)
        out.backward(grad_out)
        ours = [t.detach().numpy() for t in (x, weight, bias)]
        np.testing.assert_allclose(conv2d(*ours, *options), out.detach().numpy(), atol=1e-12)
        grads = conv2d_backward(grad_out.numpy(), *ours[:2], *options)
        for grad, tensor in zip(grads, (x, weight, bias), strict=True):
            np.testing.assert_allclose(grad, tensor.grad.numpy(), atol=1e-11)


def test_the_patch_matrix_is_torchs_unfold():
    x = torch.randn(2, 3, 7, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    theirs = torch.nn.functional.unfold(x, (3, 2), dilation=2, padding=1, stride=2)
    ours = im2col(windows(x.numpy(), (3, 2), 2, 1, 2), 1)[:, 0]
    np.testing.assert_array_equal(ours.swapaxes(1, 2), theirs.numpy())


def test_a_kernel_beyond_the_input_is_refused_with_its_reach():
    for x_shape, dilation, reach in (((1, 1, 5, 5), 3, [7, 7]), ((1, 1, 5, 2), 1, [3, 3])):
        refused = f"kernel reaches over {reach}, beyond padded x {x_shape}"
        with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
            output_shape(x_shape, (1, 1, 3, 3), 1, 0, dilation, 1)
