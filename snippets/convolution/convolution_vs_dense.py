"""A convolution as a dense layer with zeros and repeated weights, and what that saves.

Shared weights, trained by backpropagation: LeCun and colleagues 1989,
https://doi.org/10.1162/neco.1989.1.4.541.
"""

import numpy as np


# --8<-- [start:matrix]
def conv2d(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Cross-correlation at stride 1 with zeros outside, so that the size stays.

    Args:
        x: One image, (C, H, W).
        weight: Shape (C_out, C, K, K), K odd.

    Returns:
        Shape (C_out, H, W).
    """
    pad = weight.shape[2] // 2
    padded = np.pad(x, [(0, 0), (pad, pad), (pad, pad)])
    height, width = x.shape[1:]
    out = np.zeros((weight.shape[0], height, width))
    for u, v in np.ndindex(*weight.shape[2:]):
        seen = padded[:, u:u + height, v:v + width]  # (C, H, W)
        out += np.einsum("oc,chw->ohw", weight[:, :, u, v], seen)
    return out


def convolution_matrix(weight: np.ndarray, height: int, width: int) -> np.ndarray:
    """The dense layer that computes the same as ``conv2d``.

    Row (o, i, j) belongs to an output pixel, column (c, p, q) to an input pixel.
    The entry is weight[o, c, p - i + K // 2, q - j + K // 2] where these indices
    lie in the kernel, and 0 elsewhere.

    Args:
        weight: Shape (C_out, C, K, K), K odd.
        height: Rows of the image.
        width: Columns of the image.

    Returns:
        Shape (C_out * height * width, C * height * width), such that this matrix
        times x.ravel() is conv2d(x, weight).ravel().

    >>> kernel = np.zeros((1, 1, 3, 3))
    >>> kernel[0, 0, 1] = [1, 2, 3]
    >>> convolution_matrix(kernel, 1, 4).astype(np.int32).tolist()
    [[2, 3, 0, 0], [1, 2, 3, 0], [0, 1, 2, 3], [0, 0, 1, 2]]
    """
    c_out, c_in, size, _ = weight.shape
    matrix = np.zeros((c_out, height, width, c_in, height, width))
    for i, j, u, v in np.ndindex(height, width, size, size):
        p, q = i + u - size // 2, j + v - size // 2
        if 0 <= p < height and 0 <= q < width:
            matrix[:, i, j, :, p, q] = weight[:, :, u, v]
    return matrix.reshape(c_out * height * width, c_in * height * width)
# --8<-- [end:matrix]


# --8<-- [start:count]
def layer_cost(
    kind: str, c_in: int, c_out: int, height: int, width: int, kernel: int
) -> dict[str, int]:
    """Weights, biases and multiply-adds for one image at stride 1, same size.

    Args:
        kind: ``"dense"`` joins every input number with every output number and has
            a bias per output number. ``"local"`` keeps kernel x kernel pixels of
            all channels around each output pixel, each output number with weights
            and a bias of its own. ``"shared"`` is the convolution: local, one set
            of weights and one bias per output channel.
        c_in: Channels of the input.
        c_out: Channels of the output.
        height: Rows of both.
        width: Columns of both.
        kernel: Side of the kernel; pixels in the padding are counted.

    Returns:
        The three counts under ``weights``, ``biases`` and ``multiply_adds``.

    Raises:
        ValueError: If ``kind`` is none of the three.

    >>> layer_cost("shared", 3, 64, 224, 224, 3)
    {'weights': 1728, 'biases': 64, 'multiply_adds': 86704128}
    """
    outputs = c_out * height * width
    if kind == "dense":
        weights, biases = outputs * c_in * height * width, outputs
        multiply_adds = weights
    elif kind == "local":
        weights, biases = outputs * c_in * kernel**2, outputs
        multiply_adds = weights
    elif kind == "shared":
        weights, biases = c_out * c_in * kernel**2, c_out
        multiply_adds = weights * height * width  # used once per position
    else:
        raise ValueError(f"kind must be dense, local or shared, got {kind!r}")
    return {"weights": weights, "biases": biases, "multiply_adds": multiply_adds}
# --8<-- [end:count]


# --8<-- [start:fit]
def fit_dense(
    x: np.ndarray, targets: np.ndarray, weight: np.ndarray, lr: float, steps: int
) -> np.ndarray:
    """Gradient descent on the mean over examples of half the squared error.

    The model is x @ weight.T.

    Args:
        x: Shape (N, D).
        targets: Shape (N, K).
        weight: Start, shape (K, D); not modified.
        lr: Learning rate.
        steps: Number of steps.

    Returns:
        The weight after the last step.
    """
    for _ in range(steps):
        grad = (x @ weight.T - targets).T @ x / len(x)  # (K, N) @ (N, D) -> (K, D)
        weight = weight - lr * grad
    return weight
# --8<-- [end:fit]


if __name__ == "__main__":
    for kind in ("dense", "local", "shared"):
        cost = layer_cost(kind, 3, 64, 224, 224, 3)
        parameters = cost["weights"] + cost["biases"]
        print(f"{kind:7} {parameters:>15,} parameters, {4 * parameters:>17,} bytes,"
              f" {cost['multiply_adds']:>15,} multiply-adds")
    kernel = np.zeros((1, 1, 3, 3))
    kernel[0, 0, 1] = [1, 2, 3]
    print(convolution_matrix(kernel, 1, 4).astype(np.int32))
