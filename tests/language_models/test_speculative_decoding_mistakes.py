"""How each mistake is biased, by averaging over an even grid of random numbers."""

import itertools

import numpy as np

from snippets.language_models.speculative_decoding import output_distribution
from snippets.language_models.speculative_decoding_mistakes import (
    greedy_draft,
    keep_the_rest,
    verify_one,
)

P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.5, 0.3])
GRID = (np.arange(90) + 0.5) / 90


class Replay:
    def __init__(self, numbers):
        self.numbers = list(numbers)

    def random(self):
        return self.numbers.pop(0)


def test_resampling_from_the_target_keeps_the_draft_s_taste():
    out = np.zeros(3)
    for token, numbers in itertools.product(range(3), itertools.product(GRID, repeat=2)):
        out[verify_one(P, Q, token, Replay(numbers))] += Q[token] / len(GRID) ** 2
    np.testing.assert_allclose(out, [0.35, 0.39, 0.26], atol=0.003)
    np.testing.assert_allclose(output_distribution(P, Q), P, atol=1e-12)


def test_a_greedy_draft_tested_against_the_soft_q_loses_a_token_for_good():
    out = np.zeros(3)
    for numbers in itertools.product(GRID, repeat=2):
        out[greedy_draft(P, Q, Replay(numbers))] += 1 / len(GRID) ** 2
    np.testing.assert_allclose(out, [0.4, 0.6, 0.0], atol=0.003)
    np.testing.assert_allclose(output_distribution(P, np.eye(3)[1]), P, atol=1e-12)


def test_tokens_after_a_rejection_belong_to_another_prefix():
    # After 0 the target says 1, after 1 it says 0; the draft thought 0, 1 and the target wants 1 first.
    p = np.array([[0.0, 1.0], [0.0, 1.0]])  # rows for the drafted prefix: nothing, then 0
    q = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert keep_the_rest(p, q, [0, 1], np.random.default_rng(0)) == [1, 1]  # impossible: after 1 comes 0
