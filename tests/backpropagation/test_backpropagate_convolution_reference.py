"""The same numbers as PyTorch: conv2d, its three gradients, and conv_transpose2d."""

import itertools
import re

import numpy as np
import pytest
import torch

from snippets.backpropagation.backpropagate_convolution import (
    conv2d,
    conv2d_backward,
    grad_input_stride_one,
)

KERNELS = [(1, 1), (2, 2), (3, 3), (2, 5), (4, 3)]
CASES = list(itertools.product(KERNELS, (1, 2, 3), (0, 1, 2), [(5, 7), (6, 8), (9, 5)]))


@pytest.mark.parametrize("kernel", KERNELS)
def test_forward_and_gradients_match_torch(kernel):
    generator = torch.Generator().manual_seed(sum(kernel))
    uneven = 0
    for _, stride, padding, size in (case for case in CASES if case[0] == kernel):
        x, weight, bias = (
            torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
            for shape in [(2, 3, *size), (5, 3, *kernel), (5,)]
        )
        out = torch.nn.functional.conv2d(x, weight, bias, stride, padding)
        grad_out = torch.randn(out.shape, generator=generator, dtype=torch.float64)
        out.backward(grad_out)
        ours = [array.detach().numpy() for array in (x, weight, bias)]
        np.testing.assert_allclose(
            conv2d(*ours, stride, padding), out.detach().numpy(), atol=1e-12
        )
        grads = conv2d_backward(grad_out.numpy(), *ours[:2], stride, padding)
        for grad, theirs in zip(grads, (x, weight, bias), strict=True):
            np.testing.assert_allclose(grad, theirs.grad.numpy(), atol=1e-11)

        if stride == 1 and padding == 0:
            by_flipping = grad_input_stride_one(grad_out.numpy(), ours[1])
            np.testing.assert_allclose(by_flipping, x.grad.numpy(), atol=1e-11)
        # What the stride leaves over is what PyTorch calls output_padding.
        lost = [(n + 2 * padding - k) % stride for n, k in zip(size, kernel, strict=True)]
        uneven += any(lost)
        transposed = torch.nn.functional.conv_transpose2d(
            grad_out, weight.detach(), stride=stride, padding=padding, output_padding=lost
        )
        np.testing.assert_allclose(grads[0], transposed.numpy(), atol=1e-11)
    assert len(CASES) == 135  # as the page says
    assert uneven >= 10  # the sweep must contain strides that do not divide


def test_transposed_is_the_adjoint_and_not_the_inverse():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1, 2, 6, 6, generator=generator, dtype=torch.float64)
    weight = torch.randn(3, 2, 3, 3, generator=generator, dtype=torch.float64)
    out = conv2d(x.numpy(), weight.numpy(), np.zeros(3))
    back = conv2d_backward(out, x.numpy(), weight.numpy())[0]
    np.testing.assert_allclose(np.sum(out * out), np.sum(x.numpy() * back))
    assert back.shape == x.shape and not np.allclose(back, x.numpy(), atol=0.5)


def test_a_kernel_larger_than_the_input_is_named_with_both_shapes():
    weight, bias = np.ones((2, 3, 3, 3)), np.zeros(2)
    for shape in ((2, 3, 2, 5), (2, 3, 5, 2)):
        refused = f"kernel of {weight.shape} does not fit x of {shape}"
        with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
            conv2d(np.ones(shape), weight, bias)
