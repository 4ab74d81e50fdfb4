"""Retrieval for generation: chunks, BM25, cosine, fusion, scores of a ranking.

BM25: Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019, with Lucene's
idf. Reciprocal rank fusion: Cormack, Clarke and Buettcher 2009,
https://doi.org/10.1145/1571941.1572114.
"""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np


# --8<-- [start:chunk]
def chunk(tokens: Sequence, size: int, overlap: int = 0) -> list:
    """Cut a document into windows that cover all of it.

    Windows start every size - overlap tokens; the last may be shorter, none lies
    wholly within the one before. A passage of m tokens, m at most size, is whole in
    some window if overlap is at least m - 1.

    Args:
        tokens: The document.
        size: Tokens in a window, at least 1.
        overlap: Tokens shared by neighbors, at least 0 and below size.

    Raises:
        ValueError: If size or overlap is out of range.
    """
    if size < 1 or not 0 <= overlap < size:
        raise ValueError(
            f"need size >= 1 and 0 <= overlap < size, got {size} and {overlap}")
    stop = max(len(tokens) - overlap, min(len(tokens), 1))
    return [tokens[i : i + size] for i in range(0, stop, size - overlap)]
# --8<-- [end:chunk]


# --8<-- [start:bm25]
def bm25_scores(query: Sequence[str], documents: Sequence[Sequence[str]],
                k1: float = 1.2, b: float = 0.75) -> np.ndarray:
    """BM25 score of every document, (N,) float64.

    Sum over the query's terms of
    idf * tf (k1 + 1) / (tf + k1 (1 - b + b length / mean)),
    idf = ln(1 + (N - n + 0.5) / (n + 0.5)) with n documents that contain the term.
    A term that the query repeats counts each time.

    Args:
        query: Terms.
        documents: N lists of terms.
        k1: How slowly repeated terms saturate, at least 0.
        b: How much length is punished, 0 to 1.

    Raises:
        ValueError: If there is no document, or k1 or b is out of range.
    """
    if not len(documents):
        raise ValueError("documents must not be empty, got 0")
    if k1 < 0 or not 0 <= b <= 1:
        raise ValueError(f"need k1 >= 0 and 0 <= b <= 1, got {k1} and {b}")
    counts = [Counter(document) for document in documents]
    length = np.array([len(document) for document in documents], np.float64)
    norm = k1 * (1 - b + b * length / max(length.mean(), 1e-12))  # (N,)
    scores = np.zeros(len(documents))
    for term in query:
        tf = np.array([count[term] for count in counts], np.float64)  # (N,)
        n = np.count_nonzero(tf)
        idf = np.log1p((len(documents) - n + 0.5) / (n + 0.5))
        scores += idf * tf * (k1 + 1) / np.maximum(tf + norm, 1e-12)
    return scores
# --8<-- [end:bm25]


# --8<-- [start:cosine]
def unit(x: np.ndarray) -> np.ndarray:
    """Rows of x, (..., D) floating point, over their length; zero stays zero."""
    largest = np.abs(x).max(axis=-1, keepdims=True)
    x = x / np.where(largest > 0, largest, 1)  # so that squares cannot overflow
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    return x / np.where(length > 0, length, 1)


def cosine_scores(query: np.ndarray, documents: np.ndarray) -> np.ndarray:
    """Cosine of query embeddings with document embeddings; 0 for a zero vector.

    Args:
        query: (..., D) floating point.
        documents: (N, D) floating point.

    Returns:
        (..., N).

    Raises:
        ValueError: If the last sizes differ or a type is not floating point.
    """
    if query.shape[-1] != documents.shape[-1]:
        raise ValueError(f"query and documents must share D, got {query.shape[-1]} "
                         f"and {documents.shape[-1]}")
    for name, x in (("query", query), ("documents", documents)):
        if x.dtype.kind != "f":
            raise ValueError(f"{name} must be floating point, got {x.dtype}")
    return unit(query) @ unit(documents).T  # (..., D) @ (D, N) -> (..., N)
# --8<-- [end:cosine]


# --8<-- [start:fusion]
def reciprocal_rank_fusion(rankings: Sequence[Sequence], k: float = 60) -> list:
    """Merge rankings by the sum of 1 / (k + rank), ranks from 1, best first.

    Args:
        rankings: Lists of document ids, best first; they may differ in documents.
        k: The larger, the less the very top of one list counts. At least 0.

    Returns:
        Every document that occurs, by falling sum; ties by first occurrence.

    Raises:
        ValueError: If k is negative or a ranking names a document twice.
    """
    if k < 0:
        raise ValueError(f"k must be at least 0, got {k}")
    scores: dict = {}
    for ranking in rankings:
        if len(set(ranking)) < len(ranking):
            raise ValueError(f"rankings must not repeat a document, got {ranking}")
        for rank, document in enumerate(ranking, 1):
            scores[document] = scores.get(document, 0.0) + 1 / (k + rank)
    return sorted(scores, key=scores.get, reverse=True)
# --8<-- [end:fusion]


# --8<-- [start:metrics]
def recall_at_k(ranking: Sequence, relevant: Collection, k: int) -> float:
    """Share of the relevant documents among the first k.

    Args:
        ranking: Document ids, best first.
        relevant: Ids of the documents that belong to the query.
        k: At least 1.

    Raises:
        ValueError: If ``relevant`` is empty or k is below 1.
    """
    if not len(relevant) or k < 1:
        raise ValueError(f"need some relevant and k >= 1, got {relevant} and {k}")
    return len(set(ranking[:k]) & set(relevant)) / len(set(relevant))


def reciprocal_rank(ranking: Sequence, relevant: Collection) -> float:
    """1 over the rank of the first relevant document, 0 if none is there.

    The mean over queries is MRR.

    Args:
        ranking: Document ids, best first.
        relevant: Ids of the documents that belong to the query.
    """
    ranks = [i for i, name in enumerate(ranking, 1) if name in set(relevant)]
    return 1 / ranks[0] if ranks else 0.0
# --8<-- [end:metrics]


MANUAL = {
    "descale": "run the descaling program when the light is orange",
    "E41": "error e41 means that the water tank is empty",
    "E42": "error e42 means that the pump is blocked",
    "return": "you may return the machine within 30 days",
    "beans": "fill the hopper with whole beans and close the lid",
}

if __name__ == "__main__":
    names, documents = list(MANUAL), [text.split() for text in MANUAL.values()]
    for question in ("error e42", "refund", "return the machine"):
        scores = bm25_scores(question.split(), documents)
        order = np.argsort(-scores, kind="stable")
        print(question, [(names[i], round(float(scores[i]), 3)) for i in order[:3]])
    print(reciprocal_rank_fusion([["E42", "E41", "beans"],
                                  ["descale", "E42", "return"]]))
    print([f"{1 / 61 + 1 / 62:.5f}", f"{1 / 61:.5f}"])
    print(recall_at_k(["E41", "E42", "beans"], {"E42", "descale"}, 2),
          reciprocal_rank(["E41", "E42", "beans"], {"E42", "descale"}))
    for overlap in (0, 15, 29):
        cut = max(29 - overlap, 0) / (200 - overlap)
        print(f"overlap {overlap}: a passage of 30 is cut with {100 * cut:.1f} %, "
              f"index {200 / (200 - overlap):.2f} times")
