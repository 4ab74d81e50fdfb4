"""What the metrics of a ranked list promise. NumPy and plain asserts only."""

import numpy as np

from snippets.evaluation.ranking_metrics import (
    average_precision,
    dcg,
    ips_value,
    ndcg,
    precision_at_k,
    ranked,
    recall_at_k,
    reciprocal_rank,
    sampled_expectation,
    simulate_clicks,
)

GRADES = np.array([3, 0, 2, 0, 1])
SCORES = np.array([0.7, 0.9, 0.6, 0.5, 0.4])  # order of the grades: 0, 3, 2, 0, 1
HITS = (GRADES > 0).astype(np.int64)
LOG = np.log2(np.arange(2, 7))


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def close(ours, expected):
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-15)


def test_items_come_in_the_order_of_their_scores_ties_in_the_given_order():
    assert ranked(GRADES, SCORES).tolist() == [0, 3, 2, 0, 1]
    assert ranked(GRADES, np.zeros(5)).tolist() == GRADES.tolist()
    many = np.tile([0.5, 0.9], 30)
    assert ranked(np.arange(60), many).tolist() == [*range(1, 60, 2), *range(0, 60, 2)]
    assert ranked(np.array([1, 2, 3]), np.array([7, 255, 0], dtype=np.uint8)).tolist() == [2, 1, 3]


def test_the_metrics_of_the_page_by_hand():
    close([precision_at_k(HITS, SCORES, 3), recall_at_k(HITS, SCORES, 3)], [2 / 3, 2 / 3])
    close([precision_at_k(HITS, SCORES, 1), recall_at_k(HITS, SCORES, 5)], [0, 1])
    close(reciprocal_rank(HITS, SCORES), 1 / 2)
    close(average_precision(HITS, SCORES), (1 / 2 + 2 / 3 + 3 / 5) / 3)


def test_a_single_relevant_item_gives_the_hit_rate_and_one_discount():
    one, places = np.array([0, 1, 0]), np.array([3.0, 2.0, 1.0])
    close([recall_at_k(one, places, k) for k in (1, 2, 3)], [0, 1, 1])
    close(ndcg(one, places), 1 / np.log2(3))
    assert sampled_expectation(2, 2, 1, 1) == 0.0 and sampled_expectation(2, 2, 1, 2) == 1.0


def test_a_list_shorter_than_k_has_misses_at_the_end():
    close(precision_at_k(HITS, SCORES, 10), 3 / 10)
    close(recall_at_k(HITS, SCORES, 10), 1)


def test_dcg_and_ndcg_of_the_page_by_hand():
    close(dcg(GRADES, SCORES), np.array([0, 3, 2, 0, 1]) @ (1 / LOG))
    close(dcg(GRADES, SCORES, None, "exponential"), np.array([0, 7, 3, 0, 1]) @ (1 / LOG))
    best = np.array([3, 2, 1, 0, 0]) @ (1 / LOG)
    close(ndcg(GRADES, SCORES), (np.array([0, 3, 2, 0, 1]) @ (1 / LOG)) / best)
    close(dcg(GRADES, SCORES, 2), 3 / np.log2(3))
    found = [ndcg(GRADES, SCORES, k, gain) for gain in ("linear", "exponential") for k in (None, 3)]
    np.testing.assert_allclose(found, [0.689, 0.608, 0.671, 0.630], atol=6e-4)


def test_equal_scores_share_the_discounts_of_their_ranks():
    tied = np.array([0.9, 0.5, 0.5, 0.5, 0.1])
    grades = np.array([1, 3, 0, 2, 5])
    middle = [[3, 0, 2], [3, 2, 0], [0, 3, 2], [0, 2, 3], [2, 0, 3], [2, 3, 0]]
    orders = [[1, *three, 5] for three in middle]
    for k in (None, 2, 3):
        cut = np.where(np.arange(5) < (k or 5), 1 / LOG, 0.0)
        close(dcg(grades, tied, k), np.mean([order @ cut for order in np.array(orders)]))


