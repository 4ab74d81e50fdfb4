"""Learning, measured in two ways that a lookup table passes.

tests/foundations/test_what_is_learning_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:trained]
def score_on_what_was_trained(inputs, targets):
    """WRONG: the examples that were stored are also the exam."""
    table = {tuple(x): t for x, t in zip(inputs.tolist(), targets, strict=True)}
    answers = np.array([table[tuple(x)] for x in inputs.tolist()])
    return (answers == targets).mean()
# --8<-- [end:trained]


# --8<-- [start:repeats]
def score_after_a_split_of_repeated_rows(inputs, targets, rng):
    """WRONG: rows that occur twice land on both sides of the split."""
    order = rng.permutation(len(inputs))
    train, test = np.array_split(order, 2)
    pairs = zip(inputs[train].tolist(), targets[train], strict=True)
    table = {tuple(x): t for x, t in pairs}
    answers = np.array([table.get(tuple(x), 0) for x in inputs[test].tolist()])
    return (answers == targets[test]).mean()
# --8<-- [end:repeats]


if __name__ == "__main__":
    bits = (np.arange(2048)[:, None] >> np.arange(11)) & 1
    scores = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        coin = rng.integers(0, 2, 2048)
        rows = rng.integers(0, 2048, 2000)  # 2,000 of 2,048 inputs, drawn with replacement
        scores.append(score_after_a_split_of_repeated_rows(bits[rows], coin[rows], rng))
    print(f"coin flips, trained on: {score_on_what_was_trained(bits, coin):.3f}")
    print(f"coin flips, split with repeated rows: {np.mean(scores):.3f}")
