"""What a convolutional network does when its input shifts: exact, approximate or not at all.

Shifts are circular (what leaves on one side enters on the other), so that the border can be
left out of the question and put back on purpose. Aliasing: Zhang 2019,
https://arxiv.org/abs/1904.11486. Adaptive sampling: Chaman and Dokmanic 2021,
https://arxiv.org/abs/2011.14214.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:layers]
def shift(x: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Move every image down by ``rows`` and right by ``columns``, around the edge.

    Args:
        x: Shape (N, C, H, W).
        rows: Pixels downward, negative for upward.
        columns: Pixels to the right, negative for to the left.
    """
    return np.roll(x, (rows, columns), axis=(2, 3))


def conv2d(x: np.ndarray, weight: np.ndarray, circular: bool = True) -> np.ndarray:
    """Cross-correlation at stride 1 that keeps the size.

    Output pixel (i, j) reads the K x K pixels around (i, j).

    Args:
        x: Shape (N, C, H, W).
        weight: Shape (C_out, C, K, K), K odd.
        circular: What lies beyond the border: the other side, or zeros.

    Returns:
        Shape (N, C_out, H, W).

    Raises:
        ValueError: If ``weight`` has an even kernel.
    """
    size = weight.shape[2]
    if size % 2 == 0:
        raise ValueError(f"weight must have an odd kernel, got {weight.shape}")
    pad = size // 2
    widths = [(0, 0), (0, 0), (pad, pad), (pad, pad)]
    padded = np.pad(x, widths, mode="wrap" if circular else "constant")
    height, width = x.shape[2:]
    out = np.zeros((x.shape[0], weight.shape[0], height, width))
    for u, v in np.ndindex(size, size):
        seen = padded[:, :, u:u + height, v:v + width]  # (N, C, H, W)
        out += np.einsum("oc,nchw->nohw", weight[:, :, u, v], seen)
    return out
# --8<-- [end:layers]


# --8<-- [start:down]
def window_max(x: np.ndarray) -> np.ndarray:
    """Max pooling without its stride.

    Pixel (i, j) becomes the largest of itself, its right, its lower and its lower
    right neighbor, around the edge. The shape stays (N, C, H, W).
    """
    right = np.maximum(x, shift(x, 0, -1))
    return np.maximum(right, shift(right, -1, 0))


def blur(x: np.ndarray) -> np.ndarray:
    """Weigh three neighbors 1/4, 1/2, 1/4, along the rows and along the columns.

    Around the edge; the shape stays (N, C, H, W).
    """
    x = (shift(x, 1, 0) + 2 * x + shift(x, -1, 0)) / 4
    return (shift(x, 0, 1) + 2 * x + shift(x, 0, -1)) / 4


def downsample(x: np.ndarray, how: str) -> np.ndarray:
    """Halve height and width, both even.

    Args:
        x: Shape (N, C, H, W).
        how: ``"max"`` is 2 x 2 max pooling at stride 2: ``window_max``, then the
            even rows and columns. ``"blur"`` puts ``blur`` between the two.
            ``"adaptive"`` takes ``window_max`` and then, for each image, the one
            of the four grids of every second pixel with the largest sum of squares
            over all channels. ``"none"`` changes nothing.

    Raises:
        ValueError: If ``how`` is none of these, or the height or width of ``x`` is
            odd.

    >>> downsample(np.arange(16.0).reshape(1, 1, 4, 4), "max")[0, 0].tolist()
    [[5.0, 7.0], [13.0, 15.0]]
    """
    if how == "none":
        return x
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError(f"x must have even height and width, got {x.shape}")
    x = window_max(x)
    if how == "max":
        return x[:, :, ::2, ::2]
    if how == "blur":
        return blur(x)[:, :, ::2, ::2]
    if how == "adaptive":
        grids = np.stack([x[:, :, i::2, j::2] for i, j in np.ndindex(2, 2)])
        # (4, N, C, H/2, W/2) -> (4, N)
        energy = np.sum(grids**2, axis=(2, 3, 4))
        return grids[np.argmax(energy, axis=0), np.arange(len(x))]
    raise ValueError(f"how must be max, blur, adaptive or none, got {how!r}")
