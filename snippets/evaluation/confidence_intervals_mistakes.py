"""Two wrong error bars. tests/evaluation/test_confidence_intervals_mistakes.py shows how they fail."""

import numpy as np


# --8<-- [start:wald]
def wald(successes, total):
    """WRONG near 0 and 1: at 20 of 20 the interval is a point."""
    p = successes / total
    half = 1.96 * np.sqrt(p * (1 - p) / total)
    return p - half, p + half
# --8<-- [end:wald]


# --8<-- [start:answers]
def standard_error_per_answer(correct):
    """WRONG for (questions, answers): answers to one question depend."""
    return correct.std(ddof=1) / np.sqrt(correct.size)
# --8<-- [end:answers]
