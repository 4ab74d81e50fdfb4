"""How each mistake fails."""

import numpy as np
from scipy.stats import binom

from snippets.language_models.evaluate_language_models import pass_at_k
from snippets.language_models.evaluate_language_models_mistakes import (
    accuracy_by_letter,
    naive_pass_at_k,
    online_elo,
)


def test_the_naive_estimate_is_too_low_on_average():
    n, k, p = 20, 10, 0.1
    weights = binom.pmf(np.arange(n + 1), n, p)
    truth = 1 - (1 - p) ** k
    naive = sum(w * naive_pass_at_k(n, c, k) for c, w in enumerate(weights))
    unbiased = sum(w * pass_at_k(n, c, k) for c, w in enumerate(weights))
    assert abs(unbiased - truth) < 1e-12 and round(truth, 3) == 0.651
    assert round(naive, 3) == 0.568  # as on the page


def test_online_elo_gives_the_same_votes_another_rating_in_another_order():
    votes = np.array([(0, 1)] * 50 + [(1, 0)] * 50)
    first, last = online_elo(votes, 2), online_elo(votes[::-1], 2)
    assert first[1] > first[0] + 200 and last[0] > last[1] + 200  # 50 to 50 is a draw


def test_one_order_of_options_scores_a_liking_for_a_letter():
    rng = np.random.default_rng(0)
    content = rng.standard_normal((20_000, 4))  # knows nothing
    bias = np.array([1.5, 0, 0, 0])
    assert accuracy_by_letter(bias, content, np.zeros(20_000)) > 0.6
    answers = rng.integers(0, 4, 20_000)
    # Rotated options take the model's scores for them along; only the liking stays in place.
    rotated = np.mean([accuracy_by_letter(bias, np.roll(content, r, axis=1), (answers + r) % 4)
                       for r in range(4)])
    assert abs(rotated - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 20_000)
    fond = accuracy_by_letter(bias, np.roll(np.eye(4)[answers] * 9, 1, axis=1), (answers + 1) % 4)
    assert fond == 1  # whoever knows loses nothing to a liking of 1.5
