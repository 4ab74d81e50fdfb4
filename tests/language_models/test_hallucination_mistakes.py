"""How each mistake fails."""

import numpy as np

from snippets.language_models.hallucination import good_turing_missing_mass, semantic_entropy
from snippets.language_models.hallucination_mistakes import (
    accuracy_given_attempted,
    answer_entropy,
    missing_mass,
)


def test_entropy_of_strings_takes_wordings_for_doubt():
    sure = [f"Paris, as asked in wording {i}" for i in range(10)]
    torn = ["March"] * 5 + ["May"] * 5
    assert answer_entropy(sure) > 3 * answer_entropy(torn)
    assert semantic_entropy(np.zeros(10, int)) == 0 < semantic_entropy(np.array([0] * 5 + [1] * 5))


def test_singletons_over_facts_overstate_the_missing_mass():
    rng = np.random.default_rng(0)
    probs = 1 / np.arange(1, 2001)
    probs /= probs.sum()
    counts = rng.multinomial(2000, probs)
    true = probs[counts == 0].sum()
    assert abs(good_turing_missing_mass(counts) - true) < 0.05
    assert missing_mass(counts) > 3 * true  # 0.66 where 0.20 is right


def test_accuracy_of_what_was_attempted_rewards_one_answer():
    correct = np.zeros(100, bool)
    correct[:60] = True
    timid = np.arange(100) < 1
    assert accuracy_given_attempted(correct, timid) == 1.0
    assert accuracy_given_attempted(correct, np.ones(100, bool)) == 0.6
