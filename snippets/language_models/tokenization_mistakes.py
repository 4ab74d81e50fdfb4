"""Byte-pair encoding, wrong in two ways. The tests show how each one fails."""

from itertools import pairwise

from snippets.language_models.tokenization import decode, merge, pre_tokenize


# --8<-- [start:order]
def encode_from_the_left(data, merges):
    """WRONG: merges the first pair in the text that has a merge."""
    rank, out = {pair: i for i, pair in enumerate(merges)}, []
    for piece in pre_tokenize(data):
        ids = list(piece)
        while pairs := [p for p in pairwise(ids) if p in rank]:
            best = pairs[0]  # right: min(pairs, key=rank.get), learned first
            ids = merge(ids, best, 256 + rank[best])
        out += ids
    return out
# --8<-- [end:order]


# --8<-- [start:stream]
def stream(ids, merges):
    """WRONG: makes text of each token alone; a letter may end in the next one."""
    return "".join(decode([i], merges).decode(errors="replace") for i in ids)
    # right: feed the bytes to codecs.getincrementaldecoder("utf-8")
# --8<-- [end:stream]
