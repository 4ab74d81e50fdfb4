"""Transposed convolution as scattering, as the adjoint of a convolution, and its checkerboard.

Dumoulin & Visin, "A guide to convolution arithmetic for deep learning",
https://arxiv.org/abs/1603.07285; Odena et al., https://distill.pub/2016/deconv-checkerboard/.
Convolution is cross-correlation here, as in the deep learning libraries.
"""

import numpy as np


# --8<-- [start:conv]
def conv2d(
    x: np.ndarray, weight: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Every output gathers one window: y[n, o, p, q] = sum(window * weight[o]).

    Args:
        x: Shape (N, C, H, W).
        weight: Shape (O, C, K_h, K_w), not flipped.
        stride: Step of the window.
        padding: Zeros on all four sides.

    Returns:
        Shape (N, O, H_out, W_out), H_out = (H + 2 padding - K_h) // stride + 1.
    """
    x = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
    windows = windows[:, :, ::stride, ::stride]  # (N, C, H_out, W_out, K_h, K_w)
    return np.einsum("ncpquv,ocuv->nopq", windows, weight)
# --8<-- [end:conv]


# --8<-- [start:transposed]
def conv_transpose2d(
    y: np.ndarray,
    weight: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
) -> np.ndarray:
    """Every input scatters one scaled copy of the kernel; where they overlap, add.

    The adjoint of ``conv2d`` with the same weight, stride and padding.

    Args:
        y: Shape (N, O, h, w).
        weight: Shape (O, C, K_h, K_w): input channels first.
        stride: Distance between the copies.
        padding: Rows and columns cut off on all four sides.
        output_padding: Rows and columns more at the bottom and right, less than
            ``stride``: it chooses among the sizes that ``conv2d`` maps to (h, w).

    Returns:
        Shape (N, C, H, W), H = (h - 1) stride - 2 padding + K_h + output_padding.

    Raises:
        ValueError: If ``output_padding`` is not in 0 to stride - 1, or ``weight``
            does not begin with the O channels of y.
    """
    if weight.shape[0] != y.shape[1]:
        raise ValueError(f"weight must be ({y.shape[1]}, ...), got {weight.shape}")
    if not 0 <= output_padding < stride:
        raise ValueError(
            f"output_padding must be 0 to {stride - 1}, got {output_padding}"
        )
    N, _, h, w = y.shape
    _, C, K_h, K_w = weight.shape
    full_h = (h - 1) * stride + K_h + output_padding
    full_w = (w - 1) * stride + K_w + output_padding
    full = np.zeros((N, C, full_h, full_w), np.result_type(y, weight))
    for u, v in np.ndindex(K_h, K_w):
        # kernel entry (u, v) of all copies at once: (N, O, h, w) -> (N, C, h, w)
        copies = np.einsum("nopq,oc->ncpq", y, weight[:, :, u, v])
        rows = slice(u, u + stride * h, stride)
        full[:, :, rows, v : v + stride * w : stride] += copies
    return full[:, :, padding : full_h - padding, padding : full_w - padding]
# --8<-- [end:transposed]


# --8<-- [start:matrix]
def conv_matrix(
    size: int, kernel: np.ndarray, stride: int, padding: int
) -> np.ndarray:
    """The matrix of a convolution in one dimension: conv(x) = matrix @ x.

    Its transpose is the transposed convolution, and its rows are shifted kernels.

    Args:
        size: Length of x.
        kernel: Shape (K,).
        stride: Step of the window.
        padding: Zeros at both ends; they have no column.

    Returns:
        Shape (size_out, size), size_out = (size + 2 padding - K) // stride + 1.
    """
    rows = (size + 2 * padding - len(kernel)) // stride + 1
    matrix = np.zeros((rows, size))
    for p, k in np.ndindex(rows, len(kernel)):
        column = p * stride - padding + k
        if 0 <= column < size:
            matrix[p, column] = kernel[k]
    return matrix
# --8<-- [end:matrix]


# --8<-- [start:overlap]
def overlap(size: int, kernel: int, stride: int) -> np.ndarray:
    """How many copies of the kernel reach each output, in one dimension.

    Args:
        size: Length of the input.
        kernel: Length of the kernel.
        stride: Distance between the copies.

    Returns:
        Integers, int64, of shape ((size - 1) stride + kernel,).
    """
    count = np.zeros((size - 1) * stride + kernel, dtype=np.int64)
    for start in range(0, size * stride, stride):
        count[start : start + kernel] += 1
    return count


def resize_nearest(x: np.ndarray, scale: int) -> np.ndarray:
    """Repeat every pixel in both directions: (N, C, h, w) -> (N, C, H, W).

    Args:
        x: Shape (N, C, h, w).
        scale: A whole number >= 1; H = scale * h.
    """
    return x.repeat(scale, axis=2).repeat(scale, axis=3)


def bilinear_kernel(stride: int) -> np.ndarray:
    """The kernel with which a transposed convolution interpolates linearly.

    In one dimension, K = 2 stride - stride % 2 values 1 - |k - center| / stride
    with center = (K - 1) / 2; in two, the outer product.

    Args:
        stride: The factor of up-sampling, >= 1.

    Returns:
        Shape (K, K). With padding = (K - stride) // 2 a map of size h becomes one
        of size stride * h.
    """
    K = 2 * stride - stride % 2
    tent = 1 - np.abs(np.arange(K) - (K - 1) / 2) / stride
    return np.outer(tent, tent)
# --8<-- [end:overlap]


if __name__ == "__main__":
    kernel = np.array([1.0, 2.0, 3.0])
    matrix = conv_matrix(5, kernel, stride=2, padding=0)
    y = np.array([1.0, 10.0])
    print("matrix   ", matrix.tolist())
    print("transpose", (matrix.T @ y).tolist())
    x = np.array([1.0, 0.0, 2.0, 1.0, 1.0])
    print("conv(x) =", (matrix @ x).tolist(), " <conv(x), y> =", matrix @ x @ y,
          " <x, transposed(y)> =", x @ (matrix.T @ y))
    print("back from conv(x):", (matrix.T @ matrix @ x).tolist(), "and not", x.tolist())
    for size in (3, 4):
        print(f"kernel {size}, stride 2: copies per output", overlap(5, size, 2).tolist())
    print("bilinear, stride 2:", bilinear_kernel(2)[1].tolist())
    ones, flat = np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 3))
    out = conv_transpose2d(ones, flat, 2)[0, 0]
    print("3x3 of ones, stride 2, on ones:", out[2:6, 2:6].astype(int).tolist())
    resized = conv2d(resize_nearest(ones, 2), flat, 1)[0, 0]
    print("resize, then 3x3 of ones:", resized[1:3, 1:3].astype(int).tolist())
