"""The same merges and ids from a slow second writing over byte strings, and every cut tried out."""

import itertools
import math

import numpy as np
import pytest

from snippets.language_models.tokenization import decode, encode, most_probable, pre_tokenize, train


def naive_train(data: bytes, num_merges: int) -> list[tuple[bytes, bytes]]:
    """Byte-pair encoding over lists of byte strings, recounted piece by piece."""
    pieces = [[bytes([b]) for b in piece] for piece in pre_tokenize(data)]
    number = {bytes([b]): b for b in range(256)}
    merges = []
    while len(merges) < num_merges:
        counts: dict = {}
        for piece in pieces:
            for pair in itertools.pairwise(piece):
                counts[pair] = counts.get(pair, 0) + 1
        if not counts or max(counts.values()) < 2:
            break
        most = max(counts.values())
        best = min((pair for pair, n in counts.items() if n == most),
                   key=lambda pair: [number[token] for token in pair])
        merges.append(best)
        number.setdefault(best[0] + best[1], 256 + len(merges) - 1)
        pieces = [replay(piece, [best]) for piece in pieces]
    return merges


def replay(piece: list[bytes], merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """All merges once, in the order in which they were learned."""
    for a, b in merges:
        i = 0
        while i + 1 < len(piece):
            if piece[i] == a and piece[i + 1] == b:
                piece = [*piece[:i], a + b, *piece[i + 2 :]]
            i += 1
    return piece


def test_merges_and_tokens_equal_a_naive_tokenizer_s():
    rng = np.random.default_rng(0)
    for seed in range(5):
        letters = np.frombuffer(b"abcde  \n1\xc3\xa4", dtype=np.uint8)
        data = rng.choice(letters, 400 + seed).tobytes()
        ours = train(data, 256 + 40)
        theirs = naive_train(data, 40)
        words = [decode([i], ours) for i in range(256 + len(ours))]
        assert len(set(words)) == len(words)  # so a byte string stands for one id
        assert [(words[a], words[b]) for a, b in ours] == theirs
        other = rng.choice(letters, 300).tobytes()
        expected = [token for piece in pre_tokenize(other)
                    for token in replay([bytes([b]) for b in piece], theirs)]
        assert [words[i] for i in encode(other, ours)] == expected


def test_the_most_probable_cut_is_the_best_of_all():
    rng = np.random.default_rng(1)
    for _ in range(30):
        word = "".join(rng.choice(list("abc"), 7))
        vocab = {"".join(t) for n in (1, 2, 3) for t in itertools.product("abc", repeat=n)}
        logs = {t: float(rng.normal(-3, 1)) for t in sorted(vocab)}
        cuts = []
        for inside in itertools.product((False, True), repeat=6):
            ends = [0, *(i + 1 for i, cut in enumerate(inside) if cut), 7]
            cut = [word[a:b] for a, b in itertools.pairwise(ends)]
            if all(token in logs for token in cut):
                cuts.append((math.fsum(logs[t] for t in cut), cut))
        ours = most_probable(word, logs)
        assert "".join(ours) == word
        np.testing.assert_allclose(sum(logs[t] for t in ours), max(cuts)[0], rtol=1e-12)


def test_the_page_s_sizes_of_vocabularies():
    assert 256 + 50_000 + 1 == 50_257
    small, large = 2 * 32_000 * 4096, 2 * 128_256 * 4096
    assert (round(small / 1e6), round(large / 1e6)) == (262, 1051)
    # Work per character of a model with n other weights falls from 32,000 tokens at 3.17 characters to
    # 128,256 at 3.94 when (n + 128,256 d) / 3.94 < (n + 32,000 d) / 3.17.
    ratio = (128_256 / 3.94 - 32_000 / 3.17) / (1 / 3.17 - 1 / 3.94)
    assert round(ratio) == 364_275
    assert (round(ratio * 4096 / 1e9, 1), round(ratio * 2048 / 1e9, 2)) == (1.5, 0.75)
    np.testing.assert_allclose((ratio + 128_256) / 3.94, (ratio + 32_000) / 3.17, rtol=1e-12)
    seven = (7e9 + 128_256 * 4096) / (7e9 + 32_000 * 4096)
    assert round(3.94 / 3.17, 2) == 1.24
    assert round(seven, 3) == 1.055 and round(3.94 / 3.17 / seven, 2) == 1.18


def test_an_id_outside_the_vocabulary_is_told_with_its_limits():
    for wrong in (257, -1):
        with pytest.raises(ValueError, match=rf"^ids must be in \[0, 257\), got {wrong}$"):
            decode([97, wrong], [(97, 98)])
