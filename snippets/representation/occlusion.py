"""Input occlusion: cover a patch, ask the network again, map how far the score fell.

Zeiler and Fergus, https://arxiv.org/abs/1311.2901; the deletion curve is from Petsiuk, Das and
Saenko, https://arxiv.org/abs/1806.07421. The network is any function of a batch of images, so
nothing here needs its gradients or even its code.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:starts]
def patch_starts(length: int, size: int, stride: int) -> np.ndarray:
    """Where patches of one axis begin, so that together they cover all of it.

    Steps of ``stride`` from 0; if the last patch ends before the border, one more
    stands flush with it.

    Args:
        length: Pixels along the axis.
        size: Pixels of a patch, 1 to ``length``.
        stride: Step from patch to patch, 1 to ``size``: a larger one would leave
            gaps.

    Raises:
        ValueError: If ``size`` or ``stride`` is out of range.

    >>> patch_starts(10, 4, 3).tolist(), patch_starts(9, 4, 3).tolist()
    ([0, 3, 6], [0, 3, 5])
    """
    if not 1 <= size <= length:
        raise ValueError(f"size must be 1 to the side {length}, not {size}")
    if not 1 <= stride <= size:
        raise ValueError(f"stride must be 1 to the size {size}, not {stride}")
    starts = np.arange(0, length - size + 1, stride)
    if starts[-1] + size < length:
        starts = np.append(starts, length - size)
    return starts
# --8<-- [end:starts]


# --8<-- [start:map]
def occlusion_map(
    score: Callable[[np.ndarray], np.ndarray], image: np.ndarray, size: int,
    stride: int = 1, fill: float | np.ndarray = 0.0, batch: int = 64,
) -> np.ndarray:
    """How far the score falls when a pixel is covered, averaged over its patches.

    Every patch of ``size`` x ``size`` pixels, at the rows and columns of
    ``patch_starts``, is replaced by ``fill``, and its drop, score of the image
    minus score of the covered image, is credited to all its pixels. A pixel's value
    is the mean over the patches that cover it. Negative: covering it *raised* the
    score.

    Args:
        score: Function of images (N, C, H, W) that returns N numbers.
        image: One image (C, H, W); it is not changed.
        size: Side of the patch in pixels.
        stride: Step from patch to patch.
        fill: What stands in the patch: a number, one per channel as (C, 1, 1), or
            an image (C, H, W) whose pixels replace those at the same place.
        batch: Largest number of covered images in one call of ``score``.

    Returns:
        Drops (H, W), in the unit of the score.

    Raises:
        ValueError: If the image is not floating point.
    """
    if not np.issubdtype(image.dtype, np.floating):  # a fill of 0.5 would become 0
        raise ValueError(f"image must be floating point, not {image.dtype}")
    _, height, width = image.shape
    corners = [(y, x) for y in patch_starts(height, size, stride)
               for x in patch_starts(width, size, stride)]
    stand_in = np.broadcast_to(fill, image.shape)
    before = float(np.asarray(score(image[None]))[0])
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for first in range(0, len(corners), batch):
        part = corners[first : first + batch]
        covered = np.repeat(image[None], len(part), axis=0)  # (P, C, H, W), a copy
        for one, (y, x) in zip(covered, part, strict=True):
            rows, columns = slice(y, y + size), slice(x, x + size)
            one[:, rows, columns] = stand_in[:, rows, columns]
        for after, (y, x) in zip(np.asarray(score(covered)), part, strict=True):
            rows, columns = slice(y, y + size), slice(x, x + size)
            total[rows, columns] += before - after
            count[rows, columns] += 1
    return total / count
# --8<-- [end:map]


# --8<-- [start:deletion]
def deletion_curve(
    score: Callable[[np.ndarray], np.ndarray], image: np.ndarray,
    importance: np.ndarray, fill: float | np.ndarray = 0.0, steps: int = 8,
) -> np.ndarray:
    """Scores while pixels are replaced by ``fill``, most important first.

    A map that found what the network uses makes the score fall early.

    Args:
        score: Function of images (N, C, H, W) that returns N numbers.
        image: One image (C, H, W).
        importance: Map (H, W); ties in the order of the pixels.
        fill: As in ``occlusion_map``.
        steps: The curve has ``steps`` + 1 points; point k has the first
            round(k * H * W / ``steps``) pixels replaced.

    Returns:
        Scores (``steps`` + 1,), from the whole image to none of it.

    Raises:
        ValueError: If the image is not floating point.
    """
    if not np.issubdtype(image.dtype, np.floating):  # a fill of 0.5 would become 0
        raise ValueError(f"image must be floating point, not {image.dtype}")
    channels, height, width = image.shape
    order = np.argsort(-importance.ravel(), kind="stable")
    stand_in = np.broadcast_to(fill, image.shape).reshape(channels, -1)
    images = np.repeat(image.reshape(1, channels, -1), steps + 1, axis=0)
    for k in range(steps + 1):
        gone = order[: round(k * height * width / steps)]
        images[k][:, gone] = stand_in[:, gone]
    return np.asarray(score(images.reshape(steps + 1, channels, height, width)))
# --8<-- [end:deletion]


if __name__ == "__main__":
    image = np.zeros((1, 7, 7))
    image[0, 3, 3] = 8.0
    tent = occlusion_map(lambda x: x[:, 0, 3, 3], image, size=2)
    print("a score that reads one pixel of 8, patches of 2 x 2:\n", tent[2:5, 2:5])
    pair = np.ones((1, 1, 2))
    for name, combine in (("either", np.maximum), ("both", np.minimum)):
        drops = occlusion_map(lambda x, f=combine: f(x[:, 0, 0, 0], x[:, 0, 0, 1]), pair, size=1)
        print(f"{name} of two pixels is needed:", drops[0])
