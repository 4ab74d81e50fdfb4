"""Max and average pooling, forward and backward, with stride, padding and overlapping windows.

What padding, ties and borders mean is not settled by the mathematics; this follows PyTorch:
https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
"""

import numpy as np


# --8<-- [start:windows]
def output_size(
    x_shape: tuple[int, ...], kernel: tuple[int, int], stride: int, padding: int
) -> tuple[int, int]:
    """Rows and columns of the output, rows (H + 2 padding - K_h) // stride + 1.

    Args:
        x_shape: N, C, H, W.
        kernel: Rows and columns of the window, >= 1.
        stride: Step in both directions, >= 1.
        padding: Rows and columns added on all four sides, >= 0.

    Raises:
        ValueError: If ``x_shape`` has not four axes, ``stride``, ``kernel`` or
            ``padding`` is out of range, ``padding`` is more than half of
            ``kernel``, or ``kernel`` is larger than the padded input.

    >>> output_size((1, 1, 5, 8), kernel=(3, 2), stride=2, padding=1)
    (3, 5)
    """
    if len(x_shape) != 4:
        raise ValueError(f"x must be (N, C, H, W), got {x_shape}")
    if stride < 1 or min(kernel) < 1:
        raise ValueError(f"stride and kernel must be >= 1, got {stride}, {kernel}")
    if not 0 <= 2 * padding <= min(kernel):
        raise ValueError(f"padding must be 0 to {min(kernel) // 2}, got {padding}")
    rows_left = x_shape[2] + 2 * padding - kernel[0]
    columns_left = x_shape[3] + 2 * padding - kernel[1]
    if rows_left < 0 or columns_left < 0:
        raise ValueError(f"kernel {kernel} does not fit x of {x_shape}")
    return rows_left // stride + 1, columns_left // stride + 1


def window_slices(
    size: tuple[int, int], kernel: tuple[int, int], stride: int
) -> list[tuple[slice, slice]]:
    """For each offset in the window, the pixels that all windows have there.

    Args:
        size: Rows and columns of the output.
        kernel: Rows and columns of the window.
        stride: Step in both directions.

    Returns:
        K_h K_w pairs of slices into the padded rows and columns, row by row; each
        pair selects exactly one pixel for each output.
    """
    height, width = size
    return [
        (
            slice(u, u + stride * height, stride),
            slice(v, v + stride * width, stride),
        )
        for u, v in np.ndindex(*kernel)
    ]
# --8<-- [end:windows]


