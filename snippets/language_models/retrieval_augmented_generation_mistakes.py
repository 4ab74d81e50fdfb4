"""Retrieval, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:sum]
def add_scores(bm25, cosine):
    """WRONG: BM25 reaches 20 and more, a cosine 1, so BM25 decides alone."""
    return np.argsort(-(bm25 + cosine))  # right: fuse ranks, or tune scaled weights
# --8<-- [end:sum]


# --8<-- [start:rights]
def search(scores, allowed, k):
    """WRONG: takes everyone's top k, then drops the forbidden ones."""
    top = np.argsort(-scores)[:k]
    return top[allowed[top]]
    # right: top k of np.where(allowed, scores, -np.inf)
# --8<-- [end:rights]


# --8<-- [start:tail]
def chunk(tokens, size):
    """WRONG: whole windows only; the end of a document is never found."""
    return [tokens[i : i + size] for i in range(0, len(tokens) - size + 1, size)]
# --8<-- [end:tail]
