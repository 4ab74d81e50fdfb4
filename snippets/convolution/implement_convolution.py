"""2D convolution with stride, padding, dilation and groups: as loops and as matrix products.

Sizes follow Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*,
https://arxiv.org/abs/1603.07285; the matrix form Chellapilla, Puri and Simard,
*High Performance Convolutional Neural Networks for Document Processing*, 2006,
https://inria.hal.science/inria-00112631
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


# --8<-- [start:shape]
def output_shape(
    x_shape: tuple[int, ...], weight_shape: tuple[int, ...],
    stride: int, padding: int, dilation: int, groups: int,
) -> tuple[int, int, int, int]:
    """Shape of the output, (N, C_out, H_out, W_out).

    A kernel of K taps, ``dilation`` apart, reaches over dilation * (K - 1) + 1
    pixels; H_out = (H + 2 padding - reach) // stride + 1, and likewise W_out.

    Args:
        x_shape: N, C_in, H, W.
        weight_shape: C_out, C_in / groups, K_h, K_w.
        stride: Step between windows, >= 1.
        padding: Rows and columns of zeros on each side, >= 0.
        dilation: Step between the kernel's taps, >= 1.
        groups: Input and output channels are split into this many groups, >= 1.

    Raises:
        ValueError: If a number is out of range, ``groups`` does not divide both
            channel numbers, the weight's second axis is not C_in / groups, the
            kernel has not two axes, or it reaches beyond the padded input.

    >>> output_shape((7, 4, 8, 9), (6, 2, 3, 3), 2, 1, 2, groups=2)
    (7, 6, 3, 4)
    """
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError(f"need stride, dilation, groups >= 1, padding >= 0, "
                         f"got {stride}, {dilation}, {groups}, {padding}")
    if x_shape[1] != weight_shape[1] * groups or weight_shape[0] % groups:
        raise ValueError(f"weight {weight_shape} and groups {groups} do not fit "
                         f"x {x_shape}")
    reach = [dilation * (taps - 1) + 1 for taps in weight_shape[2:]]
    rows, columns = (size + 2 * padding - r
                     for size, r in zip(x_shape[2:], reach, strict=True))
    if rows < 0 or columns < 0:
        raise ValueError(f"kernel reaches over {reach}, beyond padded x {x_shape}")
    return x_shape[0], weight_shape[0], rows // stride + 1, columns // stride + 1
# --8<-- [end:shape]


def pad(x: np.ndarray, padding: int) -> np.ndarray:
    """Zeros around each map: (N, C, H, W) -> (N, C, H + 2 P, W + 2 P)."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


# --8<-- [start:loops]
def conv2d_loops(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray,
    stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1,
) -> np.ndarray:
    """The definition: one multiplication per output number and weight that it uses.

    Args:
        x: Images, shape (N, C_in, H, W).
        weight: Filters, shape (C_out, C_in / groups, K_h, K_w).
        bias: Shape (C_out,).
        stride: Step between windows.
        padding: Rows and columns of zeros on each side.
        dilation: Step between the kernel's taps.
        groups: Output channel o reads only the input channels of its own group.

    Returns:
        Shape (N, C_out, H_out, W_out), of the arrays' common type: convert 8-bit
        images first, their sums wrap around at 256.

    Raises:
        ValueError: As ``output_shape``, or if there is not one bias per channel.
    """
    shape = output_shape(x.shape, weight.shape, stride, padding, dilation, groups)
    if bias.shape != weight.shape[:1]:
        raise ValueError(f"bias {bias.shape} does not fit weight {weight.shape}")
    padded = pad(x, padding)
    out = np.zeros(shape, np.result_type(x, weight, bias))
    for n, o, p, q in np.ndindex(*shape):
        first = o // (shape[1] // groups) * weight.shape[1]  # channel of its group
        total = bias[o]
        for c, u, v in np.ndindex(*weight.shape[1:]):
            row, column = stride * p + dilation * u, stride * q + dilation * v
            total += weight[o, c, u, v] * padded[n, first + c, row, column]
        out[n, o, p, q] = total
    return out
# --8<-- [end:loops]


# --8<-- [start:windows]
def windows(
    x: np.ndarray, kernel: tuple[int, int],
    stride: int = 1, padding: int = 0, dilation: int = 1,
) -> np.ndarray:
    """What each output position reads, without copying the padded input.

    Args:
        x: Images, shape (N, C, H, W).
        kernel: K_h and K_w.
        stride: Step between windows.
        padding: Rows and columns of zeros on each side.
        dilation: Step between the kernel's taps.

    Returns:
        Read-only view, shape (N, C, H_out, W_out, K_h, K_w).
    """
    reach = [dilation * (taps - 1) + 1 for taps in kernel]
    view = sliding_window_view(pad(x, padding), reach, axis=(2, 3))
    # every window and every pixel in it -> the strided windows and the dilated taps
    return view[:, :, ::stride, ::stride, ::dilation, ::dilation]
