"""How each mistake fails."""

import codecs

from snippets.language_models.tokenization import decode, encode, train
from snippets.language_models.tokenization_mistakes import encode_from_the_left, stream


def test_merging_from_the_left_gives_tokens_that_training_never_saw():
    merges = [(98, 99), *train(b"ab ab", 257)]  # bc, then ab
    data = b"abc"
    right, wrong = encode(data, merges), encode_from_the_left(data, merges)
    assert decode(right, merges) == decode(wrong, merges) == data  # the round trip hides it
    assert [decode([i], merges) for i in right] == [b"a", b"bc"]
    assert [decode([i], merges) for i in wrong] == [b"ab", b"c"]


def test_a_letter_of_two_bytes_is_lost_between_tokens():
    merges = train(b"low lower", 300)
    ids = encode("löw 日".encode(), merges)
    assert stream(ids, merges) == "l��w ���"
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    text = "".join(decoder.decode(decode([i], merges)) for i in ids) + decoder.decode(b"", final=True)
    assert text == "löw 日"