# --8<-- [start:max]
def max_pool2d(
    x: np.ndarray, kernel: tuple[int, int], stride: int, padding: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The largest pixel of every window, and where in the window it was.

    The padding never wins. Of equal pixels the first wins, row by row; a NaN wins
    over every number.

    Args:
        x: Shape (N, C, H, W).
        kernel: Rows and columns of the window.
        stride: Step in both directions.
        padding: Rows and columns added on all four sides.

    Returns:
        The output, (N, C, H_out, W_out), and the winner's offset ``u * K_w + v`` in
        its window, integers of the same shape.

    Raises:
        ValueError: As ``output_size``.
    """
    size = output_size(x.shape, kernel, stride, padding)
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    inside = np.pad(np.ones(x.shape[2:], dtype=bool), padding)
    best = np.zeros((*x.shape[:2], *size), x.dtype)
    winner = np.full(best.shape, -1, dtype=np.int32)
    for offset, (rows, columns) in enumerate(window_slices(size, kernel, stride)):
        seen = padded[:, :, rows, columns]  # (N, C, H_out, W_out)
        # > and not >=: an equal pixel that comes later does not take over
        better = (seen > best) | np.isnan(seen) | (winner < 0)
        better = better & inside[rows, columns]
        best = np.where(better, seen, best)
        winner = np.where(better, np.int32(offset), winner)
    return best, winner


def max_pool2d_backward(
    grad_out: np.ndarray,
    winner: np.ndarray,
    x_shape: tuple[int, ...],
    kernel: tuple[int, int],
    stride: int,
    padding: int = 0,
) -> np.ndarray:
    """Hand each output's gradient to the pixel that won; add where one won twice.

    Args:
        grad_out: Gradient with respect to the output, (N, C, H_out, W_out).
        winner: The offsets that ``max_pool2d`` returned.
        x_shape: Shape of its input: H and W cannot be told from the output.
        kernel: Rows and columns of the window.
        stride: Step in both directions.
        padding: Rows and columns added on all four sides.

    Returns:
        Gradient with respect to x, of shape ``x_shape``.

    Raises:
        ValueError: As ``output_size``, or if ``grad_out`` or ``winner`` has not the
            output's shape.
    """
    size = output_size(x_shape, kernel, stride, padding)
    shape = (*x_shape[:2], *size)
    for name, array in (("grad_out", grad_out), ("winner", winner)):
        if array.shape != shape:
            raise ValueError(f"{name} must be {shape}, got {array.shape}")
    height, width = x_shape[2] + 2 * padding, x_shape[3] + 2 * padding
    grad_padded = np.zeros((*x_shape[:2], height, width), grad_out.dtype)
    for offset, (rows, columns) in enumerate(window_slices(size, kernel, stride)):
        # += because windows overlap: one pixel can win several of them
        grad_padded[:, :, rows, columns] += np.where(winner == offset, grad_out, 0)
    bottom, right = padding + x_shape[2], padding + x_shape[3]
    return grad_padded[:, :, padding:bottom, padding:right]
# --8<-- [end:max]


# --8<-- [start:average]
def divisors(
    x_shape: tuple[int, ...],
    kernel: tuple[int, int],
    stride: int,
    padding: int,
    count_include_pad: bool,
) -> np.ndarray:
    """By how much each window's sum is divided, shape (H_out, W_out), float64.

    Args:
        x_shape: N, C, H, W.
        kernel: Rows and columns of the window.
        stride: Step in both directions.
        padding: Rows and columns of zeros on all four sides.
        count_include_pad: True: K_h K_w everywhere. False: the real pixels.
    """
    size = output_size(x_shape, kernel, stride, padding)
    if count_include_pad:
        return np.full(size, float(kernel[0] * kernel[1]))
    inside = np.pad(np.ones(x_shape[2:]), padding)
    slices = window_slices(size, kernel, stride)
    return sum(inside[rows, columns] for rows, columns in slices)


def avg_pool2d(
    x: np.ndarray,
    kernel: tuple[int, int],
    stride: int,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """The mean of every window: its sum by ``divisors``.

    Args:
        x: Shape (N, C, H, W).
        kernel: Rows and columns of the window; (H, W) is global average pooling.
        stride: Step in both directions.
        padding: Rows and columns of zeros on all four sides.
        count_include_pad: Whether the zeros of the padding count as pixels.

    Returns:
        Shape (N, C, H_out, W_out).

    Raises:
        ValueError: As ``output_size``.
    """
    size = output_size(x.shape, kernel, stride, padding)
    x = x.astype(np.result_type(x, np.float32))  # sums of uint8 would wrap
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    slices = window_slices(size, kernel, stride)
    total = sum(padded[:, :, rows, columns] for rows, columns in slices)
    count = divisors(x.shape, kernel, stride, padding, count_include_pad)
    return total / count.astype(total.dtype)


def avg_pool2d_backward(
    grad_out: np.ndarray,
    x_shape: tuple[int, ...],
    kernel: tuple[int, int],
    stride: int,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Hand every pixel of a window an equal share of its output's gradient.

    Args:
        grad_out: Gradient with respect to the output, (N, C, H_out, W_out).
        x_shape: Shape of the input; its values are not needed.
        kernel: Rows and columns of the window.
        stride: Step in both directions.
        padding: Rows and columns of zeros on all four sides.
        count_include_pad: As in the forward pass.

    Returns:
        Gradient with respect to x, of shape ``x_shape``.

    Raises:
        ValueError: As ``output_size``, or if ``grad_out`` has not the output's
            shape.
    """
    size = output_size(x_shape, kernel, stride, padding)
    if grad_out.shape != (*x_shape[:2], *size):
        raise ValueError(
            f"grad_out must be {(*x_shape[:2], *size)}, got {grad_out.shape}"
        )
    count = divisors(x_shape, kernel, stride, padding, count_include_pad)
    share = grad_out / count.astype(np.result_type(grad_out, np.float32))
    height, width = x_shape[2] + 2 * padding, x_shape[3] + 2 * padding
    grad_padded = np.zeros((*x_shape[:2], height, width), share.dtype)
    for rows, columns in window_slices(size, kernel, stride):
        grad_padded[:, :, rows, columns] += share
    bottom, right = padding + x_shape[2], padding + x_shape[3]
    return grad_padded[:, :, padding:bottom, padding:right]
# --8<-- [end:average]


if __name__ == "__main__":
    x = np.array([[[[1.0, 3.0, 2.0], [4.0, 5.0, 0.0], [9.0, 7.0, 8.0]]]])
    grad_out = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    out, winner = max_pool2d(x, (2, 2), stride=1)
    grad_max = max_pool2d_backward(grad_out, winner, x.shape, (2, 2), stride=1)
    average = avg_pool2d(x, (2, 2), stride=1)
    grad_average = avg_pool2d_backward(grad_out, x.shape, (2, 2), stride=1)
    print("max         ", out[0, 0].tolist(), "winners", winner[0, 0].tolist())
    print("grad, max   ", grad_max[0, 0].tolist())
    print("average     ", average[0, 0].tolist())
    print("grad, avg   ", grad_average[0, 0].tolist())
    for name, y, grad in (("max", out, grad_max), ("avg", average, grad_average)):
        print(f"{name}: <y, G> = {np.sum(y * grad_out)}, <x, grad> = {np.sum(x * grad)}, "
              f"sum of the gradient {grad.sum()}")
    ones, border = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))
    for include in (True, False):
        grad = avg_pool2d_backward(border, ones.shape, (2, 2), 2, 1, include)
        print("padding 1, stride 2, pad counts:", include,
              avg_pool2d(ones, (2, 2), 2, 1, include)[0, 0].tolist(), grad[0, 0].tolist(), grad.sum())
