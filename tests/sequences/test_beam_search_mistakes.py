"""How each mistake fails."""

import numpy as np

from snippets.sequences.beam_search import beam_search, leaky_model, length_penalty
from snippets.sequences.beam_search_mistakes import candidates, still_open, stop


def test_without_history_an_unlikely_prefix_wins():
    totals = np.log([[0.9], [0.1]])
    log_probs = np.log([[0.6, 0.4], [0.95, 0.05]])
    assert candidates(log_probs, 1) == (1, 0)  # 0.1 * 0.95 = 0.095 in truth
    best = np.unravel_index(np.argmax(totals + log_probs), (2, 2))
    assert best == (0, 0)  # 0.9 * 0.6 = 0.54


def test_a_hypothesis_continued_past_its_end_loses_its_lead():
    beam = [([2, 0], np.log(0.36)), ([1, 1], np.log(0.24))]
    assert len(still_open(beam, 0)) == 2  # the finished one is asked for a next token
    continued = np.log(0.36) + np.log(0.5)  # what any next token of probability 0.5 leaves
    assert continued < np.log(0.24) and np.log(0.36) > np.log(0.24)
    assert [pair for pair in beam if pair[0][-1] != 0] == beam[1:]


def test_the_first_to_finish_is_not_the_best_under_normalization():
    model = leaky_model(10, 20, 0.02, np.random.default_rng(0))
    found = beam_search(model, 0, 16, 12, 1.0)
    first = ([0], float(model(np.zeros((1, 0), dtype=np.int64))[0, 0]))  # the empty sequence
    assert stop([first], found)
    scores = [total / length_penalty(len(tokens), 1.0) for tokens, total in (found[0], first)]
    assert scores[0] > scores[1] and len(found[0][0]) == 11
