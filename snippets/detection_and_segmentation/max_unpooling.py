"""Max pooling that remembers where its maxima were, and the unpooling that puts values back there.

Zeiler & Fergus, "Visualizing and Understanding Convolutional Networks",
https://arxiv.org/abs/1311.2901, and SegNet, https://arxiv.org/abs/1511.00561.
"""

import numpy as np


# --8<-- [start:pool]
def max_pool2d(
    x: np.ndarray, kernel: int, stride: int
) -> tuple[np.ndarray, np.ndarray]:
    """The largest pixel of every window, and where in the image it was.

    No padding. Of equal pixels the first in row-major order wins.

    Args:
        x: Shape (N, C, H, W).
        kernel: Height and width of the window, from 1 to min(H, W).
        stride: Step in both directions, >= 1.

    Returns:
        The maxima, (N, C, H_out, W_out) with H_out = (H - kernel) // stride + 1,
        and the winner's position ``row * W + column`` in its image, int64, of the
        same shape.

    Raises:
        ValueError: If ``kernel`` does not fit into x or ``stride`` is below 1.
    """
    N, C, H, W = x.shape
    if not 1 <= kernel <= min(H, W):
        raise ValueError(f"kernel must be 1 to {min(H, W)}, got {kernel}")
    if stride < 1:
        raise ValueError(f"stride must be >= 1, got {stride}")
    size = (H - kernel) // stride + 1, (W - kernel) // stride + 1
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (2, 3))
    windows = windows[:, :, ::stride, ::stride]  # (N, C, H_out, W_out, K, K)
    windows = windows.reshape(N, C, *size, kernel * kernel)
    winner = windows.argmax(axis=4)  # offset in the window
    rows = np.arange(size[0], dtype=np.int64)[:, None] * stride + winner // kernel
    columns = np.arange(size[1], dtype=np.int64) * stride + winner % kernel
    # offset in the image: it means nothing without the image's width
    return windows.max(axis=4), rows * W + columns
# --8<-- [end:pool]


# --8<-- [start:unpool]
def max_unpool2d(
    y: np.ndarray, indices: np.ndarray, output_size: tuple[int, int]
) -> np.ndarray:
    """Put each value where the maximum was; zero everywhere else.

    Where two values claim one pixel (overlapping windows), the later one stays, in
    row-major order of the windows.

    Args:
        y: Values to place, (N, C, h, w).
        indices: Positions ``row * W + column`` from ``max_pool2d``, the same shape.
        output_size: H and W of the image that was pooled.

    Returns:
        Shape (N, C, H, W), dtype of y.

    Raises:
        ValueError: If ``indices`` has another shape than y or points outside.
    """
    H, W = output_size
    if indices.shape != y.shape:
        raise ValueError(f"indices must be {y.shape}, got {indices.shape}")
    if indices.size and not 0 <= indices.min() <= indices.max() < H * W:
        raise ValueError(f"indices must lie in 0 to {H * W - 1} for {output_size}")
    N, C = y.shape[:2]
    out = np.zeros((N * C, H * W), y.dtype)
    window = y.shape[2] * y.shape[3]
    planes = np.arange(N * C)[:, None]
    # NumPy walks a reversed view backward; then an earlier value would stay
    places = np.ascontiguousarray(indices).reshape(N * C, window)
    out[planes, places] = np.ascontiguousarray(y).reshape(N * C, window)
    return out.reshape(N, C, H, W)


def max_unpool2d_backward(grad_out: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Read the gradient where the values were put; nothing reaches the indices.

    Right if no position occurs twice in one image: a value that was overwritten
    gets no gradient, which this does not know.

    Args:
        grad_out: Gradient with respect to the output, (N, C, H, W).
        indices: Positions as in the forward pass, (N, C, h, w).

    Returns:
        Gradient with respect to y, (N, C, h, w).
    """
    N, C, h, w = indices.shape
    flat = grad_out.reshape(N, C, grad_out.shape[2] * grad_out.shape[3])
    picked = np.take_along_axis(flat, indices.reshape(N, C, h * w), axis=2)
    return picked.reshape(N, C, h, w)
# --8<-- [end:unpool]


# --8<-- [start:error]
def position_error(levels: int) -> float:
    """Root mean square distance, in pixels, to the middle of a window.

    A pixel lies anywhere in a window of 2**levels by 2**levels pixels with equal
    probability; the answer is always the window's middle. Rows and columns have
    the variance (K**2 - 1) / 12 each, with K = 2**levels.

    Args:
        levels: How often a 2x2 max pooling halved the image, >= 0.
    """
    K = 2**levels
    return float(np.sqrt(2 * (K * K - 1) / 12))
# --8<-- [end:error]


if __name__ == "__main__":
    x = np.array([[[[1, 3, 2, 1], [4, 2, 0, 5], [0, 1, 7, 2], [6, 2, 3, 1]]]], dtype=float)
    out, indices = max_pool2d(x, 2, 2)
    print("pooled  ", out[0, 0].tolist(), "indices", indices[0, 0].tolist())
    decoded = np.array([[[[10.0, 20.0], [30.0, 40.0]]]])
    print("unpooled", max_unpool2d(decoded, indices, (4, 4))[0, 0].astype(int).tolist())
    again = max_unpool2d(np.array([[[[-1.0, 2.0], [3.0, 4.0]]]]), indices, (4, 4))
    print("pooled again, with a negative value", max_pool2d(again, 2, 2)[0][0, 0].tolist())
    for levels in (1, 3, 5):
        print(f"{levels} poolings: off by {position_error(levels):.2f} pixels without indices")
    features = 64 * 360 * 480
    print("float32 map", features * 4 / 1e6, "MB; int64 indices", features / 4 * 8 / 1e6,
          "MB; 2 bits", features / 4 / 4 / 1e6, "MB")
