"""How each mistake fails."""

import numpy as np

from snippets.evaluation.ranking_metrics import dcg, ndcg
from snippets.evaluation.ranking_metrics_mistakes import dcg_by_sorting, ndcg_of_the_shown


def test_without_the_items_that_were_not_shown_a_poor_page_is_perfect():
    assert ndcg_of_the_shown(np.array([1, 0, 0])) == 1.0
    grades, scores = np.array([1, 0, 0, 3, 3]), np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    assert round(float(ndcg(grades, scores, 3)), 3) == 0.185


def test_sorting_rewards_a_constant_score_for_the_order_of_the_file():
    grades = np.array([3, 2, 1, 0, 0, 0])
    best, worst = dcg_by_sorting(grades, np.zeros(6)), dcg_by_sorting(grades[::-1], np.zeros(6))
    assert round(float(best), 2) == 4.76 and round(float(worst), 2) == 2.27
    ours = [dcg(order, np.zeros(6)) for order in (grades, grades[::-1])]
    np.testing.assert_allclose(ours, 3.3047, atol=1e-4)
