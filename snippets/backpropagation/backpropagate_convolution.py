"""Convolution layer, forward and backward: loops over the kernel, everything else vectorized.

Sizes and the stretched, padded form follow Dumoulin and Visin, *A guide to convolution
arithmetic for deep learning*, https://arxiv.org/abs/1603.07285, chapter 4.
"""

from collections.abc import Iterator

import numpy as np


# --8<-- [start:windows]
def _pad(x: np.ndarray, padding: int) -> np.ndarray:
    if padding < 0:
        raise ValueError(f"padding must not be negative, got {padding}")
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def windows(
    height: int, width: int, kernel: tuple[int, int], stride: int
) -> Iterator[tuple[int, int, slice, slice]]:
    """Kernel offsets, each with the rows and columns of the padded input that it meets.

    Args:
        height, width: Size of the *padded* input.
        kernel: Height and width of the kernel, K_h and K_w.
        stride: Step of the kernel in both directions, >= 1.

    Yields:
        For each offset u < K_h and v < K_w, row by row: u, v, and the slices
        u, u + stride, ... (H_out entries) and v, v + stride, ... (W_out entries), where
        H_out = (height - K_h) // stride + 1 and likewise W_out.

    Raises:
        ValueError: If the kernel is larger than the padded input, or stride < 1.

    >>> for u, v, rows, columns in windows(1, 6, (1, 3), stride=2):
    ...     print(v, list(range(6))[columns])
    0 [0, 2]
    1 [1, 3]
    2 [2, 4]
    """
    if stride < 1:
        raise ValueError(f"stride must be at least 1, got {stride}")
    if kernel[0] > height or kernel[1] > width:
        raise ValueError(f"kernel {kernel} does not fit the padded input {(height, width)}")
    for u in range(kernel[0]):
        for v in range(kernel[1]):
            rows = slice(u, height - kernel[0] + u + 1, stride)  # H_out rows
            columns = slice(v, width - kernel[1] + v + 1, stride)
            yield u, v, rows, columns
# --8<-- [end:windows]


