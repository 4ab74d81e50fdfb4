"""Each wrong measure praises a table on coin flips, where nothing can be learned."""

import numpy as np

from snippets.foundations.what_is_learning import accuracy, look_up, memorize
from snippets.foundations.what_is_learning_mistakes import (
    score_after_a_split_of_repeated_rows,
    score_on_what_was_trained,
)

BITS = (np.arange(2048)[:, None] >> np.arange(11)) & 1


def test_the_training_score_praises_a_table_on_coin_flips():
    coin = np.random.default_rng(0).integers(0, 2, 2048)
    assert score_on_what_was_trained(BITS, coin) == 1.0
    table = memorize(BITS[:1000], coin[:1000])
    assert abs(accuracy(look_up(table, BITS[1000:]), coin[1000:]) - 0.5) < 0.05


def test_repeated_rows_leak_coin_flips_into_the_test_half():
    scores, clean = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        coin, rows = rng.integers(0, 2, 2048), rng.integers(0, 2048, 2000)
        scores.append(score_after_a_split_of_repeated_rows(BITS[rows], coin[rows], rng))
        once = np.unique(rows)
        clean.append(score_after_a_split_of_repeated_rows(BITS[once], coin[once], rng))
    # A test row is among 1,000 draws of 2,048 with probability 1 - (1 - 1/2048)^1000 = 0.386.
    seen = 1 - (1 - 1 / 2048) ** 1000
    np.testing.assert_allclose(seen, 0.386, atol=5e-4)
    np.testing.assert_allclose(seen + (1 - seen) / 2, 0.693, atol=5e-4)
    # Standard error of 20 times 1,000 answers, 614 of them guesses: 0.003; four of them.
    np.testing.assert_allclose(np.mean(scores), 0.693, atol=0.012)
    np.testing.assert_allclose(np.mean(clean), 0.5, atol=0.02)
