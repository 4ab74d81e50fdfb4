"""The same three, wrong in the way we found them in lists; our own wording of the code."""

import numpy as np

from snippets.perspective.question_lists import gradients, sigmoid


# --8<-- [start:taylor]
def taylor_square_root(x: float, terms: int) -> float:
    """WRONG for x > 2: the series about 1 has radius of convergence 1."""
    coefficient, total = 1.0, 0.0
    for k in range(terms):
        total += coefficient * (x - 1) ** k
        coefficient *= (0.5 - k) / (k + 1)
    return total
# --8<-- [end:taylor]


# --8<-- [start:bytes]
def reverse_bytes(data: bytes) -> bytes:
    """WRONG: turns the order of the bytes; inside each byte the bits stay."""
    return bytes(reversed(data))
# --8<-- [end:bytes]


# --8<-- [start:preactivation]
def gradient_at_preactivation(x, targets, weight1, weight2):
    """WRONG: s (1 - s) needs the sigmoid's output, and gets its input."""
    before = x @ weight1
    hidden = sigmoid(before)
    probs = sigmoid(hidden @ weight2)
    delta2 = (probs - targets) * probs * (1 - probs)
    delta1 = (delta2 @ weight2.T) * before * (1 - before)  # right: hidden
    return x.T @ delta1
# --8<-- [end:preactivation]


def cosines(draws: int, rng: np.random.Generator) -> np.ndarray:
    """Cosine between wrong and right first-layer gradient on XOR, random weights in [0, 1)."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = np.array([[0.0], [1.0], [1.0], [0.0]])
    out = []
    for _ in range(draws):
        weight1, weight2 = rng.random((2, 2)), rng.random((2, 1))
        wrong = gradient_at_preactivation(x, targets, weight1, weight2)
        right, _ = gradients(x, targets, weight1, weight2)
        out.append(np.sum(wrong * right) / np.linalg.norm(wrong) / np.linalg.norm(right))
    return np.array(out)
