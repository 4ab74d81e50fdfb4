"""Augmentation that moves the boxes along with the pixels.

A box is x1, y1, x2, y2 with x to the right and y down, measured at the edges of the
pixels: the box around the whole image is 0, 0, W, H.
"""

import numpy as np


# --8<-- [start:flip]
def flip(image: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mirror an image left to right. Left and right swap, so x1 comes from x2.

    Args:
        image: Pixels, (H, W) or (H, W, C).
        boxes: Boxes in pixels, (N, 4).

    Returns:
        The mirrored image and boxes, new arrays of the same shapes.

    >>> flip(np.array([[1, 2, 3]]), np.array([[0.0, 0.0, 1.0, 1.0]]))
    (array([[3, 2, 1]]), array([[2., 0., 3., 1.]]))
    """
    width = image.shape[1]
    x1, y1, x2, y2 = boxes.T  # (N, 4) -> four times (N,)
    return image[:, ::-1].copy(), np.stack([width - x2, y1, width - x1, y2], axis=1)


def rotate90(image: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn an image by 90 degrees against the clock: (x, y) goes to (y, W - x).

    Args:
        image: Pixels, (H, W) or (H, W, C).
        boxes: Boxes in pixels, (N, 4).

    Returns:
        The turned image, (W, H) or (W, H, C), and boxes, (N, 4).

    >>> rotate90(np.array([[1, 2]]), np.array([[1.0, 0.0, 2.0, 1.0]]))
    (array([[2],
           [1]]), array([[0., 0., 1., 1.]]))
    """
    width = image.shape[1]
    x1, y1, x2, y2 = boxes.T
    turned = image.swapaxes(0, 1)[::-1]  # (H, W, ...) -> (W, H, ...)
    return turned.copy(), np.stack([y1, width - x2, y2, width - x1], axis=1)
# --8<-- [end:flip]


# --8<-- [start:crop]
def crop(
    image: np.ndarray, boxes: np.ndarray, window: tuple, min_visible: float = 0.25
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut a window out; pixels outside the image are 0. Shifts are crops, too.

    Args:
        image: Pixels, (H, W) or (H, W, C).
        boxes: Boxes in pixels, each with an area above 0, (N, 4).
        window: x1, y1, x2, y2 in whole pixels; may reach beyond the image.
        min_visible: A box stays if at least this share of its area is visible.

    Returns:
        The window's pixels, the clipped boxes that stay, (M, 4), and which of the
        N boxes those are, boolean, (N,): select the labels with it.

    Raises:
        ValueError: If ``window`` is empty.

    >>> image, box = np.arange(6).reshape(2, 3), np.array([[0.0, 0.0, 2.0, 2.0]])
    >>> crop(image, box, (1, 0, 4, 2))
    (array([[1, 2, 0],
           [4, 5, 0]]), array([[0., 0., 1., 2.]]), array([ True]))
    """
    left, top, right, bottom = window
    if right <= left or bottom <= top:
        raise ValueError(f"window {window} is empty")
    shape = (bottom - top, right - left, *image.shape[2:])
    cut = np.zeros(shape, dtype=image.dtype)
    y1, y2 = np.clip([top, bottom], 0, image.shape[0])
    x1, x2 = np.clip([left, right], 0, image.shape[1])
    if x1 < x2 and y1 < y2:
        cut[y1 - top : y2 - top, x1 - left : x2 - left] = image[y1:y2, x1:x2]

    moved = boxes - np.array([left, top, left, top])
    size = np.array([right - left, bottom - top])
    clipped = np.clip(moved, 0, np.concatenate([size, size]))
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)  # (N, 4) -> (N,)
    visible = np.prod(clipped[:, 2:] - clipped[:, :2], axis=1)
    keep = (visible > 0) & (visible >= min_visible * area)
    return cut, clipped[keep], keep


def shift(
    image: np.ndarray, boxes: np.ndarray, dx: int, dy: int,
    min_visible: float = 0.25,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Move the content right by dx and down by dy pixels; what enters is 0.

    Args:
        image: Pixels, (H, W) or (H, W, C).
        boxes: Boxes in pixels, each with an area above 0, (N, 4).
        dx: Pixels to the right; negative to the left.
        dy: Pixels down; negative up.
        min_visible: A box stays if at least this share of its area stays inside.

    Returns:
        As ``crop`` does: pixels of the same shape, boxes that stay, which ones.

    >>> shift(np.array([[1, 2, 3]]), np.zeros((0, 4)), 1, 0)[0]
    array([[0, 1, 2]])
    """
    height, width = image.shape[:2]
    return crop(image, boxes, (-dx, -dy, width - dx, height - dy), min_visible)
# --8<-- [end:crop]


if __name__ == "__main__":
    image, boxes = np.zeros((60, 100)), np.array([[10.0, 20.0, 40.0, 50.0]])
    print("box", boxes[0], "in an image 100 wide, 60 high")
    print("flipped:  ", flip(image, boxes)[1][0])
    print("turned:   ", rotate90(image, boxes)[1][0])
    for dx in (-20, -35):
        _, moved, keep = shift(image, boxes, dx, 0)
        print(f"shifted {dx}:", moved, keep)
