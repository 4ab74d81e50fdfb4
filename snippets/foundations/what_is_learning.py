"""A learner and a memorizer on the same examples, scored on what neither has seen.

The definition of learning by task, performance and experience: Mitchell, *Machine
Learning*, 1997, https://www.cs.cmu.edu/~tom/mlbook.html.
"""

import numpy as np


# --8<-- [start:score]
def accuracy(answers: np.ndarray, targets: np.ndarray) -> float:
    """Share of right answers: the performance P.

    Args:
        answers: 0 or 1, (N,).
        targets: 0 or 1, (N,).

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: If ``answers`` is empty or not one per target.

    >>> accuracy(np.array([1, 0, 1, 1]), np.array([1, 0, 0, 1]))
    0.75
    """
    if answers.shape != targets.shape or answers.size == 0:
        raise ValueError(f"answers {answers.shape} for targets {targets.shape}")
    return float((answers == targets).mean())
# --8<-- [end:score]


# --8<-- [start:learn]
def learn(
    inputs: np.ndarray,
    targets: np.ndarray,
    lr: float = 0.5,
    steps: int = 500,
) -> tuple[np.ndarray, float]:
    """Fit one logistic unit by gradient descent on the cross-entropy.

    The hypothesis class is every (weight, bias); the search starts at zero and each
    step uses all examples.

    Args:
        inputs: Features, (N, D).
        targets: 0 or 1, (N,).
        lr: Learning rate.
        steps: Number of updates.

    Returns:
        Weight, (D,), and bias.

    Raises:
        ValueError: If ``inputs`` is empty or not one per target.

    >>> weight, bias = learn(np.array([[-1.0], [1.0]]), np.array([0, 1]), steps=1)
    >>> print(weight, bias)  # probabilities 0.5, errors 0.5 and -0.5, mean of e * x
    [0.25] 0.0
    """
    if inputs.ndim != 2 or len(inputs) == 0 or targets.shape != inputs.shape[:1]:
        raise ValueError(f"inputs {inputs.shape} for targets {targets.shape}")
    weight, bias = np.zeros(inputs.shape[1]), 0.0
    for _ in range(steps):
        logits = inputs @ weight + bias  # (N, D) @ (D,) -> (N,)
        probs = 0.5 * (1 + np.tanh(logits / 2))  # the sigmoid; cannot overflow
        error = (probs - targets) / len(targets)  # gradient at the logits
        weight -= lr * (error @ inputs)  # (N,) @ (N, D) -> (D,)
        bias -= lr * float(error.sum())
    return weight, bias


def answer(weight: np.ndarray, bias: float, inputs: np.ndarray) -> np.ndarray:
    """Answer 1 where the logit is positive, else 0.

    Args:
        weight: Weight of the unit, (D,).
        bias: Its bias.
        inputs: Features, (N, D).

    Returns:
        Answers, 0 or 1, (N,).

    >>> answer(np.array([1.0, -2.0]), 0.5, np.array([[1.0, 1.0], [1.0, 0.0]]))
    array([0, 1])
    """
    return (inputs @ weight + bias > 0).astype(np.int64)
# --8<-- [end:learn]


# --8<-- [start:memorize]
def memorize(inputs: np.ndarray, targets: np.ndarray) -> dict[tuple, int]:
    """Store every example as it is: a lookup table from input to target.

    Args:
        inputs: Features, (N, D).
        targets: 0 or 1, (N,).

    Returns:
        One entry per different input, the row as a tuple; its last target counts.

    Raises:
        ValueError: If ``targets`` are not one per input.

    >>> memorize(np.array([[0, 1], [1, 1]]), np.array([1, 0]))
    {(0, 1): 1, (1, 1): 0}
    """
    if targets.shape != inputs.shape[:1]:
        raise ValueError(f"targets {targets.shape} for inputs {inputs.shape}")
    rows = inputs.tolist()
    return {tuple(row): int(t) for row, t in zip(rows, targets, strict=True)}


def look_up(table: dict[tuple, int], inputs: np.ndarray) -> np.ndarray:
    """Answer from the table; where it has no entry, say its most frequent target.

    Args:
        table: What ``memorize`` returned.
        inputs: Features, (N, D).

    Returns:
        Answers, 0 or 1, (N,), int64. If both targets are equally frequent, unknown
        inputs get 1.

    >>> look_up({(0, 1): 1, (1, 1): 0, (1, 0): 0}, np.array([[0, 1], [0, 0]]))
    array([1, 0])
    """
    stored = list(table.values())
    guess = int(2 * sum(stored) >= len(stored))
    answers = [table.get(tuple(row), guess) for row in inputs.tolist()]
    return np.array(answers, dtype=np.int64)
# --8<-- [end:memorize]


if __name__ == "__main__":
    codes = np.arange(2**11, dtype=np.int64)
    bits = (codes[:, None] >> np.arange(11)) & 1  # (2048,) -> (2048, 11)
    inputs = 2.0 * bits - 1
    majority = (bits.sum(axis=1) > 5).astype(np.int64)
    order = np.random.default_rng(0).permutation(len(bits))
    held_out = order[1000:]
    for n in (1, 10, 30, 100, 300, 1000):
        train = order[:n]
        weight, bias = learn(inputs[train], majority[train])
        table = memorize(inputs[train], majority[train])
        for name, part in (("trained on", train), ("never seen", held_out)):
            unit = accuracy(answer(weight, bias, inputs[part]), majority[part])
            stored = accuracy(look_up(table, inputs[part]), majority[part])
            print(f"{n:5} examples, {name}: unit {unit:.3f}, table {stored:.3f}")
    print("weights after 1,000 examples", weight.round(2), "bias", round(bias, 2))