# --8<-- [start:forward]
def conv2d(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Cross-correlate every image with every filter: what deep learning calls convolution.

    Args:
        x: Images, shape (N, C_in, H, W).
        weight: Filters, shape (C_out, C_in, K_h, K_w).
        bias: Shape (C_out,).
        stride: Step in both directions, >= 1.
        padding: Rows and columns of zeros on all four sides, >= 0.

    Returns:
        Shape (N, C_out, H_out, W_out), H_out = (H + 2 padding - K_h) // stride + 1.

    Raises:
        ValueError: If ``x`` and ``weight`` differ in C_in, ``padding`` is negative,
            or the kernel does not fit.
    """
    if x.shape[1] != weight.shape[1]:
        raise ValueError(f"x has {x.shape[1]} channels, weight expects {weight.shape[1]}")
    padded = _pad(x, padding)
    out = bias[:, None, None]  # (C_out, 1, 1) broadcasts over images and positions
    for u, v, rows, columns in windows(*padded.shape[2:], weight.shape[2:], stride):
        seen = padded[:, :, rows, columns]  # (N, C_in, H_out, W_out)
        out = out + np.einsum("ncpq,oc->nopq", seen, weight[:, :, u, v])
    return out
# --8<-- [end:forward]


# --8<-- [start:backward]
def conv2d_backward(
    grad_out: np.ndarray, x: np.ndarray, weight: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of ``conv2d``: where the forward pass read, the backward pass adds.

    Args:
        grad_out: Gradient of the loss with respect to the output, (N, C_out, H_out, W_out).
        x, weight, stride, padding: What the forward pass used.

    Returns:
        Gradients with respect to x, weight and bias, each of that array's shape.

    Raises:
        ValueError: If the height and width of ``grad_out`` are not the output's:
            broadcasting would accept 1 x 1.
    """
    padded = _pad(x, padding)
    grad_padded = np.zeros_like(padded)
    grad_weight = np.zeros_like(weight)
    for u, v, rows, columns in windows(*padded.shape[2:], weight.shape[2:], stride):
        seen = padded[:, :, rows, columns]  # (N, C_in, H_out, W_out)
        if grad_out.shape[2:] != seen.shape[2:]:
            raise ValueError(f"grad_out is {grad_out.shape[2:]}, the output {seen.shape[2:]}")
        grad_weight[:, :, u, v] = np.einsum("nopq,ncpq->oc", grad_out, seen)
        # += because windows overlap: a pixel collects from every output that read it
        grad_padded[:, :, rows, columns] += np.einsum(
            "nopq,oc->ncpq", grad_out, weight[:, :, u, v]
        )
    height, width = x.shape[2:]
    grad_x = grad_padded[:, :, padding : padding + height, padding : padding + width]
    return grad_x, grad_weight, grad_out.sum(axis=(0, 2, 3))
# --8<-- [end:backward]


# --8<-- [start:transposed]
def grad_input_as_convolution(
    grad_out: np.ndarray, weight: np.ndarray, size: tuple[int, int], stride: int, padding: int
) -> np.ndarray:
    """The same gradient of the input, as one ordinary convolution at stride 1.

    Put stride - 1 zeros between the entries of ``grad_out``, add a border of zeros,
    flip the kernel in both directions, swap its channel axes, correlate, crop the padding.

    Args:
        grad_out: Shape (N, C_out, H_out, W_out).
        weight: Shape (C_out, C_in, K_h, K_w).
        size: H and W of the input: several sizes lead to the same H_out.
        stride, padding: What the forward pass used.

    Returns:
        Shape (N, C_in, H, W).
    """
    height, width = size
    batch, out_channels = grad_out.shape[:2]
    kernel_height, kernel_width = weight.shape[2:]
    # K_h - 1 zeros before and after make the flipped kernel meet every row; counting from the
    # input's own height puts the rows lost to the stride among the zeros at the bottom.
    spread_height = height + 2 * padding + kernel_height - 1
    spread_width = width + 2 * padding + kernel_width - 1
    spread = np.zeros((batch, out_channels, spread_height, spread_width), dtype=grad_out.dtype)
    last_row, last_column = (stride * (count - 1) for count in grad_out.shape[2:])
    rows = slice(kernel_height - 1, kernel_height + last_row, stride)
    columns = slice(kernel_width - 1, kernel_width + last_column, stride)
    spread[:, :, rows, columns] = grad_out
    flipped = weight[:, :, ::-1, ::-1].swapaxes(0, 1)  # (C_in, C_out, K_h, K_w)
    no_bias = np.zeros(len(flipped), dtype=weight.dtype)
    full = conv2d(spread, flipped, no_bias)  # (N, C_in, H + 2P, W + 2P)
    return full[:, :, padding : padding + height, padding : padding + width]
# --8<-- [end:transposed]


if __name__ == "__main__":
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    weight, bias = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.zeros(1)
    grad_out = np.array([[[[1.0, 0.0], [-1.0, 2.0]]]])
    out = conv2d(x, weight, bias)
    grad_x, grad_weight, grad_bias = conv2d_backward(grad_out, x, weight)
    print("output     ", out[0, 0].tolist())
    print("grad weight", grad_weight[0, 0].tolist(), "grad bias", grad_bias.tolist())
    print("grad x     ", grad_x[0, 0].tolist())
    print("<out, grad_out>, <weight, grad_weight>, <x, grad_x>:",
          np.sum(out * grad_out), np.sum(weight * grad_weight), np.sum(x * grad_x))

    row, kernel = np.arange(1.0, 7.0).reshape(1, 1, 1, 6), np.array([[[[1.0, 2.0, 3.0]]]])
    print("stride 2   ", conv2d(row, kernel, bias, stride=2)[0, 0, 0].tolist())
    one_row = np.array([[[[10.0, 1.0]]]])
    print("grad row   ", conv2d_backward(one_row, row, kernel, stride=2)[0][0, 0, 0].tolist())

    ones = np.ones((1, 1, 3, 3))
    counts = conv2d_backward(ones, np.zeros((1, 1, 7, 7)), np.ones((1, 1, 3, 3)), stride=2)[0]
    print("how many outputs read each pixel, 3 x 3 kernel at stride 2:")
    print(counts[0, 0].astype(np.int32))
