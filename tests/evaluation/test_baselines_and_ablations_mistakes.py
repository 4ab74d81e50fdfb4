"""How each mistake fails."""

import numpy as np

from snippets.evaluation.baselines_and_ablations_mistakes import compare_best, contributions


def test_the_same_method_beats_itself_with_more_runs():
    rng = np.random.default_rng(0)
    gaps = [compare_best(rng.normal(size=3), rng.normal(size=20)) for _ in range(2000)]
    # 1.87 - 0.85 standard deviations of one run; the mean of 2,000 is known to 0.02.
    assert abs(np.mean(gaps) - 1.02) < 0.1 and np.mean(np.array(gaps) > 0) > 0.8


def test_single_gains_add_up_to_more_than_there_is():
    results = np.array([[80.0, 84.0], [84.0, 85.0]])
    assert contributions(results).tolist() == [4.0, 4.0]
    assert contributions(results).sum() == 8.0 and results[1, 1] - results[0, 0] == 5.0
