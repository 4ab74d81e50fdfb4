"""Reading a place out of feature maps: soft-argmax, class activation maps, coordinates, a pyramid.

Soft-argmax: Levine et al., https://arxiv.org/abs/1504.00702; CAM: Zhou et al.,
https://arxiv.org/abs/1512.04150; CoordConv: Liu et al., https://arxiv.org/abs/1807.03247;
feature pyramid: Lin et al., https://arxiv.org/abs/1612.03144.
Coordinates are (x, y) in pixels of the image; the middle of the first pixel is 0.
"""

import numpy as np


# --8<-- [start:soft]
def cell_centers(height: int, width: int, stride: int) -> np.ndarray:
    """Where the cells of a feature map lie in the image.

    A cell covers stride by stride pixels; its middle is (k + 0.5) stride - 0.5.

    Args:
        height: Rows of the map.
        width: Columns of the map.
        stride: Pixels of the image per cell, >= 1.

    Returns:
        Shape (height * width, 2), row by row, x before y, float64.

    Raises:
        ValueError: If ``stride`` is below 1.
    """
    if stride < 1:
        raise ValueError(f"stride must be >= 1, got {stride}")
    x = (np.arange(width) + 0.5) * stride - 0.5
    y = (np.arange(height) + 0.5) * stride - 0.5
    return np.stack([np.tile(x, height), np.repeat(y, width)], axis=1)


def spatial_softmax(logits: np.ndarray) -> np.ndarray:
    """Softmax over all positions of each map.

    Args:
        logits: Scores, (N, H, W); as large as they like.

    Returns:
        Probabilities, (N, H * W), each row adds up to 1.
    """
    flat = logits.reshape(len(logits), logits.shape[1] * logits.shape[2])
    weights = np.exp(flat - flat.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def soft_argmax(logits: np.ndarray, stride: int) -> np.ndarray:
    """The mean place under the softmax of a score map: a differentiable argmax.

    Args:
        logits: Scores, (N, H, W).
        stride: Pixels of the image per cell.

    Returns:
        Points (x, y) in pixels, (N, 2).
    """
    return spatial_softmax(logits) @ cell_centers(*logits.shape[1:], stride)


def soft_argmax_backward(
    grad_out: np.ndarray, logits: np.ndarray, stride: int
) -> np.ndarray:
    """Raise the cells on that side of the mean to which the point should move.

    Args:
        grad_out: Gradient with respect to the points, (N, 2).
        logits: As in the forward pass, (N, H, W).
        stride: As in the forward pass.

    Returns:
        Gradient with respect to the logits, (N, H, W).
    """
    probs = spatial_softmax(logits)
    centers = cell_centers(*logits.shape[1:], stride)
    pull = grad_out @ centers.T  # (N, 2) -> (N, H * W)
    mean = np.sum(probs * pull, axis=1, keepdims=True)
    return (probs * (pull - mean)).reshape(logits.shape)
# --8<-- [end:soft]


# --8<-- [start:cam]
def class_activation_map(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """What each place adds to each class's logit, before the averaging.

    For a network that ends in global average pooling and one linear layer; the mean
    of a map is that class's logit without its bias.

    Args:
        features: The last map, (N, C, H, W).
        weight: Of the linear layer, (K, C) for K classes.

    Returns:
        Shape (N, K, H, W).
    """
    return np.einsum("nchw,kc->nkhw", features, weight)
# --8<-- [end:cam]


# --8<-- [start:coordinates]
def add_coordinates(x: np.ndarray) -> np.ndarray:
    """Tell a convolution where it is: two more channels, column and row.

    Args:
        x: Shape (N, C, H, W), a floating-point dtype.

    Returns:
        Shape (N, C + 2, H, W), dtype of x. The channel after the old ones runs from
        -1 in the first column to 1 in the last, the one after it by rows.
    """
    N, _, H, W = x.shape
    column = np.broadcast_to(np.linspace(-1, 1, W), (N, 1, H, W))
    row = np.broadcast_to(np.linspace(-1, 1, H)[:, None], (N, 1, H, W))
    return np.concatenate([x, column, row], axis=1).astype(x.dtype)
# --8<-- [end:coordinates]


# --8<-- [start:pyramid]
def merge(deep: np.ndarray, fine: np.ndarray, lateral: np.ndarray) -> np.ndarray:
    """One step down a feature pyramid: repeat the deep map, add the fine one.

    Args:
        deep: Few pixels, rich features, (N, D, H, W).
        fine: Twice the resolution, (N, C, 2 H, 2 W).
        lateral: Weight of a 1x1 convolution, (D, C).

    Returns:
        Shape (N, D, 2 H, 2 W).

    Raises:
        ValueError: If ``fine`` is not twice as large as ``deep``.
    """
    if fine.shape[2:] != (2 * deep.shape[2], 2 * deep.shape[3]):
        raise ValueError(
            f"fine must be twice {deep.shape[2:]}, got {fine.shape[2:]}"
        )
    repeated = deep.repeat(2, axis=2).repeat(2, axis=3)
    return repeated + np.einsum("nchw,dc->ndhw", fine, lateral)
# --8<-- [end:pyramid]


if __name__ == "__main__":
    row = np.log(np.array([[[1.0, 2.0, 1.0]]]))
    print("softmax of (0, ln 2, 0):", spatial_softmax(row)[0].round(4).tolist(),
          "-> x =", soft_argmax(row, 1)[0, 0].round(4))
    for height in (5.0, 10.0):
        map_ = np.zeros((1, 8, 8))
        map_[0, 0, 0] = height  # the object is in the first cell, whose middle is 1.5
        share = spatial_softmax(map_)[0, 0]
        print(f"one cell at {height:g}, 63 at 0: share {share:.4f}, "
              f"x = {soft_argmax(map_, 4)[0, 0]:.2f} instead of 1.5")
    two = np.full((1, 1, 8), -50.0)
    two[0, 0, [1, 6]] = 50.0
    print("peaks in cells 1 and 6: x =", soft_argmax(two, 1)[0, 0])
    print("mean distance to the middle of a cell of 4 and 32 pixels:",
          [round(s * (2**0.5 + np.log(1 + 2**0.5)) / 6, 2) for s in (4, 32)])
