"""Greedy, beam and exact search for the best sequence of a next-token model.

Length normalization: Wu and others 2016, https://arxiv.org/abs/1609.08144; exact search by
depth first: Stahlberg and Byrne 2019, https://arxiv.org/abs/1908.10090.
"""

from collections.abc import Callable

import numpy as np

Step = Callable[[np.ndarray], np.ndarray]  # prefixes (B, t) -> log-probabilities (B, V)


# --8<-- [start:penalty]
def length_penalty(length: int, alpha: float) -> float:
    """((5 + length) / 6) ** alpha: what a log-probability is divided by.

    >>> length_penalty(1, 0.6), length_penalty(19, 1.0), length_penalty(19, 0.0)
    (1.0, 4.0, 1.0)
    """
    return ((5 + length) / 6) ** alpha
# --8<-- [end:penalty]


# --8<-- [start:greedy]
def greedy_search(step: Step, eos: int, max_length: int) -> tuple[list[int], float]:
    """The most probable token at each step, eos included, and the log-probability."""
    tokens, total = [], 0.0
    while len(tokens) < max_length and eos not in tokens:
        log_probs = step(np.array([tokens], dtype=np.int64))[0]
        tokens.append(int(log_probs.argmax()))
        total += float(log_probs[tokens[-1]])
    return tokens, total
# --8<-- [end:greedy]


