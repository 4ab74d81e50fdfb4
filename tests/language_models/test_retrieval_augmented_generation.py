"""What retrieval promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

from itertools import pairwise

import numpy as np

from snippets.language_models.retrieval_augmented_generation import (
    bm25_scores,
    chunk,
    cosine_scores,
    recall_at_k,
    reciprocal_rank,
    reciprocal_rank_fusion,
    unit,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_windows_cover_the_document_and_neighbors_share_the_overlap():
    assert chunk(list("abcdefg"), 3) == [list("abc"), list("def"), list("g")]
    assert chunk(list("abcdefg"), 3, 1) == [list("abc"), list("cde"), list("efg")]
    assert chunk(list("abcdefg"), 10) == [list("abcdefg")]
    assert chunk([], 4) == [] and chunk([], 4, 2) == [] and chunk(list("ab"), 4, 2) == [list("ab")]
    for length in range(30):
        for overlap in range(5):
            windows = chunk(list(range(length)), 5, overlap)
            assert {t for window in windows for t in window} == set(range(length))
            assert not any(set(b) <= set(a) for a, b in pairwise(windows))


def test_a_passage_is_whole_in_a_window_if_the_overlap_is_its_length_less_one():
    for m in (1, 2, 4, 6):
        windows = chunk(list(range(40)), 6, m - 1)
        for start in range(40 - m + 1):
            assert any(set(range(start, start + m)) <= set(window) for window in windows)
    # One token less and some passage is cut.
    windows = chunk(list(range(40)), 6, 2)
    assert not all(any(set(range(s, s + 4)) <= set(w) for w in windows) for s in range(37))


def test_a_bm25_score_by_hand():
    documents = [["pump", "pump", "lid"], ["lid"], ["tank", "lid", "hose", "cap"]]
    # idf(pump) = ln(1 + 2.5 / 1.5), lengths 3, 1, 4 with mean 8/3; tf = 2.
    norm = 1.2 * (0.25 + 0.75 * 3 / (8 / 3))
    expected = np.log(1 + 2.5 / 1.5) * 2 * 2.2 / (2 + norm)
    np.testing.assert_allclose(bm25_scores(["pump"], documents), [expected, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(bm25_scores(["pump", "pump"], documents), [2 * expected, 0, 0], rtol=1e-12)


def test_empty_documents_lower_the_mean_length_below_one():
    documents = [["pump"], [], []]  # lengths 1, 0, 0: the first is three times as long as the mean
    expected = np.log(1 + 2.5 / 1.5) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 3))
    np.testing.assert_allclose(bm25_scores(["pump"], documents), [expected, 0, 0], rtol=1e-12)


def test_repeated_terms_saturate_and_length_costs_as_k1_and_b_say():
    documents = [["a"] * n + ["z"] * (8 - n) for n in (1, 2, 4, 8)] + [["z"] * 8]
    scores = bm25_scores(["a"], documents)
    assert np.all(np.diff(scores[:4]) > 0) and scores[3] < 2.2 * scores[0]
    assert np.ptp(bm25_scores(["a"], documents, k1=0.0)[:4]) < 1e-12  # present or not
    short, long = [["a", "b"], ["a", *"cdefgh"]], [["a"], ["a"]]
    assert np.diff(bm25_scores(["a"], short))[0] < 0
    assert np.ptp(bm25_scores(["a"], short, b=0.0)) < 1e-12 and np.ptp(bm25_scores(["a"], long)) < 1e-12


def test_with_b_at_one_only_the_share_of_a_term_counts():
    documents = [["a", "b"], ["a", "a", "b", "b"], ["c"] * 3]
    assert np.ptp(bm25_scores(["a"], documents, b=1.0)[:2]) < 1e-12


def test_a_rare_term_counts_more_and_an_unknown_one_not_at_all():
    documents = [["common", "rare"], ["common", "x"], ["common", "y"]]
    assert bm25_scores(["rare"], documents)[0] > 5 * bm25_scores(["common"], documents)[0] > 0
    assert not bm25_scores(["refund"], documents).any() and not bm25_scores([], documents).any()


def test_the_cosine_ignores_length_and_a_zero_vector_scores_zero():
    rng = np.random.default_rng(0)
    query, documents = rng.standard_normal((2, 3)), rng.standard_normal((5, 3))
    scores = cosine_scores(query, documents)
    assert scores.shape == (2, 5)
    by_hand = query[1] @ documents[4] / np.sqrt((query[1] @ query[1]) * (documents[4] @ documents[4]))
    assert abs(scores[1, 4] - by_hand) < 1e-12
    np.testing.assert_allclose(cosine_scores(7 * query, documents * 1e200), scores, rtol=1e-12)
    assert cosine_scores(np.zeros(3), documents).tolist() == [0.0] * 5
    assert cosine_scores(query.astype(np.float32), documents.astype(np.float32)).dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(unit(documents), axis=1), 1, rtol=1e-12)


def test_fusion_adds_reciprocal_ranks():
    order = reciprocal_rank_fusion([["E42", "E41", "beans"], ["descale", "E42", "return"]])
    # E42: 1/61 + 1/62; descale: 1/61; E41: 1/62; beans and return: 1/63, in order of occurrence.
    assert order == ["E42", "descale", "E41", "beans", "return"]
    assert reciprocal_rank_fusion([["a", "b"], ["b"]], 0) == ["b", "a"]  # 1/2 + 1 over 1
    # Ranks begin at 1: a and y have 1, c has 1/3 + 1/2, x 1/2.
    assert reciprocal_rank_fusion([["a", "x", "c"], ["y", "c"]], 0) == ["a", "y", "c", "x"]
    assert reciprocal_rank_fusion([[], []]) == []


def test_with_k_60_two_middling_ranks_beat_one_first_place():
    others = [f"x{i}" for i in range(61)]
    for rank, wins in ((61, True), (63, False)):
        one = ["first", *others[: rank - 2], "both"]
        two = [*(f"y{i}" for i in range(rank - 1)), "both"]
        fused = reciprocal_rank_fusion([one, two])
        assert (fused.index("both") < fused.index("first")) == wins


def test_recall_counts_and_reciprocal_rank_looks_for_the_first():
    ranking = ["a", "b", "c", "d"]
    assert recall_at_k(ranking, {"b", "z"}, 1) == 0 and recall_at_k(ranking, {"b", "z"}, 2) == 0.5
    assert recall_at_k(ranking, ["b", "d", "z"], 100) == 2 / 3
    assert reciprocal_rank(ranking, {"c", "d"}) == 1 / 3 and reciprocal_rank(ranking, {"z"}) == 0.0


def test_fusion_takes_60_unless_told_otherwise():
    # 1 / (k + 1) against 2 / (k + r): level at r = k + 2 = 62, where the first to occur wins.
    for r, winner in ((61, "both"), (62, "once")):
        rankings = [["once"] + [f"{name}{i}" for i in range(r - 2)] + ["both"] for name in "xy"]
        rankings[1][0] = "other"
        assert reciprocal_rank_fusion(rankings)[0] == winner


def test_windows_of_one_token_are_allowed():
    assert chunk(list("abc"), 1) == [["a"], ["b"], ["c"]]


def test_cosines_stand_tiny_and_huge_vectors_side_by_side():
    documents = np.array([[3e-200, 4e-200], [3e200, 4e200], [-4.0, 3.0]])
    np.testing.assert_allclose(cosine_scores(np.array([3e-170, 4e-170]), documents), [1, 1, 0], atol=1e-12)


def test_inputs_stay_as_they_were():
    documents, rankings = [["a", "b"], ["c"]], [["a", "b"], ["b", "c"]]
    x = np.ones((2, 3))
    bm25_scores(["a"], documents), reciprocal_rank_fusion(rankings), cosine_scores(x, x)
    assert documents == [["a", "b"], ["c"]] and rankings == [["a", "b"], ["b", "c"]] and (x == 1).all()


def test_what_cannot_be_ranked_is_refused_by_name():
    assert "overlap" in raises(chunk, [1], 3, 3) and "0" in raises(chunk, [1], 0)
    assert raises(bm25_scores, ["a"], []) == "documents must not be empty, got 0"
    assert "-1" in raises(bm25_scores, ["a"], [["a"]], -1)
    assert "2" in raises(bm25_scores, ["a"], [["a"]], 1, 2)
    assert "3 and 2" in raises(cosine_scores, np.ones(3), np.ones((4, 2)))
    assert raises(cosine_scores, np.ones(3), np.ones((4, 3), np.uint8)) == (
        "documents must be floating point, got uint8")
    assert raises(cosine_scores, np.ones(3, np.int8), np.ones((4, 3))).startswith("query must be floating")
    assert "-2" in raises(reciprocal_rank_fusion, [["a"]], -2)
    assert "rankings" in raises(reciprocal_rank_fusion, [["a", "a"]])
    assert "relevant" in raises(recall_at_k, ["a"], set(), 1) and "0" in raises(recall_at_k, ["a"], {"a"}, 0)


def test_the_page_s_manual():
    documents = [text.split() for text in (
        "run the descaling program when the light is orange", "error e41 means that the water tank is empty",
        "error e42 means that the pump is blocked", "you may return the machine within 30 days",
        "fill the hopper with whole beans and close the lid")]
    assert bm25_scores(["error", "e42"], documents).round(3).tolist()[1:3] == [0.867, 2.349]
    assert bm25_scores(["return", "the", "machine"], documents).round(3).tolist()[3] == 2.97
    assert not bm25_scores(["refund"], documents).any()
