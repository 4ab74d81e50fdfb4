"""How each mistake fails."""

import numpy as np

from snippets.evaluation.confidence_intervals import wilson
from snippets.evaluation.confidence_intervals_mistakes import standard_error_per_answer, wald


def test_wald_is_certain_after_twenty_hits():
    assert wald(20, 20) == (1.0, 1.0)
    assert round(wilson(20, 20)[0], 3) == 0.839
    assert wald(19, 20)[1] > 1.0


def test_answers_to_one_question_are_not_independent():
    rng = np.random.default_rng(0)
    wrong, spread = [], []
    for _ in range(300):  # 100 questions, each always or never right, 5 answers each
        correct = np.repeat(rng.random((100, 1)) < 0.7, 5, axis=1).astype(np.float64)
        wrong.append(standard_error_per_answer(correct))
        spread.append(correct.mean())
    ratio = np.std(spread) / np.mean(wrong)
    # sqrt(5) = 2.24; the deviation of 300 means is known to 1 / sqrt(600) = 4 %.
    assert abs(ratio - np.sqrt(5)) < 0.4
