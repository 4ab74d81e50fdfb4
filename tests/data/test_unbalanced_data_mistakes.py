"""How the wrong numbers fail."""

import numpy as np

from snippets.data.unbalanced_data import average_precision, correct_prior, cost_threshold
from snippets.data.unbalanced_data_mistakes import area_by_trapezoids, decide


def test_trapezoids_promise_what_no_threshold_delivers():
    # One positive on top; the other shares the low score with 999 negatives: two thresholds.
    targets = np.array([1, 1] + [0] * 999)
    scores = np.array([1.0] + [0.0] * 1000)
    exact = average_precision(targets, scores)
    np.testing.assert_allclose(exact, (1 + 2 / 1001) / 2, rtol=1e-12)
    np.testing.assert_allclose(exact, 0.501, atol=5e-5)
    promised = area_by_trapezoids(np.array([0.0, 0.5, 1.0]), np.array([1.0, 1.0, 2 / 1001]))
    np.testing.assert_allclose(promised, 0.7505, atol=1e-4)
    # Half way down the line recall is 0.75 at precision 0.5. In truth the ties come in random
    # order: half of them give recall 0.75 on average, at a precision of 1.5 / 501.
    assert 1.5 / 501 < 0.003


def test_balanced_outputs_at_the_cost_threshold_raise_alarms_for_nothing():
    # True 0.1 %, model trained at 50 %: its 0.05 means 0.00005, far below the threshold 0.01.
    probs = np.array([0.05])
    assert decide(probs, 99.0, 1.0).all()
    corrected = correct_prior(probs, 0.5, 0.001)
    np.testing.assert_allclose(corrected, [0.0000527], atol=1e-7)
    assert not (corrected > cost_threshold(99.0, 1.0)).any()
