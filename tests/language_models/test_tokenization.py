"""What the tokenizer promises. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.language_models.tokenization import (
    decode,
    encode,
    longest_match,
    merge,
    most_probable,
    pre_tokenize,
    train,
)

TEXT = b"low low lower lowest slow slowest show"


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def tokens(data: bytes, merges) -> list[bytes]:
    return [decode([i], merges) for i in encode(data, merges)]


def test_pieces_join_to_the_text_whatever_the_bytes():
    rng = np.random.default_rng(0)
    samples = [rng.integers(0, 256, 300, dtype=np.uint8).tobytes() for _ in range(20)]
    for data in [*samples, b"", b"  two  spaces \n\n\tand 12345 'signs'!? ", bytes(range(256))]:
        assert b"".join(pre_tokenize(data)) == data
    assert pre_tokenize(b"It is 1234567, no?") == [
        b"It", b" is", b" ", b"123", b"456", b"7", b",", b" no", b"?"]


def test_merging_reads_from_the_left_and_keeps_its_input():
    ids = [5, 5, 5, 7, 5, 5]
    assert merge(ids, (5, 5), 9) == [9, 5, 7, 9]
    assert ids == [5, 5, 5, 7, 5, 5] and merge([], (1, 2), 3) == []


def test_the_most_frequent_pair_is_merged_first():
    # ow stands in all seven words, then l + ow in six: counted by hand on the page.
    merges = train(TEXT, 263)
    assert merges[:2] == [(111, 119), (108, 256)]
    words = [decode([256 + i], merges) for i in range(7)]
    assert words == [b"ow", b"low", b" s", b" low", b"es", b" slow", b"est"]


def test_a_tie_goes_to_the_smallest_pair_of_ids():
    # a and b, c and d, each twice: (97, 98) is the smaller pair whatever comes first in the text.
    for data in (b"ab\ncd\nab\ncd", b"cd\nab\ncd\nab"):
        assert train(data, 258) == [(97, 98), (99, 100)]


def test_no_merge_crosses_a_piece():
    merges = train(b"on the top of the hill on the top of the hill " * 5, 400)
    for i in range(len(merges)):
        word = decode([256 + i], merges)
        assert b" " not in word[1:]


def test_training_stops_when_no_pair_occurs_twice():
    assert train(b"abc", 300) == [] == train(b"", 300)
    assert train(b"abab", 300) == [(97, 98)]
    assert train(b"whatever", 256) == []


def test_a_smaller_vocabulary_begins_a_larger_one():
    data = TEXT * 3 + b" new newer newest and more of this and that"
    assert train(data, 290)[:20] == train(data, 276)


def test_any_bytes_come_back():
    merges = train(TEXT + " schön größer schöner".encode() * 3, 300)
    rng = np.random.default_rng(1)
    samples = [rng.integers(0, 256, 200, dtype=np.uint8).tobytes() for _ in range(10)]
    for data in [*samples, b"", b"\xff\xfe low \x80", "größte 日本 🙂".encode(), TEXT]:
        assert decode(encode(data, merges), merges) == data


def test_the_merge_learned_first_goes_first():
    # b + c came before a + b, so abc is a, bc although ab would be read first.
    merges = [(98, 99), (97, 98)]
    assert tokens(b"abc", merges) == [b"a", b"bc"]
    assert tokens(b"ab", merges) == [b"ab"]
    assert tokens(b" shower", train(TEXT, 263)) == [b" s", b"h", b"ow", b"e", b"r"]


def test_what_was_trained_on_gets_shorter_with_each_merge():
    merges = train(TEXT, 263)
    lengths = [len(encode(TEXT, merges[:n])) for n in range(len(merges) + 1)]
    assert lengths == [38, 31, 25, 22, 19, 17, 15, 13]


def test_a_vocabulary_below_the_bytes_or_an_unknown_id_is_named():
    assert raises(train, TEXT, 255) == "vocab_size must be at least 256, got 255"
    for ids, wrong in (([97, 263], "263"), ([-1], "-1")):
        message = raises(decode, ids, train(TEXT, 263))
        assert "ids" in message and wrong in message


def test_the_longest_match_is_not_the_most_probable_cut():
    probs = {"un": 0.1, "able": 0.1, "unab": 0.01, "le": 0.02, "u": 0.01, "n": 0.01, "a": 0.01, "b": 0.01,
             "l": 0.01, "e": 0.01}
    logs = {token: math.log(p) for token, p in probs.items()}
    assert longest_match("unable", set(probs)) == ["unab", "le"]
    assert most_probable("unable", logs) == ["un", "able"]
    assert longest_match("abc", {"a", "b", "ab", "c"}) == ["ab", "c"]  # not a, then a b that is followed by c
    assert longest_match("aab", {"a", "b"}) == ["a", "a", "b"] == most_probable("aab", {"a": -1.0, "b": -1.0})
    assert most_probable("", logs) == [] == longest_match("", set(probs))


def test_a_word_that_no_token_covers_has_no_cut():
    assert longest_match("unsure", {"un", "u", "n"}) is None
    assert most_probable("unsure", {"un": -1.0, "e": -1.0}) is None
