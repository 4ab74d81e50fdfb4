"""Maxout: the largest of several affine functions, forward, backward and initialization.

Goodfellow, Warde-Farley, Mirza, Courville and Bengio, *Maxout Networks*,
https://arxiv.org/abs/1302.4389.
"""

import numpy as np


# --8<-- [start:forward]
def maxout_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each unit the maximum of its affine pieces.

    Args:
        x: Inputs, (N, D).
        weight: (D, H, P) for H units with P pieces each.
        bias: (H, P).

    Returns:
        The outputs (N, H), and the index of the piece that won (N, H), the first
        one in a tie. Backward needs the indices.

    Raises:
        ValueError: If ``bias`` is not (H, P); (P,) would be shared by all units.

    >>> weight = np.array([[[1.0, -1.0]]])  # one input, one unit, pieces x and -x
    >>> maxout_forward(np.array([[-3.0], [2.0]]), weight, np.zeros((1, 2)))
    (array([[3.],
           [2.]]), array([[1],
           [0]]))
    """
    if bias.shape != weight.shape[1:]:
        raise ValueError(f"bias is {bias.shape}, must be {weight.shape[1:]}")
    pieces = np.einsum("nd,dhp->nhp", x, weight) + bias  # (N, H, P)
    return pieces.max(axis=2), pieces.argmax(axis=2)
# --8<-- [end:forward]


# --8<-- [start:backward]
def maxout_backward(
    grad_out: np.ndarray, x: np.ndarray, weight: np.ndarray, winner: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a maxout layer: only the winning piece of each unit gets any.

    Args:
        grad_out: Gradient with respect to the outputs, (N, H).
        x: Inputs of the forward pass, (N, D).
        weight: (D, H, P).
        winner: Indices that ``maxout_forward`` returned, (N, H).

    Returns:
        Gradients with respect to x (N, D), weight (D, H, P) and bias (H, P).
    """
    won = winner[:, :, None] == np.arange(weight.shape[2])  # (N, H, P)
    grad_pieces = grad_out[:, :, None] * won  # (N, H, P)
    grad_x = np.einsum("nhp,dhp->nd", grad_pieces, weight)
    grad_weight = np.einsum("nd,nhp->dhp", x, grad_pieces)
    return grad_x, grad_weight, grad_pieces.sum(axis=0)
# --8<-- [end:backward]


# --8<-- [start:tangents]
def square_by_tangents(x: np.ndarray, pieces: int) -> np.ndarray:
    """The square from -1 to 1 as one maxout unit: the maximum of its tangents.

    The tangent of x^2 at t is 2 t x - t^2; the points t are evenly spaced from
    -1 to 1. The largest error is 1 / (pieces - 1)^2.

    Args:
        x: Points, (N,).
        pieces: Number of tangents, 2 or more.

    Returns:
        Values, (N,).

    Raises:
        ValueError: If ``pieces`` is below 2.

    >>> square_by_tangents(np.array([-1.0, 0.0, 0.5]), 3)
    array([1., 0., 0.])
    """
    if pieces < 2:
        raise ValueError(f"pieces is {pieces}, must be 2 or more")
    t = np.linspace(-1.0, 1.0, pieces)
    weight = (2 * t)[None, None, :]  # (1, 1, P)
    bias = -(t**2)[None, :]  # (1, P)
    return maxout_forward(x[:, None], weight, bias)[0][:, 0]
# --8<-- [end:tangents]


# --8<-- [start:init]
def mean_square_of_max(
    pieces: int, rng: np.random.Generator, draws: int = 200_000
) -> float:
    """Estimate of ``E[max(z_1, ..., z_P)^2]``, z independent and standard normal.

    Weights of variance ``1 / (D E[max^2])`` keep the activations' mean square from
    layer to layer; the gradient's too only for P <= 2.

    Args:
        pieces: Number of pieces P.
        rng: Draws ``rng.standard_normal((draws, pieces))``.
        draws: Number of samples.
    """
    return float((rng.standard_normal((draws, pieces)).max(axis=1) ** 2).mean())
# --8<-- [end:init]


if __name__ == "__main__":
    x = np.linspace(-1, 1, 2001)
    for pieces in (2, 3, 5, 9):
        error = np.abs(square_by_tangents(x, pieces) - x**2).max()
        print(f"{pieces} tangents: largest error {error:.4f}")
    rng = np.random.default_rng(0)
    for pieces in (1, 2, 3, 4, 5):
        square = mean_square_of_max(pieces, rng)
        print(f"P = {pieces}: E[max^2] {square:.3f}, variance {1 / square:.3f} / D, "
              f"512 -> 512: {512 * 512 * pieces + 512 * pieces:,} parameters")
