"""Two wrong nDCGs. tests/evaluation/test_ranking_metrics_mistakes.py shows how they fail."""

import numpy as np


# --8<-- [start:ideal]
def ndcg_of_the_shown(grades_as_shown):
    """WRONG: the ideal order is that of all items, not of those that were shown."""
    discount = 1 / np.log2(np.arange(len(grades_as_shown)) + 2)
    return grades_as_shown @ discount / (np.sort(grades_as_shown)[::-1] @ discount)
# --8<-- [end:ideal]


# --8<-- [start:ties]
def dcg_by_sorting(relevance, scores):
    """WRONG with equal scores: the order of the file decides."""
    order = np.argsort(-scores, kind="stable")
    return relevance[order] @ (1 / np.log2(np.arange(len(order)) + 2))
# --8<-- [end:ties]
