"""What a network can compute without non-linear activations, and with them.

Leshno, Lin, Pinkus and Schocken, *Multilayer feedforward networks with a nonpolynomial
activation function can approximate any function*, Neural Networks 6(6), 1993,
https://doi.org/10.1016/S0893-6080(05)80131-5.
"""

import math
from collections.abc import Callable

import numpy as np


# --8<-- [start:collapse]
def collapse(
    weights: list[np.ndarray], biases: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The single layer ``x @ weight + bias`` that equals a stack of linear layers.

    Args:
        weights: One (D_in, D_out) array per layer, the first layer first.
        biases: One (D_out,) array per layer.

    Returns:
        weight (D_first, D_last) and bias (D_last,).

    Raises:
        ValueError: If ``weights`` is empty or of another length than ``biases``.

    >>> collapse([np.array([[2.0]]), np.array([[3.0]])], [np.ones(1), np.ones(1)])
    (array([[6.]]), array([4.]))
    """
    if not weights or len(weights) != len(biases):
        raise ValueError(f"weights has {len(weights)} layers, biases {len(biases)}")
    weight, bias = weights[0], biases[0]
    for w, b in zip(weights[1:], biases[1:], strict=True):
        weight, bias = weight @ w, bias @ w + b
    return weight, bias
# --8<-- [end:collapse]


def relu(x: np.ndarray) -> np.ndarray:
    """The larger of 0 and x, elementwise."""
    return np.maximum(0.0, x)


# --8<-- [start:xor]
def xor_network(x: np.ndarray) -> np.ndarray:
    """XOR of two bits by two ReLU units with weights found by hand.

    The units are relu(x1 + x2) and relu(x1 + x2 - 1), the output is the
    first minus twice the second.

    Args:
        x: Floating point bits, (N, 2).

    Returns:
        The XOR of each row, (N,).

    >>> xor_network(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
    array([0., 1., 1., 0.])
    """
    total = x.sum(axis=1)  # (N, 2) -> (N,)
    return relu(total) - 2.0 * relu(total - 1.0)
# --8<-- [end:xor]


# --8<-- [start:regions]
def max_regions(units: int, inputs: int) -> int:
    """Most linear pieces of one ReLU layer: cells cut out by ``units`` hyperplanes.

    Args:
        units: Number of hidden ReLU units, 0 or more.
        inputs: Dimension of the input, 1 or more.

    Returns:
        The sum of the binomials "units over i" for i from 0 to ``inputs``.

    >>> max_regions(3, 2)
    7
    """
    return sum(math.comb(units, i) for i in range(inputs + 1))


def sawtooth(x: np.ndarray, depth: int) -> np.ndarray:
    """The tent 2 relu(x) - 4 relu(x - 1/2), applied ``depth`` times to x in [0, 1].

    Two units per layer, and 2^depth linear pieces.

    >>> sawtooth(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), 2)
    array([0., 1., 0., 1., 0.])
    """
    for _ in range(depth):
        x = 2.0 * relu(x) - 4.0 * relu(x - 0.5)
    return x
# --8<-- [end:regions]


# --8<-- [start:fit]
def fit_error(
    activation: Callable[[np.ndarray], np.ndarray], hidden: int, x: np.ndarray,
    targets: np.ndarray, rng: np.random.Generator,
) -> float:
    """Error of the best output layer on top of random hidden units.

    Nothing is trained but the output layer, by least squares, so a large error is
    a limit of the functions, not of the optimizer.

    Args:
        activation: Elementwise function of an array.
        hidden: Number of hidden units.
        x: Points on a line, (N,).
        targets: Values to fit, (N,).
        rng: Draws ``hidden`` weights with ``rng.uniform(-5, 5, hidden)``, then as
            many biases in the same way.

    Returns:
        Root mean square error of the fit; the output layer has a bias.
    """
    weight = rng.uniform(-5, 5, hidden)
    bias = rng.uniform(-5, 5, hidden)
    features = activation(x[:, None] * weight + bias)  # (N,) -> (N, hidden)
    features = np.column_stack([features, np.ones_like(x)])  # (N, hidden + 1)
    output, *_ = np.linalg.lstsq(features, targets, rcond=None)
    return float(np.sqrt(np.mean((features @ output - targets) ** 2)))
# --8<-- [end:fit]


if __name__ == "__main__":
    bits = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    print("XOR by two ReLU units:", xor_network(bits))
    affine = np.column_stack([bits, np.ones(4)])
    fit, *_ = np.linalg.lstsq(affine, xor_network(bits), rcond=None)
    print(f"best affine fit of XOR: the constant {fit[2]:.3f}")
    for hidden in (10, 1000):
        print(f"100 -> {hidden} -> 100: {100 * hidden + hidden + hidden * 100 + 100:,} parameters")
    print("pieces of one layer:", {(n, d): max_regions(n, d) for n, d in
                                   ((3, 2), (20, 1), (20, 2), (1023, 1))})
