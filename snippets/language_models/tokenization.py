"""Byte-pair encoding on bytes, trained and applied, and the two other ways to cut a word.

Sennrich, Haddow and Birch 2016, https://arxiv.org/abs/1508.07909; the unigram model: Kudo 2018,
https://arxiv.org/abs/1804.10959.
"""

import math
import re
from collections import Counter
from itertools import pairwise

# --8<-- [start:train]
# Letters and everything above ASCII with the space before them, up to three digits,
# other signs, white space. Each byte matches one of them, so nothing is lost.
PATTERN = re.compile(rb" ?[A-Za-z\x80-\xff]+|[0-9]{1,3}"
                     rb"| ?[^\sA-Za-z0-9\x80-\xff]+|\s+(?!\S)|\s+")


def pre_tokenize(data: bytes) -> list[bytes]:
    """Pieces that no merge may cross; joined, they are ``data`` again."""
    return PATTERN.findall(data)


def merge(ids: list[int], pair: tuple[int, int], new: int) -> list[int]:
    """A copy of ``ids`` with each ``pair``, from the left, replaced by ``new``."""
    out, i = [], 0
    while i < len(ids):
        if tuple(ids[i : i + 2]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(ids[i])
            i += 1
    return out


def train(data: bytes, vocab_size: int) -> list[tuple[int, int]]:
    """Merges of byte-pair encoding, in the order in which they are learned.

    Ids 0 to 255 are the bytes; the merge at position i of the result makes id
    256 + i. Pairs are counted within the pieces of ``pre_tokenize``. The most
    frequent pair is merged; of several, the smallest pair of ids, so that each
    run learns the same.

    Args:
        data: Text as bytes.
        vocab_size: Bytes and merges together.

    Returns:
        Pairs of ids; fewer than asked for once no pair occurs twice.

    Raises:
        ValueError: If ``vocab_size`` is below 256.
    """
    if vocab_size < 256:
        raise ValueError(f"vocab_size must be at least 256, got {vocab_size}")
    pieces = Counter(pre_tokenize(data))  # each word once, with its frequency
    words = [(list(piece), count) for piece, count in pieces.items()]
    merges: list[tuple[int, int]] = []
    while 256 + len(merges) < vocab_size:
        pairs: Counter = Counter()
        for ids, count in words:
            for pair in pairwise(ids):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair), default=None)
        if best is None or pairs[best] < 2:
            break
        words = [(merge(ids, best, 256 + len(merges)), n) for ids, n in words]
        merges.append(best)
    return merges
# --8<-- [end:train]


# --8<-- [start:apply]
def encode(data: bytes, merges: list[tuple[int, int]]) -> list[int]:
    """Ids of ``data``: in each piece the merge learned first goes first."""
    rank = {pair: i for i, pair in enumerate(merges)}
    out = []
    for piece in pre_tokenize(data):
        ids = list(piece)
        while len(ids) > 1:
            pair = min(pairwise(ids), key=lambda pair: rank.get(pair, len(rank)))
            if pair not in rank:
                break
            ids = merge(ids, pair, 256 + rank[pair])
        out += ids
    return out


def decode(ids: list[int], merges: list[tuple[int, int]]) -> bytes:
    """The bytes behind ``ids``; they need not be valid UTF-8.

    Raises:
        ValueError: If an id is not in the vocabulary.
    """
    vocab = [bytes([i]) for i in range(256)]
    for a, b in merges:
        vocab.append(vocab[a] + vocab[b])
    for i in ids:
        if not 0 <= i < len(vocab):
            raise ValueError(f"ids must be in [0, {len(vocab)}), got {i}")
    return b"".join(vocab[i] for i in ids)
# --8<-- [end:apply]


# --8<-- [start:others]
def longest_match(word: str, vocab: set[str]) -> list[str] | None:
    """WordPiece's cut: from the left, the longest token that fits.

    (Without the ## that BERT writes before a token inside a word.)

    Returns:
        Tokens, or None where nothing fits: BERT's [UNK].
    """
    out = []
    while word:
        end = next((n for n in range(len(word), 0, -1) if word[:n] in vocab), 0)
        if end == 0:
            return None
        out.append(word[:end])
        word = word[end:]
    return out


def most_probable(word: str, log_probs: dict[str, float]) -> list[str] | None:
    """The unigram model's cut: the one with the largest sum of log probabilities.

    Args:
        word: What to cut.
        log_probs: Logarithm of the probability of each token.

    Returns:
        Tokens, by dynamic programming over the ends; None if no cut exists.
    """
    best: list[tuple[float, list[str]]] = [(0.0, [])]  # of word[:end]
    for end in range(1, len(word) + 1):
        cuts = [(best[start][0] + log_probs[word[start:end]],
                 best[start][1] + [word[start:end]])
                for start in range(end) if word[start:end] in log_probs]
        best.append(max(cuts, key=lambda cut: cut[0], default=(-math.inf, [])))
    return best[-1][1] if best[-1][0] > -math.inf else None
# --8<-- [end:others]


if __name__ == "__main__":
    text = b"low low lower lowest slow slowest show"
    merges = train(text, 263)
    vocab = [decode([256 + i], merges).decode() for i in range(len(merges))]
    print("learned", vocab)
    for word in (b" lower", b" slower", b" shower", "löw".encode(), b"\xff low"):
        cut = [decode([i], merges) for i in encode(word, merges)]
        print(word, cut)
    print("digits", pre_tokenize(b"1234567+89, 1,234,567"))
    probs = {"un": 0.1, "able": 0.1, "unab": 0.01, "le": 0.02, "u": 0.01, "n": 0.01, "a": 0.01, "b": 0.01,
             "l": 0.01, "e": 0.01}
    print("longest match", longest_match("unable", set(probs)))
    print("most probable", most_probable("unable", {t: math.log(p) for t, p in probs.items()}))
    for size in (32_000, 128_256):
        print(f"V {size}: {2 * size * 4096 / 1e6:.0f} million numbers in both tables, 4,096 columns each")