# --8<-- [start:beam]
def beam_search(step: Step, eos: int, beam_width: int, max_length: int,
                alpha: float = 0.0) -> list[tuple[list[int], float]]:
    """The best finished sequences, best first: (tokens, log-probability).

    A hypothesis that ends in eos leaves the beam for the list of finished ones.
    It does so only if it is among the best ``beam_width`` candidates of its step;
    the beam is then filled with the best of the others. Finished ones are ranked by
    log-probability / length_penalty(length, alpha), eos counted.
    What is not finished after ``max_length`` tokens competes as it stands; what has
    the log-probability -inf is never returned. The
    search stops early when no hypothesis in the beam can still enter the best
    ``beam_width``: log-probabilities only fall, so its score cannot exceed
    log-probability / length_penalty(max_length, alpha).

    Args:
        step: Gives (B, V) log-probabilities of the next token for prefixes (B, t).
        eos: The token that ends a sequence.
        beam_width: How many hypotheses are kept.
        max_length: Most tokens of a sequence, eos counted.
        alpha: 0 for the plain log-probability.

    Returns:
        At most ``beam_width`` pairs.

    Raises:
        ValueError: If ``beam_width`` or ``max_length`` is less than 1, ``alpha``
            is negative, or ``step`` gives another number of rows than prefixes.
    """
    for name, value in (("beam_width", beam_width), ("max_length", max_length)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    if alpha < 0:
        raise ValueError(f"alpha must not be negative, got {alpha}")

    def score(pair: tuple[list[int], float]) -> float:
        return pair[1] / length_penalty(len(pair[0]), alpha)

    beam, finished = [([], 0.0)], []
    for _ in range(max_length):
        prefixes = np.array([tokens for tokens, _ in beam], dtype=np.int64)
        totals = np.array([[total] for _, total in beam])  # (B, 1)
        log_probs = step(prefixes)  # (B, V)
        if len(log_probs) != len(beam):  # one row would serve all prefixes
            raise ValueError(
                f"step must give {len(beam)} rows, got {len(log_probs)}")
        candidates = totals + log_probs
        # Each row has one eos, so 2 * width candidates hold at least width others.
        order = np.argsort(-candidates, axis=None, kind="stable")[: 2 * beam_width]
        rows, tokens = np.unravel_index(order, candidates.shape)
        parents, beam = beam, []
        for rank, (row, token) in enumerate(zip(rows, tokens, strict=True)):
            pair = ([*parents[row][0], int(token)], float(candidates[row, token]))
            if pair[1] == -np.inf:
                break  # impossible, and so are all that follow
            if token != eos:
                beam.append(pair)
            elif rank < beam_width:  # an eos below the beam's edge is not kept
                finished.append(pair)
        beam = beam[:beam_width]
        finished = sorted(finished, key=score, reverse=True)[:beam_width]
        if not beam:
            break
        bound = beam[0][1] / length_penalty(max_length, alpha)
        if len(finished) == beam_width and score(finished[-1]) >= bound:
            return finished
    return sorted(finished + beam, key=score, reverse=True)[:beam_width]
# --8<-- [end:beam]


# --8<-- [start:exact]
def exact_search(step: Step, eos: int, max_length: int) -> tuple[list[int], float]:
    """The sequence of highest probability, by depth-first search.

    A prefix is left as soon as its log-probability is not above that of the best
    complete sequence so far: no continuation can be better.

    Raises:
        ValueError: If ``max_length`` is less than 1.
    """
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, got {max_length}")
    best = ([], -np.inf)
    stack = [([], 0.0)]
    while stack:
        tokens, total = stack.pop()
        if total <= best[1]:
            continue
        if len(tokens) == max_length or (tokens and tokens[-1] == eos):
            best = (tokens, total)
            continue
        log_probs = step(np.array([tokens], dtype=np.int64))[0]
        for token in np.argsort(log_probs, kind="stable"):  # the best on top
            stack.append(([*tokens, int(token)], total + float(log_probs[token])))
    return best
# --8<-- [end:exact]


# --8<-- [start:toy]
def leaky_model(length: int, vocabulary: int, leak: float,
                rng: np.random.Generator) -> Step:
    """A made-up translator whose outputs have ``length`` words, then eos (token 0).

    Before that, eos gets the probability ``leak`` at each step, a calibration
    error; after ``length`` words 0.95. The words share the rest by the softmax of
    2 * rng.standard_normal((length + 1, vocabulary + 1, vocabulary)), indexed by
    place, last token (0 at the start) and word; word w is token w + 1.
    """
    logits = 2 * rng.standard_normal((length + 1, vocabulary + 1, vocabulary))
    words = np.exp(logits)
    words /= words.sum(axis=-1, keepdims=True)

    def step(prefixes: np.ndarray) -> np.ndarray:
        t = min(prefixes.shape[1], length)
        first = np.zeros((len(prefixes), 1), np.int64)  # before the first word
        last = np.hstack([first, prefixes])[:, -1]
        end = leak if t < length else 0.95
        probs = (1 - end) * words[t, last]  # (B, V)
        return np.log(np.hstack([np.full((len(probs), 1), end), probs]))

    return step
# --8<-- [end:toy]


if __name__ == "__main__":
    table = {(): [0.0, 0.6, 0.4], (1,): [0.25, 0.4, 0.35], (2,): [0.9, 0.05, 0.05]}

    def three(prefixes):
        with np.errstate(divide="ignore"):
            return np.log([table.get(tuple(row), [1.0, 0.0, 0.0]) for row in prefixes.tolist()])

    for name, (tokens, total) in {"greedy": greedy_search(three, 0, 3), "exact": exact_search(three, 0, 3),
                                  "beam 2": beam_search(three, 0, 2, 3)[0]}.items():
        print(name, tokens, round(float(np.exp(total)), 4))
    models = [leaky_model(10, 20, 0.02, np.random.default_rng(seed)) for seed in range(100)]
    runs = {f"beam {w}": [beam_search(m, 0, w, 12)[0] for m in models] for w in (1, 2, 4, 8, 16)}
    runs["exact"] = [exact_search(m, 0, 12) for m in models]
    for alpha in (0.6, 1.0):
        runs[f"beam 16, alpha {alpha}"] = [beam_search(m, 0, 16, 12, alpha)[0] for m in models]
    for name, found in runs.items():
        lengths = np.array([len(tokens) - 1 for tokens, _ in found])
        print(f"{name:20} log-probability {np.mean([total for _, total in found]):.2f}, words "
              f"{lengths.mean():.2f}, empty {np.mean(lengths == 0):.2f}, "
              f"right length {np.mean(lengths == 10):.2f}")