# --8<-- [end:windows]


# --8<-- [start:im2col]
def im2col(seen: np.ndarray, groups: int) -> np.ndarray:
    """One row of numbers per output position, copied: a patch matrix per group.

    Args:
        seen: From ``windows``, shape (N, C, H_out, W_out, K_h, K_w).
        groups: Number of groups, divides C.

    Returns:
        Shape (N, groups, H_out * W_out, C / groups * K_h * K_w); within a row
        channel, then kernel row, then kernel column, as in a flattened filter.
    """
    n, c, height, width, k_h, k_w = seen.shape
    split = seen.reshape(n, groups, c // groups, height, width, k_h, k_w)
    rows = split.transpose(0, 1, 3, 4, 2, 5, 6)  # positions first, then one patch
    return rows.reshape(n, groups, height * width, c // groups * k_h * k_w)


def conv2d(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray,
    stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1,
) -> np.ndarray:
    """``conv2d_loops`` as a matrix product per image and group. Same arguments."""
    shape = output_shape(x.shape, weight.shape, stride, padding, dilation, groups)
    if bias.shape != weight.shape[:1]:
        raise ValueError(f"bias {bias.shape} does not fit weight {weight.shape}")
    seen = windows(x, weight.shape[2:], stride, padding, dilation)
    filters = weight.reshape(groups, shape[1] // groups, -1)
    # (G, C_out / G, CKK / G) @ (N, G, CKK / G, HW) -> (N, G, C_out / G, HW)
    out = filters @ im2col(seen, groups).swapaxes(2, 3)
    return out.reshape(shape) + bias[:, None, None]
# --8<-- [end:im2col]


# --8<-- [start:backward]
def conv2d_backward(
    grad_out: np.ndarray, x: np.ndarray, weight: np.ndarray,
    stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of ``conv2d``: two matrix products, and col2im.

    Args:
        grad_out: Gradient with respect to the output, (N, C_out, H_out, W_out).
        x: The images that the forward pass read.
        weight: The filters that it used.
        stride: Its stride.
        padding: Its padding.
        dilation: Its dilation.
        groups: Its groups.

    Returns:
        Gradients with respect to x, weight and bias.

    Raises:
        ValueError: As ``output_shape``, or if ``grad_out`` has not that shape.
    """
    shape = output_shape(x.shape, weight.shape, stride, padding, dilation, groups)
    if grad_out.shape != shape:
        raise ValueError(f"grad_out must be {shape}, got {grad_out.shape}")
    n, c_out, height, width = shape
    seen = windows(x, weight.shape[2:], stride, padding, dilation)
    grad = grad_out.reshape(n, groups, c_out // groups, height * width)
    grad_weight = (grad @ im2col(seen, groups)).sum(axis=0).reshape(weight.shape)
    filters = weight.reshape(groups, c_out // groups, -1)
    # gradient of each patch entry: (N, G, CKK / G, HW) -> (N, C, K_h, K_w, H', W')
    grad_seen = (filters.swapaxes(1, 2) @ grad).reshape(
        n, x.shape[1], *weight.shape[2:], height, width)
    grad_x = pad(np.zeros(x.shape, grad_seen.dtype), padding)
    for u, v in np.ndindex(*weight.shape[2:]):
        rows = slice(dilation * u, dilation * u + stride * height, stride)
        columns = slice(dilation * v, dilation * v + stride * width, stride)
        grad_x[:, :, rows, columns] += grad_seen[:, :, u, v]  # windows overlap: add
    bottom, right = padding + x.shape[2], padding + x.shape[3]
    return (grad_x[:, :, padding:bottom, padding:right], grad_weight,
            grad_out.sum(axis=(0, 2, 3)))
# --8<-- [end:backward]


if __name__ == "__main__":
    x = np.arange(1.0, 17.0).reshape(1, 1, 4, 4)
    weight, bias = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.zeros(1)
    print("patches", im2col(windows(x, (2, 2), stride=2), 1)[0, 0].astype(int).tolist())
    print("stride 2", conv2d(x, weight, bias, stride=2)[0, 0].tolist())
    print("dilation 2", conv2d(x, weight, bias, dilation=2)[0, 0].tolist())
    print("dilation 3", conv2d(x, weight, bias, dilation=3)[0, 0].tolist())
    print("padding 1, stride 3", conv2d(x, weight, bias, 3, padding=1)[0, 0].tolist())