# --8<-- [end:down]


# --8<-- [start:network]
def features(x: np.ndarray, weights: list[np.ndarray], how: str) -> np.ndarray:
    """A small network: one vector per image.

    For each weight a circular convolution and a ReLU, ``downsample`` after each but
    the last, and the mean over all positions at the end.

    Args:
        x: Shape (N, C, H, W).
        weights: Kernels as in ``conv2d``.
        how: As in ``downsample``.

    Returns:
        Shape (N, C_out of the last weight).
    """
    for layer, weight in enumerate(weights):
        x = np.maximum(conv2d(x, weight), 0)
        if layer < len(weights) - 1:
            x = downsample(x, how)
    return x.mean(axis=(2, 3))


def equivariance_gap(
    layer: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray, rows: int, columns: int, stride: int = 1,
) -> float:
    """How far shifting before a layer is from shifting after it.

    The norm of layer(shift(x)) - shift(layer(x)), divided by that of layer(x). A
    shift of the input by s pixels is one of s / stride at the output.

    Args:
        layer: Maps (N, C, H, W) to (N, C_out, H / stride, W / stride).
        x: Shape (N, C, H, W).
        rows: Pixels downward, at the input.
        columns: Pixels to the right, at the input.
        stride: Stride of the layer.

    Raises:
        ValueError: If ``rows`` or ``columns`` is no multiple of ``stride``.
    """
    if rows % stride or columns % stride:
        raise ValueError(
            f"rows, columns must be multiples of {stride}, got {rows}, {columns}")
    after = shift(layer(x), rows // stride, columns // stride)
    before = layer(shift(x, rows, columns))
    return float(np.linalg.norm(before - after) / np.linalg.norm(after))


def invariance_gap(
    function: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray, rows: int, columns: int,
) -> float:
    """How far a shift changes the output: its change's norm over the norm before.

    The norm of function(shift(x)) - function(x), divided by that of function(x).

    Args:
        function: Maps (N, C, H, W) to any shape.
        x: Shape (N, C, H, W).
        rows: Pixels downward.
        columns: Pixels to the right.
    """
    still = function(x)
    moved = function(shift(x, rows, columns))
    return float(np.linalg.norm(moved - still) / np.linalg.norm(still))
# --8<-- [end:network]


def example(
    seed: int = 0, smooth: int = 0, images: int = 16, size: int = 32
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Images of normal noise, blurred ``smooth`` times, and three random layers of weights.

    The weights are 3 x 3 with 8, 16 and 16 output channels and He's standard deviation.

    Args:
        seed: Of the generator.
        smooth: How often the images are blurred.
        images: Number of images.
        size: Height and width.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(images, 1, size, size))
    for _ in range(smooth):
        x = blur(x)
    x = x / x.std()
    shapes = [(8, 1, 3, 3), (16, 8, 3, 3), (16, 16, 3, 3)]
    return x, [rng.normal(size=s) * np.sqrt(2 / (9 * s[1])) for s in shapes]


if __name__ == "__main__":
    signal = np.array([0.0, 0, 1, 2, 0, 0, 0, 0])
    for name, x in (("still", signal), ("shifted by 1", np.roll(signal, 1))):
        x = np.tile(x, (1, 1, 2, 1))  # two equal rows, so that one axis matters
        print(name, *(downsample(x, how)[0, 0, 0] for how in ("max", "blur", "adaptive")))
    print(conv2d(np.ones((1, 1, 5, 5)), np.ones((1, 1, 3, 3)), circular=False)[0, 0])
    for smooth in (0, 4):
        x, weights = example(smooth=smooth)
        for how in ("none", "max", "blur", "adaptive"):
            gaps = [invariance_gap(lambda v: features(v, weights, how), x, 0, s)  # noqa: B023
                    for s in range(1, 5)]
            print(smooth, how, *(f"{100 * gap:.2f}" for gap in gaps))
