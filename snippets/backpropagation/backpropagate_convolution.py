"""Convolution layer, forward and backward: loops over the kernel, everything else vectorized.

Sizes and the stretched, padded form follow Dumoulin and Visin, *A guide to convolution
arithmetic for deep learning*, https://arxiv.org/abs/1603.07285, chapter 4.
"""

import numpy as np


# --8<-- [start:shape]
def output_shape(
    x_shape: tuple[int, ...],
    weight_shape: tuple[int, ...],
    stride: int,
    padding: int,
) -> tuple[int, int, int, int]:
    """Shape of the output: N, C_out, H_out, W_out.

    H_out = (H + 2 padding - K_h) // stride + 1, and likewise W_out.

    Args:
        x_shape: N, C_in, H, W.
        weight_shape: C_out, C_in, K_h, K_w.
        stride: Step in both directions, >= 1.
        padding: Rows and columns of zeros on all four sides, >= 0.

    Raises:
        ValueError: If the two C_in differ, ``stride`` or ``padding`` is out of
            range, or the kernel is larger than the padded input.

    >>> output_shape((7, 3, 5, 6), (2, 3, 3, 3), stride=2, padding=0)
    (7, 2, 2, 2)
    """
    if x_shape[1] != weight_shape[1]:
        raise ValueError(f"x has {x_shape[1]} channels, weight {weight_shape[1]}")
    if stride < 1 or padding < 0:
        raise ValueError(f"need stride >= 1, padding >= 0, got {stride}, {padding}")
    rows_left = x_shape[2] + 2 * padding - weight_shape[2]
    columns_left = x_shape[3] + 2 * padding - weight_shape[3]
    if rows_left < 0 or columns_left < 0:
        raise ValueError(f"kernel of {weight_shape} does not fit x of {x_shape}")
    out_size = rows_left // stride + 1, columns_left // stride + 1
    return x_shape[0], weight_shape[0], *out_size
# --8<-- [end:shape]


# --8<-- [start:forward]
def conv2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int = 1,
    padding: int = 0,
) -> np.ndarray:
    """Cross-correlate every image with every filter.

    Args:
        x: Images, shape (N, C_in, H, W).
        weight: Filters, shape (C_out, C_in, K_h, K_w).
        bias: Shape (C_out,).
        stride: Step in both directions, >= 1.
        padding: Rows and columns of zeros on all four sides, >= 0.

    Returns:
        Shape (N, C_out, H_out, W_out), see ``output_shape``.

    Raises:
        ValueError: As ``output_shape``, or if ``bias`` has another shape.
    """
    if bias.shape != weight.shape[:1]:
        raise ValueError(f"bias must be {weight.shape[:1]}, got {bias.shape}")
    *_, height, width = output_shape(x.shape, weight.shape, stride, padding)
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    out = bias[:, None, None]  # (C_out, 1, 1) broadcasts over images and positions
    for u, v in np.ndindex(*weight.shape[2:]):
        rows = slice(u, u + stride * height, stride)  # H_out rows
        columns = slice(v, v + stride * width, stride)
        seen = padded[:, :, rows, columns]  # (N, C_in, H_out, W_out)
        out = out + np.einsum("ncpq,oc->nopq", seen, weight[:, :, u, v])
    return out
# --8<-- [end:forward]


# --8<-- [start:backward]
def conv2d_backward(
    grad_out: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray,
    stride: int = 1,
    padding: int = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of ``conv2d``: where the forward pass read, add.

    Args:
        grad_out: Gradient with respect to the output, (N, C_out, H_out, W_out).
        x: The images that the forward pass read.
        weight: The filters that it used.
        stride: Its stride.
        padding: Its padding.

    Returns:
        Gradients with respect to x, weight and bias, each of that array's shape.

    Raises:
        ValueError: As ``output_shape``, or if ``grad_out`` has not that shape:
            ``einsum`` would broadcast an axis of length 1.
    """
    shape = output_shape(x.shape, weight.shape, stride, padding)
    if grad_out.shape != shape:
        raise ValueError(f"grad_out must be {shape}, got {grad_out.shape}")
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    dtype = np.result_type(grad_out, x, weight)  # integer x must not truncate
    grad_padded = np.zeros(padded.shape, dtype)
    grad_weight = np.zeros(weight.shape, dtype)
    for u, v in np.ndindex(*weight.shape[2:]):
        rows = slice(u, u + stride * shape[2], stride)
        columns = slice(v, v + stride * shape[3], stride)
        seen = padded[:, :, rows, columns]  # (N, C_in, H_out, W_out)
        grad_weight[:, :, u, v] = np.einsum("nopq,ncpq->oc", grad_out, seen)
        # += because windows overlap: several outputs have read a pixel
        grad_padded[:, :, rows, columns] += np.einsum(
            "nopq,oc->ncpq", grad_out, weight[:, :, u, v]
        )
    bottom, right = padding + x.shape[2], padding + x.shape[3]
    grad_x = grad_padded[:, :, padding:bottom, padding:right]  # crop the padding
    return grad_x, grad_weight, grad_out.sum(axis=(0, 2, 3))
# --8<-- [end:backward]


# --8<-- [start:flipped]
def grad_input_stride_one(grad_out: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The same gradient of x for stride 1 and no padding, as one ``conv2d``.

    Pad ``grad_out`` with K - 1 zeros on each side, flip the kernel in both
    directions, swap its channel axes, correlate.

    Args:
        grad_out: Gradient with respect to the output, (N, C_out, H_out, W_out).
        weight: Shape (C_out, C_in, K_h, K_w).

    Returns:
        Shape (N, C_in, H_out + K_h - 1, W_out + K_w - 1), the shape of x.
    """
    border_h, border_w = weight.shape[2] - 1, weight.shape[3] - 1
    spread = np.pad(
        grad_out, [(0, 0), (0, 0), (border_h, border_h), (border_w, border_w)]
    )
    flipped = weight[:, :, ::-1, ::-1].swapaxes(0, 1)  # (C_in, C_out, K_h, K_w)
    return conv2d(spread, flipped, np.zeros(weight.shape[1], weight.dtype))
# --8<-- [end:flipped]


if __name__ == "__main__":
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    weight, bias = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.zeros(1)
    grad_out = np.array([[[[1.0, 0.0], [-1.0, 2.0]]]])
    out = conv2d(x, weight, bias)
    grad_x, grad_weight, grad_bias = conv2d_backward(grad_out, x, weight)
    print("output     ", out[0, 0].tolist())
    print("grad weight", grad_weight[0, 0].tolist(), "grad bias", grad_bias.tolist())
    print("grad x     ", grad_x[0, 0].tolist())
    print("the three inner products:", np.sum(out * grad_out),
          np.sum(weight * grad_weight), np.sum(x * grad_x))
    row, kernel = np.arange(1.0, 7.0).reshape(1, 1, 1, 6), np.array([[[[1.0, 2.0, 3.0]]]])
    print("stride 2   ", conv2d(row, kernel, bias, stride=2)[0, 0, 0].tolist())
    one_row = np.array([[[[10.0, 1.0]]]])
    print("grad row   ", conv2d_backward(one_row, row, kernel, stride=2)[0][0, 0, 0].tolist())
