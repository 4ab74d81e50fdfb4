"""Bag of words, tf-idf, and skip-gram with negative sampling with its gradients by hand.

Mikolov and colleagues, *Distributed Representations of Words and Phrases and their
Compositionality*, https://arxiv.org/abs/1310.4546. Levy and Goldberg, *Neural Word Embedding as
Implicit Matrix Factorization*, NIPS 2014.
"""

import numpy as np


# --8<-- [start:bag]
def bag_of_words(documents: list[list[str]], vocabulary: list[str]) -> np.ndarray:
    """How often each word of the vocabulary occurs in each document.

    Args:
        documents: N lists of words; words outside the vocabulary are skipped.
        vocabulary: V different words.

    Returns:
        (N, V), float64.

    >>> bag_of_words([["dog", "bites", "dog"]], ["bites", "dog", "man"])
    array([[1., 2., 0.]])
    """
    index = {word: i for i, word in enumerate(vocabulary)}
    counts = np.zeros((len(documents), len(vocabulary)))
    for row, words in zip(counts, documents, strict=True):
        for word in words:
            if word in index:
                row[index[word]] += 1
    return counts


def tf_idf(counts: np.ndarray) -> np.ndarray:
    """Counts times inverse document frequency, rows scaled to length 1.

    The inverse document frequency of a word that occurs in d of N documents is
    log((1 + N) / (1 + d)) + 1, the default of scikit-learn.

    Args:
        counts: (N, V).

    Returns:
        (N, V); a row of zeros stays zero.
    """
    frequency = (counts > 0).sum(axis=0)  # documents with the word, (V,)
    weighted = counts * (np.log((1 + len(counts)) / (1 + frequency)) + 1)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    return weighted / np.where(length == 0, 1, length)
# --8<-- [end:bag]


# --8<-- [start:pairs]
def pair_counts(
    documents: list[list[str]], vocabulary: list[str], window: int
) -> np.ndarray:
    """How often each context word stands within the window of each center word.

    Words outside the vocabulary are removed first, so they take no place.

    Args:
        documents: Lists of words.
        vocabulary: V different words.
        window: Largest distance, at least 1; both sides count.

    Returns:
        (V, V) float64, rows center, columns context; symmetric.

    Raises:
        ValueError: If ``window`` is less than 1.
    """
    if window < 1:
        raise ValueError(f"window must be at least 1, got {window}")
    index = {word: i for i, word in enumerate(vocabulary)}
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for words in documents:
        ids = [index[word] for word in words if word in index]
        for i, center in enumerate(ids):
            around = ids[max(0, i - window) : i] + ids[i + 1 : i + 1 + window]
            for context in around:
                counts[center, context] += 1
    return counts


def shifted_pmi(counts: np.ndarray, num_negatives: float) -> np.ndarray:
    """Pointwise mutual information minus log k, where skip-gram's optimum is.

    log(n(w, c) * total / (n(w) * n(c))) - log(k), and minus infinity where the pair
    never occurs.

    Args:
        counts: (V, C), no row and no column all zero.
        num_negatives: k, positive.

    Returns:
        (V, C).

    Raises:
        ValueError: If ``num_negatives`` is not positive, or a row or column of
            ``counts`` is all zero.
    """
    if not num_negatives > 0:
        raise ValueError(f"num_negatives must be positive, got {num_negatives}")
    if not (counts.any(axis=0).all() and counts.any(axis=1).all()):
        raise ValueError("counts has a row or column of zeros only")
    outer = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0)
    ratio = counts * counts.sum() / outer
    logs = np.log(np.where(ratio > 0, ratio, 1)) - np.log(num_negatives)
    return np.where(ratio > 0, logs, -np.inf)
# --8<-- [end:pairs]


