"""The same numbers and gradients as PyTorch, and the initial checkerboard that the page reports."""

import numpy as np
import torch
import torch.nn.functional as F

from snippets.detection_and_segmentation.transposed_convolution import (
    bilinear_kernel,
    conv2d,
    conv_transpose2d,
    resize_nearest,
)

CASES = [(3, 2, 1, 0, 0), (3, 3, 2, 1, 1), (4, 5, 3, 2, 2), (2, 3, 2, 0, 1), (5, 4, 2, 2, 0)]


def tensor(shape, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_values_match_torch():
    for K_h, K_w, stride, padding, extra in CASES:
        y, weight = tensor((2, 3, 5, 7), 0), tensor((3, 4, K_h, K_w), 1)
        ours = conv_transpose2d(y.numpy(), weight.numpy(), stride, padding, extra)
        theirs = F.conv_transpose2d(y, weight, None, stride, padding, extra)
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-12)
        x = tensor((2, 4, 9, 8), 2)
        np.testing.assert_allclose(conv2d(x.numpy(), weight.numpy(), stride, padding),
                                   F.conv2d(x, weight, None, stride, padding).numpy(), atol=1e-12)


def test_each_is_the_others_backward_pass_in_torch():
    for K_h, K_w, stride, padding, extra in CASES:
        y = tensor((2, 3, 5, 7), 3).requires_grad_()
        weight = tensor((3, 4, K_h, K_w), 4)
        out = F.conv_transpose2d(y, weight, None, stride, padding, extra)
        grad_out = tensor(out.shape, 5)
        out.backward(grad_out)
        backward = conv2d(grad_out.numpy(), weight.numpy(), stride, padding)
        np.testing.assert_allclose(y.grad.numpy(), backward, atol=1e-12)
        x = tensor(out.shape, 6).requires_grad_()
        F.conv2d(x, weight, None, stride, padding).backward(y.detach())
        forward = conv_transpose2d(y.detach().numpy(), weight.numpy(), stride, padding, extra)
        np.testing.assert_allclose(x.grad.numpy(), forward, atol=1e-12)


def test_the_bilinear_kernel_is_bilinear_interpolation_away_from_the_border():
    x = tensor((1, 1, 6, 7), 7)
    for stride in (2, 3, 4):
        kernel = bilinear_kernel(stride)
        ours = conv_transpose2d(x.numpy(), kernel[None, None], stride, (len(kernel) - stride) // 2)
        theirs = F.interpolate(x, scale_factor=stride, mode="bilinear", align_corners=False).numpy()
        inside = (slice(None), slice(None), slice(stride, -stride), slice(stride, -stride))
        np.testing.assert_allclose(ours[inside], theirs[inside], atol=1e-12)
        assert np.abs(ours - theirs).max() > 0.01  # at the border neighbors are missing


def test_nearest_resizing_matches_torch():
    x = tensor((2, 3, 4, 5), 8)
    np.testing.assert_array_equal(resize_nearest(x.numpy(), 3),
                                  F.interpolate(x, scale_factor=3, mode="nearest").numpy())


def test_sub_pixel_convolution_is_a_transposed_convolution_with_a_divisible_kernel():
    # 2C channels at low resolution, shuffled, are C channels at twice the resolution
    y, weight = tensor((1, 3, 5, 6), 9), tensor((3, 2, 4, 4), 10)
    wanted = F.conv_transpose2d(y, weight, stride=2, padding=1)
    # each output phase (a, b) uses the weights u = 3 - a - 2i ... on a 2x2 window of the input
    full = torch.zeros(1, 8, 6, 7, dtype=torch.float64)
    for c in range(2):
        for a in range(2):
            for b in range(2):
                kernel = weight[:, c, a::2, b::2].flip(1, 2)[None]
                full[:, 4 * c + 2 * a + b] = F.conv2d(y, kernel, padding=1)[:, 0]
    shuffled = F.pixel_shuffle(full, 2)
    np.testing.assert_allclose(shuffled[:, :, 1:-1, 1:-1].numpy(), wanted.numpy(), atol=1e-12)


def test_the_wider_type_of_input_and_weight_decides():
    y, weight = np.ones((2, 2, 4, 5), np.float32), np.ones((2, 3, 3, 3), np.float32)
    assert conv_transpose2d(y, weight.astype(np.float64)).dtype == np.float64
    assert conv_transpose2d(y.astype(np.float64), weight).dtype == np.float64
