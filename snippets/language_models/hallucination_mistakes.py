"""Hallucination, measured wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:strings]
def answer_entropy(answers):
    """WRONG: ten wordings of one right answer look like ten different answers."""
    _, counts = np.unique(answers, return_counts=True)
    share = counts / counts.sum()
    return -(share * np.log(share)).sum()
    # right: group by mutual entailment first, then semantic_entropy
# --8<-- [end:strings]


# --8<-- [start:singletons]
def missing_mass(counts):
    """WRONG: facts seen once as a share of the facts, not of the observations."""
    return np.count_nonzero(counts == 1) / np.count_nonzero(counts)
    # right: np.count_nonzero(counts == 1) / counts.sum()
# --8<-- [end:singletons]


# --8<-- [start:given]
def accuracy_given_attempted(correct, answered):
    """WRONG as the only number: one sure answer and 99 refusals make 100 %."""
    return correct[answered].mean()  # right: beside the share that was answered
# --8<-- [end:given]
