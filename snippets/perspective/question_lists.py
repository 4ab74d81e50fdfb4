"""Three answers that public question lists get wrong, done right.

Newton's iteration for a root, the bits of a byte string in reverse order, and
the gradients of a network with two sigmoid layers (Rumelhart, Hinton and Williams,
*Learning representations by back-propagating errors*,
https://doi.org/10.1038/323533a0).
"""

import numpy as np


# --8<-- [start:root]
def square_root(x: float) -> float:
    """Square root with +, -, *, / and comparisons only, by Newton's iteration.

    Each step replaces ``r`` by the mean of ``r`` and ``x / r``. From a start above
    the root the values fall toward it; the first that does not fall ends it.

    Args:
        x: A number, 0 or larger; infinity gives infinity.

    Returns:
        The root, up to rounding.

    Raises:
        ValueError: if ``x`` is negative or not a number.

    >>> round(square_root(2.0), 12)
    1.414213562373
    """
    x = float(x)  # a float32 would stop at 7 digits
    if not x >= 0:  # also catches NaN
        raise ValueError(f"x must be 0 or larger, got {x}")
    if x == 0:
        return 0.0
    root = max(x, 1.0)  # never below the root
    while True:
        better = 0.5 * (root + x / root)
        if not better < root:  # also ends infinity, where better is NaN
            return root
        root = better
# --8<-- [end:root]


# --8<-- [start:bits]
def reverse_bits(data: bytes) -> bytes:
    """All bits in reverse order: the last bit of the last byte comes first.

    Args:
        data: Any number of bytes.

    Returns:
        As many bytes. Reversing twice gives ``data`` again.

    >>> reverse_bits(bytes([0b00000001, 0b11010000])).hex(" ")
    '0b 80'
    """
    reversed_bytes = []
    for byte in reversed(data):
        out = 0
        for _ in range(8):
            out = (out << 1) | (byte & 1)  # move the lowest bit over
            byte >>= 1
        reversed_bytes.append(out)
    return bytes(reversed_bytes)
# --8<-- [end:bits]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The logistic function 1 / (1 + exp(-x)), element by element, without overflow.

    Args:
        x: Any shape.

    Returns:
        The same shape, float64, between 0 and 1.
    """
    x = np.asarray(x, dtype=np.float64)
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


# --8<-- [start:gradients]
def gradients(
    x: np.ndarray, targets: np.ndarray, weight1: np.ndarray, weight2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of half the squared error of two sigmoid layers without biases.

    The loss is ``0.5 * sum((probs - targets) ** 2)`` with
    ``probs = sigmoid(sigmoid(x @ weight1) @ weight2)``.

    Args:
        x: Inputs, (N, D).
        targets: What should come out, (N, K).
        weight1: First layer, (D, H).
        weight2: Second layer, (H, K).

    Returns:
        The gradient of the loss for each weight, in their shapes.

    Raises:
        ValueError: if ``targets`` does not have the shape of the output.
    """
    hidden = sigmoid(x @ weight1)  # (N, D) -> (N, H)
    probs = sigmoid(hidden @ weight2)  # (N, H) -> (N, K)
    if np.shape(targets) != probs.shape:
        given = np.shape(targets)
        raise ValueError(f"targets must have shape {probs.shape}, got {given}")
    # A sigmoid's slope in terms of its OUTPUT s is s (1 - s).
    delta2 = (probs - targets) * probs * (1 - probs)  # (N, K)
    delta1 = (delta2 @ weight2.T) * hidden * (1 - hidden)  # (N, H)
    return x.T @ delta1, hidden.T @ delta2
# --8<-- [end:gradients]


if __name__ == "__main__":
    root = 4.0
    for _ in range(4):
        root = 0.5 * (root + 4.0 / root)
        print(f"{root:.10f}")
    print(square_root(4.0), reverse_bits(bytes.fromhex("ADDEDEC0")).hex(" ").upper())