def test_a_perfect_order_has_ndcg_one_and_nothing_relevant_zero():
    for gain in ("linear", "exponential"):
        close(ndcg(GRADES, GRADES * 2.0, 3, gain), 1.0)
        close(ndcg(GRADES / 8, GRADES * 2.0, 3, gain), 1.0)  # the best sum is below 1
    with np.errstate(invalid="raise"):  # 0 is never divided by 0
        assert ndcg(np.zeros(4), np.arange(4.0)) == 0.0
    assert np.isnan(average_precision(np.zeros(3), np.arange(3.0)))
    assert np.isnan(recall_at_k(np.zeros(3), np.arange(3.0), 2))
    assert reciprocal_rank(np.zeros(3), np.arange(3.0)) == 0
    assert reciprocal_rank(np.zeros((2, 0)), np.zeros((2, 0))).tolist() == [0, 0]


def test_many_queries_at_once_are_each_alone():
    rng = np.random.default_rng(0)
    grades, scores = rng.integers(0, 4, (2, 3, 7)), np.round(rng.random((2, 3, 7)), 1)
    for function, extra in ((dcg, ()), (ndcg, (3, "exponential")), (average_precision, ()),
                            (reciprocal_rank, ()), (precision_at_k, (3,)), (recall_at_k, (3,))):
        together = function(grades, scores, *extra)
        assert together.shape == (2, 3)
        for i in np.ndindex(2, 3):
            close(together[i], function(grades[i], scores[i], *extra))


def test_the_two_gains_can_disagree():
    x, y, places = np.array([2, 2, 3, 0, 0]), np.array([3, 0, 0, 2, 2]), np.arange(5, 0, -1)
    assert ndcg(x, places) > ndcg(y, places)
    assert ndcg(x, places, None, "exponential") < ndcg(y, places, None, "exponential")


def test_ips_undoes_the_position_bias_that_raw_clicks_carry():
    truth, naive, ips = simulate_clicks(20_000, np.random.default_rng(0))
    relevant, log = np.arange(4, 9) / 20, np.log2(np.arange(2, 7))
    close(truth, (relevant @ (1 / log), relevant @ (1 / log[::-1])))
    assert naive[0] > naive[1] and truth[0] < truth[1]
    # The weights are at most 5: the deviation of one query is below 2, of the mean below 0.015.
    np.testing.assert_allclose(ips, truth, atol=0.05)
    np.testing.assert_allclose([*truth, *naive, *ips], [0.813, 0.956, 0.396, 0.316, 0.812, 0.959], atol=6e-4)


def test_ips_by_hand():
    clicks, shown, new = np.array([[0, 1], [1, 0]]), np.array([[1, 2], [2, 1]]), np.array([[2, 1], [1, 2]])
    # Both clicks at rank 2, examined with 0.25; in the new list both stand first.
    close(ips_value(clicks, shown, new, np.array([1.0, 0.25])), 4.0)
    close(ips_value(clicks, shown, shown, np.array([1.0, 0.25])), 4.0 / np.log2(3))


def test_sampled_metrics_of_the_page():
    close(sampled_expectation(1, 100, 10, 1), 1.0)
    close(sampled_expectation(34, 100, 2, 1), (2 / 3) ** 2)
    close(sampled_expectation(34, 100, 2, 2), 1 - (1 / 3) ** 2)
    close(sampled_expectation(100, 100, 7, 3), 0.0)
    assert round(sampled_expectation(60, 10_000, 100, 10), 3) == 1.0
    assert sampled_expectation(5000, 10_000, 100, 10) < 1e-15


def test_bad_input_is_named():
    assert "relevance" in raises(ranked, GRADES, SCORES[:3])
    assert "k must" in raises(precision_at_k, HITS, SCORES, 0)
    assert "rank" in raises(sampled_expectation, 1, 1, 5, 1)
    assert "rank" in raises(sampled_expectation, 0, 9, 5, 1)
    assert "rank" in raises(sampled_expectation, 10, 9, 5, 1)
    assert "nan" in raises(average_precision, HITS, np.append(SCORES[:4], np.nan))
    assert "gain" in raises(dcg, GRADES, SCORES, None, "square")
    assert "negative" in raises(dcg, GRADES - 1, SCORES)
    rank = np.array([[1, 2]])
    assert "examined" in raises(ips_value, np.ones((1, 2)), rank, rank, np.zeros(2))
