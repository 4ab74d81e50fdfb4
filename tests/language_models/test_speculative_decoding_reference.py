"""Exact fractions over whole trees of drafts, scipy's chi-square, and the page's numbers."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from snippets.language_models.speculative_decoding import (
    acceptance_rate,
    draw,
    expected_tokens,
    output_distribution,
    residual,
    speedup,
    verify,
)

P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.5, 0.3])
TARGET = [[Fraction(n, 10) for n in row] for row in ((5, 3, 2), (1, 1, 8), (3, 3, 4))]
DRAFT = [[Fraction(n, 10) for n in row] for row in ((2, 5, 3), (4, 3, 3), (3, 6, 1))]


def rounds(last: int, gamma: int):
    """Every outcome of one round after token ``last``, with its probability, in exact fractions."""
    for drafts in itertools.product(range(3), repeat=gamma):
        weight, before = Fraction(1), last
        for token in drafts:
            weight *= DRAFT[before][token]
            before = token
        path, before = weight, last
        for i, token in enumerate(drafts):
            p, q = TARGET[before], DRAFT[before]
            keep = min(Fraction(1), p[token] / q[token])
            rest = [max(a - b, 0) for a, b in zip(p, q, strict=True)]
            for other in range(3):
                if sum(rest):
                    yield (*drafts[:i], other), path * (1 - keep) * rest[other] / sum(rest)
            path *= keep
            before = token
        for other in range(3):
            yield (*drafts, other), path * TARGET[before][other]


def test_three_tokens_have_exactly_the_target_s_joint_distribution():
    for gamma in (1, 2):
        joint: dict = {}

        def extend(tokens, weight, joint, gamma):
            if len(tokens) >= 4:  # the first one was given
                joint[tokens[1:4]] = joint.get(tokens[1:4], 0) + weight
                return
            for new, chance in rounds(tokens[-1], gamma):
                if chance:
                    extend((*tokens, *new), weight * chance, joint, gamma)

        extend((0,), Fraction(1), joint, gamma)
        for a, b, c in itertools.product(range(3), repeat=3):
            assert joint[a, b, c] == TARGET[0][a] * TARGET[a][b] * TARGET[b][c]


def test_expected_tokens_is_the_mean_length_when_the_rate_is_constant():
    # A draft and target that ignore the past: the rate is 0.7 everywhere.
    alpha = float(acceptance_rate(P, Q))
    for gamma in (1, 2, 3):
        lengths = [min([i for i in range(gamma) if not kept[i]], default=gamma) + 1
                   for kept in itertools.product((True, False), repeat=gamma)]
        chances = [np.prod([alpha if k else 1 - alpha for k in kept])
                   for kept in itertools.product((True, False), repeat=gamma)]
        np.testing.assert_allclose(expected_tokens(alpha, gamma), np.dot(lengths, chances), rtol=1e-12)


def test_samples_pass_a_chi_square_test_and_the_draft_does_not():
    rng = np.random.default_rng(0)
    n, counts = 5000, np.zeros(3)
    rows = np.stack([P, P])
    for token in rng.choice(3, n, p=Q):
        counts[verify(rows, Q[None], [int(token)], rng)[0]] += 1
    assert stats.chisquare(counts, n * P).pvalue > 1e-6
    assert stats.chisquare(counts, n * Q).pvalue < 1e-100


def test_comparing_with_a_draw_from_the_target_is_exact_too_but_keeps_less():
    # Any scheme that keeps the draft when both agree is a coupling: it keeps at most 1 - TV.
    assert round(float(P @ Q), 2) == 0.31 < float(acceptance_rate(P, Q)) == 0.7
    assert round(float(P @ P), 2) == 0.38


def test_the_page_s_numbers():
    np.testing.assert_allclose(residual(P, Q), [1, 0, 0], atol=1e-15)
    np.testing.assert_allclose(output_distribution(P, Q), P, atol=1e-15)
    table = {}
    for cost in (0.02, 0.05, 0.2):
        for alpha in (0.5, 0.7, 0.8, 0.9):
            gains = [speedup(alpha, gamma, cost) for gamma in range(1, 40)]
            table[cost, alpha] = (int(np.argmax(gains)) + 1, round(max(gains), 2))
    assert [table[0.02, a] for a in (0.5, 0.7, 0.8, 0.9)] == [(4, 1.79), (8, 2.76), (11, 3.82), (19, 6.37)]
    assert [table[0.05, a] for a in (0.5, 0.7, 0.8, 0.9)] == [(3, 1.63), (6, 2.35), (8, 3.09), (13, 4.67)]
    assert [table[0.2, a] for a in (0.5, 0.7, 0.8, 0.9)] == [(1, 1.25), (3, 1.58), (4, 1.87), (7, 2.37)]
    assert round((expected_tokens(0.95, 4) + expected_tokens(0.5, 4)) / 2, 2) == 3.23
    assert round(expected_tokens(0.725, 4), 2) == 2.91
    assert round(300 * (expected_tokens(0.8, 4) - 4 * 0.05) / 5) == 190
    assert round(speedup(0.8, 4, 0.05, 5), 2) == 0.65
    assert round(5 / expected_tokens(0.8, 4), 2) == 1.49
    experts = 128 * (1 - (1 - 8 / 128) ** 5)
    assert (round(experts, 1), round(experts / 8, 1)) == (35.3, 4.4)
    rng = np.random.default_rng(0)  # the formula by counting: five draws of 8 out of 128
    counts = [len({int(e) for _ in range(5) for e in rng.choice(128, 8, replace=False)}) for _ in range(400)]
    assert abs(np.mean(counts) - experts) < 5 * np.std(counts) / 20


def test_a_draft_that_cannot_be_is_told_its_place():
    rng, p = np.random.default_rng(0), np.full((2, 3), 1 / 3)
    with pytest.raises(ValueError, match=r"^drafts\[0\] = 2 has probability 0 under q$"):
        verify(p, np.array([[0.5, 0.5, 0.0]]), [2], rng)
    for token in (-1, 3):
        with pytest.raises(ValueError, match=rf"^drafts\[0\] must be below 3, got {token}$"):
            verify(p, p[:1], [token], rng)


def test_nothing_to_draw_from_is_told_its_sum():
    for probs, total in ((np.zeros(3), r"0\.0"), (np.array([0.5, 0.5, 1.0, -4.0]), r"-2\.0")):
        with pytest.raises(ValueError, match=rf"^probs must have a positive sum, got {total}$"):
            draw(probs, np.random.default_rng(0))
