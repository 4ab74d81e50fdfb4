"""A multilayer perceptron's forward pass, its size, and XOR with weights found by hand.

McCulloch and Pitts, *A logical calculus of the ideas immanent in nervous activity*, 1943,
https://doi.org/10.1007/BF02478259, for the threshold units.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np


# --8<-- [start:forward]
def forward(
    x: np.ndarray,
    weights: list[np.ndarray],
    biases: list[np.ndarray],
    activation: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Output of a multilayer perceptron: affine maps, an activation between them.

    Args:
        x: Inputs, one per row, (N, D_0).
        weights: One (D_in, D_out) array per layer, the one next to the input first.
        biases: One (D_out,) array per layer.
        activation: Elementwise function after every layer *except the last*.

    Returns:
        Outputs of the last affine map, (N, D_L).

    Raises:
        ValueError: If ``weights`` is empty or not as long as ``biases``.
    """
    if not weights or len(weights) != len(biases):
        raise ValueError(f"weights has {len(weights)} layers, biases {len(biases)}")
    hidden = x
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        hidden = activation(hidden @ weight + bias)  # (N, D_in) -> (N, D_out)
    return hidden @ weights[-1] + biases[-1]
# --8<-- [end:forward]


# --8<-- [start:size]
def count(sizes: list[int]) -> tuple[int, int]:
    """Parameters of a fully connected network, and its multiplications per input.

    Args:
        sizes: Widths D_0, ..., D_L: the input, the hidden layers, the output.

    Returns:
        All weights and biases; the multiplications by a weight in one forward pass.

    >>> count([2, 2, 1])
    (9, 6)
    """
    products = sum(d_in * d_out for d_in, d_out in pairwise(sizes))
    return products + sum(sizes[1:]), products
# --8<-- [end:size]


# --8<-- [start:units]
def step(z: np.ndarray) -> np.ndarray:
    """1.0 where z is positive, else 0.0: a unit that fires or does not."""
    return (z > 0).astype(np.float64)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), also for large negative z, where exp(-z) overflows."""
    return np.exp(-np.logaddexp(0.0, -z))
# --8<-- [end:units]


# --8<-- [start:xor]
def xor(
    x: np.ndarray, unit: Callable[[np.ndarray], np.ndarray], sharpness: float = 1.0
) -> np.ndarray:
    """XOR of two bits by a 2-2-1 network whose hidden units are OR and AND.

    OR has weights (1, 1) and bias -0.5, AND has (1, 1) and -1.5, the output
    unit has weight 1 for OR, -1 for AND, and bias -0.5. All nine parameters
    are multiplied by ``sharpness``, and ``unit`` is applied to all three sums.

    Args:
        x: Bits as floats, (N, 2).
        unit: Elementwise function, such as ``step`` or ``sigmoid``.
        sharpness: Factor of all weights and biases, > 0.

    Returns:
        One value per row, (N,).

    >>> xor(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), step)
    array([0., 1., 1., 0.])
    """
    weights = [np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([[1.0], [-1.0]])]
    biases = [np.array([-0.5, -1.5]), np.array([-0.5])]
    scaled = [[sharpness * p for p in group] for group in (weights, biases)]
    return unit(forward(x, *scaled, unit))[:, 0]  # (N, 1) -> (N,)
# --8<-- [end:xor]


if __name__ == "__main__":
    bits = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    print("threshold units:", xor(bits, step))
    for factor in (1, 5, 10, 20):
        print(f"sigmoid units, weights times {factor}:", xor(bits, sigmoid, factor).round(4))
    for widths in ([2, 2, 1], [784, 300, 100, 10]):
        parameters, products = count(widths)
        print(widths, f"{parameters:,} parameters, {products:,} multiplications")
