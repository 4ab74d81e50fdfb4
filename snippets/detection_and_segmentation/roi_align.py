"""RoI pooling with its two roundings, and RoIAlign without them.

RoI pooling: Girshick, *Fast R-CNN*, https://arxiv.org/abs/1504.08083, section 2.1.
RoIAlign: He et al., *Mask R-CNN*, https://arxiv.org/abs/1703.06870, section 3.
Both follow torchvision's kernels, one box at a time.
"""

import numpy as np


# --8<-- [start:pool]
def roi_pool(
    features: np.ndarray, box: np.ndarray, scale: float, size: int = 7
) -> np.ndarray:
    """RoI max pooling of one box: (C, H, W) -> (C, size, size).

    First rounding: each coordinate times ``scale`` becomes the nearest whole cell
    (halves away from zero). Both end cells belong to the region, which is at
    least one cell long: length = max(end - start + 1, 1). Second rounding: bin i
    of a side covers the cells start + floor(i * length / size) up to, not
    including, start + ceil((i + 1) * length / size), clipped to the map. The
    output is the largest feature of the bin, 0 if it is empty.

    Args:
        features: (C, H, W).
        box: (4,) ``x1, y1, x2, y2`` in pixels of the image.
        scale: Map cells per pixel: 1 / stride.
        size: Bins per side.
    """
    x1, y1, x2, y2 = (int(np.floor(abs(v) + 0.5) * np.sign(v)) for v in box * scale)
    output = np.zeros((len(features), size, size), dtype=features.dtype)

    def bins(start: int, end: int, limit: int) -> list[slice]:
        length = max(end - start + 1, 1)
        first = [start + i * length // size for i in range(size)]
        # Minus the floor of the negative is the ceiling.
        last = [start - (-(i + 1) * length // size) for i in range(size)]
        return [slice(min(max(a, 0), limit), min(max(b, 0), limit))
                for a, b in zip(first, last, strict=True)]

    for i, rows in enumerate(bins(y1, y2, features.shape[1])):
        for j, columns in enumerate(bins(x1, x2, features.shape[2])):
            cells = features[:, rows, columns]
            if cells.size:
                output[:, i, j] = cells.max(axis=(1, 2))
    return output
# --8<-- [end:pool]


# --8<-- [start:bilinear]
def bilinear(features: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Features between the cells: (C, H, W) at the points (y, x) -> (C, P).

    Cell (row, column) sits at the index coordinates y = row, x = column. A point
    up to one cell outside the map (-1 <= y <= H) reads the border; one farther
    outside reads 0.

    Args:
        features: (C, H, W).
        y: (P,) index coordinates.
        x: (P,) index coordinates.
    """
    _, height, width = features.shape
    inside = (y >= -1) & (y <= height) & (x >= -1) & (x <= width)
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    top, left = np.floor(y).astype(np.int32), np.floor(x).astype(np.int32)
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    down, across = y - top, x - left  # in 0..1
    f = features
    upper = f[:, top, left] * (1 - across) + f[:, top, right] * across  # (C, P)
    lower = f[:, bottom, left] * (1 - across) + f[:, bottom, right] * across
    return (upper * (1 - down) + lower * down) * inside
# --8<-- [end:bilinear]


# --8<-- [start:align]
def roi_align(
    features: np.ndarray, box: np.ndarray, scale: float, size: int = 7,
    samples: int = 2, aligned: bool = True,
) -> np.ndarray:
    """RoIAlign of one box: (C, H, W) -> (C, size, size). Nothing is rounded.

    The box times ``scale`` is cut into size x size equal bins. The output is the
    mean of samples x samples ``bilinear`` values at the centers of equal parts of
    the bin.

    Args:
        features: (C, H, W).
        box: (4,) ``x1, y1, x2, y2`` in pixels of the image.
        scale: Map cells per pixel: 1 / stride.
        size: Bins per side.
        samples: Per bin and side; 0 takes ceil(side of the box in cells / size),
            at least 1.
        aligned: True subtracts 0.5 from the scaled box, because cell k covers k
            to k + 1 and has its center at k + 0.5. False, the older rule, does
            not, and makes each side of the box at least one cell long.
    """
    x1, y1, x2, y2 = box * scale - (0.5 if aligned else 0.0)

    def points(start: float, end: float) -> np.ndarray:
        length = end - start if aligned else max(end - start, 1.0)
        count = samples or max(int(np.ceil(length / size)), 1)
        parts = size * count
        return start + (np.arange(parts) + 0.5) * length / parts

    y, x = points(y1, y2), points(x1, x2)
    grid_y, grid_x = np.meshgrid(y, x, indexing="ij")
    values = bilinear(features, grid_y.ravel(), grid_x.ravel())
    # (C, size * samples, size * samples) -> (C, size, samples, size, samples)
    values = values.reshape(-1, size, len(y) // size, size, len(x) // size)
    return values.mean(axis=(2, 4))
# --8<-- [end:align]


def ramp(width: int, stride: int = 16) -> np.ndarray:
    """(1, 5, width): each cell holds the x of its center in pixels of the image."""
    return np.broadcast_to((np.arange(width) + 0.5) * stride, (1, 5, width)).copy()


if __name__ == "__main__":
    box, features = np.array([100.0, 20, 228, 60]), ramp(24)
    true = 100 + (np.arange(7) + 0.5) * 128 / 7
    # The mean of largest and smallest x is the middle of the cells that a bin pools.
    middle = (roi_pool(features, box, 1 / 16) - roi_pool(-features, box, 1 / 16))[0, 1] / 2
    print("true   ", true.round(1))
    print("align  ", roi_align(features, box, 1 / 16)[0, 1].round(1))
    print("legacy ", roi_align(features, box, 1 / 16, aligned=False)[0, 1].round(1))
    print("pool   ", middle.round(1))
    for shift in (0, 3, 4, 5, 11, 12, 16):
        moved = box + np.array([shift, 0, shift, 0])
        pooled = (roi_pool(features, moved, 1 / 16) - roi_pool(-features, moved, 1 / 16)) / 2
        print(shift, (roi_align(features, moved, 1 / 16)[0, 1] - true).round(2)[3],
              (pooled[0, 1] - middle).round(2)[[0, 3, 6]])
    rng = np.random.default_rng(0)
    edges = rng.uniform(0, 1000, 100_000)
    print("rounding moves an edge by", np.abs(np.round(edges / 16) * 16 - edges).mean().round(2))
