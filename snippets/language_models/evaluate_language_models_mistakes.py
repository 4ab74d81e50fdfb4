"""Evaluation, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:naive]
def naive_pass_at_k(n, c, k):
    """WRONG: too low on average, since 1 - (1 - p)^k bends downward in p."""
    return 1 - (1 - c / n) ** k  # right: pass_at_k, over subsets of the n samples
# --8<-- [end:naive]


# --8<-- [start:elo]
def online_elo(votes, models, step=32):
    """WRONG for models that do not change: the last votes count most."""
    rating = np.full(models, 1000.0)
    for winner, loser in votes:
        p = 1 / (1 + 10 ** ((rating[loser] - rating[winner]) / 400))
        rating[winner] += step * (1 - p)
        rating[loser] -= step * (1 - p)
    return rating  # right: bradley_terry on all votes at once
# --8<-- [end:elo]


# --8<-- [start:letters]
def accuracy_by_letter(bias, content, answer):
    """WRONG: one order of the options, so liking "A" counts as knowledge."""
    return np.mean(np.argmax(content + bias, axis=-1) == answer)
    # right: average over rotations of the options, or score the options' texts
# --8<-- [end:letters]
