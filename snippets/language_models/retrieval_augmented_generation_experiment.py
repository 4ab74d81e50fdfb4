"""What words find and what vectors find, on a corpus whose synonyms are known.

240 concepts, each with two names that never stand together; a text walks from concept to
concept along a fixed random graph and names each by either word. Word vectors come from
other texts of the same kind: positive pointwise mutual information, cut to 64 dimensions by
SVD. 1,500 documents of 8 concepts, each with a number of its own, such as 4071: one term
for BM25, the mean of four digit vectors for the embedding, as a subword tokenizer would cut
it. Questions name three concepts of one document, or its number. Each method hands on at most
100 documents, BM25 only those that share a term.
"""

import json
from pathlib import Path

import numpy as np

from snippets.language_models.retrieval_augmented_generation import (
    bm25_scores,
    cosine_scores,
    recall_at_k,
    reciprocal_rank,
    reciprocal_rank_fusion,
)

CONCEPTS, NEIGHBORS, LENGTH, DOCUMENTS, TRAINING, SIZE = 240, 4, 8, 1500, 12_000, 64
METHODS = ("BM25", "embedding", "fusion, k = 60", "fusion, k = 1")
KINDS = ("same words", "other words", "number", "number, other words")


def corpus(rng: np.random.Generator) -> tuple:
    """Concepts and chosen names of training texts and documents, and the documents' numbers."""
    graph = np.array([rng.choice(CONCEPTS, NEIGHBORS, replace=False) for _ in range(CONCEPTS)])
    total = TRAINING + DOCUMENTS
    walk = np.empty((total, LENGTH), np.int64)
    walk[:, 0] = rng.integers(0, CONCEPTS, total)
    for t in range(1, LENGTH):
        step = graph[walk[:, t - 1], rng.integers(0, NEIGHBORS, total)]
        jump = rng.random(total) < 0.2
        walk[:, t] = np.where(jump, rng.integers(0, CONCEPTS, total), step)
    name = np.take_along_axis(rng.integers(0, 2, (total, CONCEPTS)), walk, axis=1)
    numbers = rng.choice(10_000, DOCUMENTS, replace=False)
    return walk, name, numbers


def embed_words(words: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Vectors (2 * CONCEPTS + 10, SIZE) from texts (M, LENGTH) that end in the digits of a number."""
    vocabulary = 2 * CONCEPTS + 10
    digits = 2 * CONCEPTS + numbers[:, None] // 10 ** np.arange(3, -1, -1) % 10
    present = np.zeros((len(words), vocabulary))
    np.put_along_axis(present, np.hstack([words, digits]), 1.0, axis=1)
    together = present.T @ present
    np.fill_diagonal(together, 0)
    share = together.sum(1) / together.sum()
    expected = together.sum() * np.outer(share, share)
    ppmi = np.log(np.maximum(together / np.maximum(expected, 1e-12), 1.0))
    u, s, _ = np.linalg.svd(ppmi)
    return u[:, :SIZE] * np.sqrt(s[:SIZE])


def run(seed: int = 0, questions: int = 300) -> dict:
    """Recall at 5, 1 and 50 and MRR of each method for each kind of question."""
    rng = np.random.default_rng(seed)
    walk, name, numbers = corpus(rng)
    words = walk + CONCEPTS * name
    vectors = embed_words(words[:TRAINING], rng.integers(0, 10_000, TRAINING))
    walk, name, words = walk[TRAINING:], name[TRAINING:], words[TRAINING:]
    terms = [[f"w{w}" for w in row] + [f"n{n:04d}"] for row, n in zip(words, numbers, strict=True)]

    def embed(row, number):
        tokens = list(row)
        if number is not None:
            tokens += [2 * CONCEPTS + int(digit) for digit in f"{number:04d}"]
        return vectors[tokens].mean(0)

    documents = np.stack([embed(row, n) for row, n in zip(words, numbers, strict=True)])
    result = {}
    for kind in KINDS:
        found = {method: [] for method in METHODS}
        for target in rng.choice(DOCUMENTS, questions, replace=False):
            at = rng.choice(LENGTH, 3, replace=False)
            chosen = words[target, at] if kind == "same words" else (
                walk[target, at] + CONCEPTS * (1 - name[target, at]))
            number = numbers[target] if "number" in kind else None
            chosen = chosen[:0] if kind == "number" else chosen
            query = [f"w{w}" for w in chosen] + ([f"n{number:04d}"] if number is not None else [])
            scores = bm25_scores(query, terms)
            lexical = [i for i in np.argsort(-scores, kind="stable")[:100].tolist() if scores[i] > 0]
            similarity = cosine_scores(embed(chosen, number), documents)
            dense = np.argsort(-similarity, kind="stable")[:100].tolist()
            rankings = [lexical, dense] + [reciprocal_rank_fusion([lexical, dense], k) for k in (60, 1)]
            for method, ranking in zip(found, rankings, strict=True):
                found[method].append([recall_at_k(ranking, {int(target)}, k) for k in (1, 5, 50)]
                                     + [reciprocal_rank(ranking, {int(target)})])
        result[kind] = {method: dict(zip(("recall@1", "recall@5", "recall@50", "mrr"),
                                         np.mean(rows, axis=0).round(4).tolist(), strict=True))
                        for method, rows in found.items()}
    return result


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for kind, methods in result.items():
        print(kind, methods)
