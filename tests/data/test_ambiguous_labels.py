"""What the disagreement numbers promise. NumPy and plain asserts only."""

import numpy as np

from snippets.data.ambiguous_labels import disagreement_matrix, item_entropy, majority_probability

PILOT = np.array([
    [0, 0, 0], [0, 0, 0], [0, 0, 0], [3, 3, 3], [3, 3, 3], [1, 1, 1],
    [1, 1, 2], [2, 1, 2], [1, 1, 2], [1, 1, 2], [0, 3, 1], [2, 2, 2],
])


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_the_matrix_of_the_page():
    matrix = disagreement_matrix(PILOT, 4)
    expected = [[9, 0.5, 0, 0.5], [0.5, 6, 4, 0.5], [0, 4, 4, 0], [0.5, 0.5, 0, 6]]
    np.testing.assert_allclose(matrix, expected)
    assert np.trace(matrix) == 25 and matrix.sum() == 36
    merged = disagreement_matrix(np.where(PILOT == 2, 1, PILOT), 4)
    assert np.trace(merged) == 33


def test_the_matrix_counts_every_pair_of_annotators_once():
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 5, size=(7, 3))  # some annotators skip some items
    expected = np.zeros((5, 5))
    for row in labels:
        for a in range(3):
            for b in range(a):
                if row[a] >= 0 and row[b] >= 0:
                    expected[row[a], row[b]] += 0.5
                    expected[row[b], row[a]] += 0.5
    np.testing.assert_allclose(disagreement_matrix(labels, 5), expected)


def test_a_single_annotator_makes_no_pairs():
    assert disagreement_matrix(np.array([[2], [0]]), 3).tolist() == [[0, 0, 0]] * 3
    assert disagreement_matrix(np.zeros((0, 3), dtype=np.int64), 2).shape == (2, 2)


def test_entropy_is_zero_where_all_agree_and_largest_where_none_do():
    entropy = item_entropy(PILOT, 4)
    assert np.sum(entropy == 0) == 7
    np.testing.assert_allclose(entropy[10], np.log2(3))
    np.testing.assert_allclose(entropy[6:10], np.log2(3) - 2 / 3)


def test_missing_answers_do_not_count():
    entropy = item_entropy(np.array([[0, 1, -1, -1], [-1, -1, -1, -1]]), 2)
    assert entropy[0] == 1.0 and np.isnan(entropy[1])
    # One answer agrees with itself.
    assert item_entropy(np.array([[1, -1], [-1, 0]]), 2).tolist() == [0.0, 0.0]


def test_labels_outside_the_classes_are_refused():
    assert raises(disagreement_matrix, np.array([[0, 3]]), 3) == "labels must be -1 to 2, got [[0 3]]"
    assert "labels" in raises(item_entropy, np.array([[0, -2]]), 3)
    assert "labels" in raises(item_entropy, np.array([[0.5, 1.0]]), 3), "half a class is none"


def test_votes_repair_slips_and_do_not_settle_ambiguity():
    found = [round(majority_probability(0.9, n), 3) for n in (1, 3, 5, 25)]
    assert found == [0.9, 0.972, 0.991, 1.0]
    found = [round(majority_probability(0.6, n), 3) for n in (1, 3, 5, 25)]
    assert found == [0.6, 0.648, 0.683, 0.846]


def test_a_vote_on_a_coin_toss_is_a_coin_toss():
    assert np.isclose(majority_probability(0.5, 7), 0.5)
    assert majority_probability(1.0, 3) == 1.0 and majority_probability(0.0, 3) == 0.0
    assert np.isclose(majority_probability(0.3, 5) + majority_probability(0.7, 5), 1.0)
    for annotators in (4, -1, 1001):
        assert "annotators" in raises(majority_probability, 0.5, annotators)
    assert np.isclose(majority_probability(0.5, 999), 0.5)
    assert "share" in raises(majority_probability, 1.5, 3)
    assert "share" in raises(majority_probability, -0.5, 3)