# --8<-- [start:sgns]
def sgns_loss_and_grads(
    centers: np.ndarray, contexts: np.ndarray, negatives: np.ndarray,
    w_in: np.ndarray, w_out: np.ndarray,
) -> tuple[float, np.ndarray, np.ndarray]:
    """Skip-gram with negative sampling: the mean loss of N pairs.

    The loss of a pair is -log sigmoid(w_in[center] @ w_out[context]) minus the sum
    over its negatives of log sigmoid(-w_in[center] @ w_out[negative]).

    Args:
        centers: Word ids, (N,).
        contexts: Word ids, (N,).
        negatives: Word ids drawn as wrong contexts, (N, k).
        w_in: Vectors of center words, (V, D).
        w_out: Vectors of context words, (V, D).

    Returns:
        The loss, and its gradients by w_in and w_out.

    Raises:
        ValueError: If there is no pair, or ``centers``, ``contexts`` and
            ``negatives`` differ in N.
    """
    if not 0 < len(centers) == len(contexts) == len(negatives):
        raise ValueError(
            f"centers, contexts, negatives need one N of at least 1, got "
            f"{len(centers)}, {len(contexts)}, {len(negatives)}")
    outputs = np.concatenate([contexts[:, None], negatives], axis=1)  # (N, 1 + k)
    labels = np.zeros(outputs.shape)
    labels[:, 0] = 1
    u, v = w_in[centers], w_out[outputs]  # (N, D), (N, 1 + k, D)
    logits = np.sum(u[:, None] * v, axis=2)  # (N, 1 + k)
    loss = np.sum(np.logaddexp(0, logits) - labels * logits) / len(centers)
    errors = (np.exp(-np.logaddexp(0, -logits)) - labels) / len(centers)
    grad_in, grad_out = np.zeros_like(w_in), np.zeros_like(w_out)
    # add.at adds every time that an id occurs; grad_in[centers] += would add once
    np.add.at(grad_in, centers, np.sum(errors[:, :, None] * v, axis=1))
    np.add.at(grad_out, outputs, errors[:, :, None] * u[:, None])
    return float(loss), grad_in, grad_out
# --8<-- [end:sgns]


# --8<-- [start:expected]
def expected_loss_and_grads(
    counts: np.ndarray, w_in: np.ndarray, w_out: np.ndarray,
    num_negatives: float,
) -> tuple[float, np.ndarray, np.ndarray]:
    """The loss that negative sampling has on average, without sampling.

    Pairs are drawn in proportion to the counts; each has k negatives, drawn in
    proportion to the column sums.

    Args:
        counts: (V, C).
        w_in: (V, D).
        w_out: (C, D).
        num_negatives: k.

    Returns:
        The loss, and its gradients by w_in and w_out.
    """
    positive = counts / counts.sum()
    shares = positive.sum(axis=1, keepdims=True), positive.sum(axis=0)
    negative = num_negatives * shares[0] * shares[1]  # (V, C)
    logits = w_in @ w_out.T
    both = positive + negative
    loss = np.sum(both * np.logaddexp(0, logits) - positive * logits)
    probs = np.exp(-np.logaddexp(0, -logits))  # sigmoid
    errors = both * probs - positive
    return float(loss), errors @ w_out, errors.T @ w_in
# --8<-- [end:expected]


# --8<-- [start:nearest]
def nearest(query: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Ids of the rows of ``vectors``, by falling cosine with the query.

    Args:
        query: (D,).
        vectors: (V, D).

    Returns:
        (V,) integers.
    """
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = vectors @ query / np.where(lengths == 0, 1, lengths)
    return np.argsort(-cosines, kind="stable")
# --8<-- [end:nearest]


if __name__ == "__main__":
    documents = [["dog", "bites", "man"], ["man", "bites", "dog"], ["dog", "sleeps"]]
    vocabulary = ["bites", "dog", "man", "sleeps"]
    counts = bag_of_words(documents, vocabulary)
    print(counts, tf_idf(counts).round(3), sep="\n")
    print("idf", (np.log(4 / (1 + (counts > 0).sum(axis=0))) + 1).round(4))
    table = np.array([[4.0, 1.0], [1.0, 4.0]])
    print("PMI", shifted_pmi(table, 1).round(4), "less log 2", shifted_pmi(table, 2).round(4), sep="\n")
    w_in, w_out = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0], [2.0, 0.0]])
    ids = np.array([0])
    loss, grad_in, _ = sgns_loss_and_grads(ids, ids, np.array([[1]]), w_in, w_out)
    print(f"one pair: loss {loss:.4f}, gradient of the center {grad_in[0].round(4)}")
