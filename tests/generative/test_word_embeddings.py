"""What the word vectors promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.generative.word_embeddings import (
    bag_of_words,
    expected_loss_and_grads,
    nearest,
    pair_counts,
    sgns_loss_and_grads,
    shifted_pmi,
    tf_idf,
)

DOCUMENTS = [["dog", "bites", "man"], ["man", "bites", "dog"], ["dog", "sleeps"]]
VOCABULARY = ["bites", "dog", "man", "sleeps"]


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def difference(function, array, h=1e-6):
    grad = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + h
        above = function()
        array[index] = kept - h
        below = function()
        array[index] = kept
        grad[index] = (above - below) / (2 * h)
    return grad


def test_a_bag_of_words_does_not_know_the_order():
    counts = bag_of_words(DOCUMENTS, VOCABULARY)
    np.testing.assert_array_equal(counts, [[1, 1, 1, 0], [1, 1, 1, 0], [0, 1, 0, 1]])


def test_repeated_words_count_and_unknown_words_do_not():
    counts = bag_of_words([["dog", "dog", "cat"], []], VOCABULARY)
    np.testing.assert_array_equal(counts, [[0, 2, 0, 0], [0, 0, 0, 0]])
    assert counts.dtype == np.float64


def test_rare_words_weigh_more_and_rows_have_length_one():
    weights = tf_idf(bag_of_words(DOCUMENTS, VOCABULARY))
    np.testing.assert_allclose(np.linalg.norm(weights, axis=1), 1.0)
    rare, common = np.log(4 / 2) + 1, np.log(4 / 4) + 1
    expected = np.array([0, common, 0, rare]) / np.hypot(rare, common)
    np.testing.assert_allclose(weights[2], expected)


def test_a_word_counts_once_per_document_in_the_inverse_frequency():
    # Both words stand in two of three documents, the first one five times in one of them.
    weights = tf_idf(np.array([[5.0, 1.0], [1.0, 1.0], [0.0, 0.0]]))
    np.testing.assert_allclose(weights[1], np.sqrt([0.5, 0.5]))
    np.testing.assert_allclose(weights[0], np.array([5, 1]) / np.sqrt(26))


def test_an_empty_document_stays_zero():
    np.testing.assert_array_equal(tf_idf(np.array([[0.0, 0.0], [1.0, 0.0]])), [[0, 0], [1, 0]])


def test_documents_without_a_common_word_are_orthogonal():
    weights = tf_idf(np.array([[1.0, 2, 0, 0], [0, 0, 1, 0], [0, 1, 0, 3]]))
    assert weights[0] @ weights[1] == 0.0 and weights[0] @ weights[2] > 0


def test_pairs_are_counted_within_the_window_on_both_sides():
    counts = pair_counts([list("abcab")], list("abc"), 1)
    np.testing.assert_array_equal(counts, [[0, 2, 1], [2, 0, 1], [1, 1, 0]])
    wide = pair_counts([list("abcab")], list("abc"), 2)
    # a at 0 and 3, b at 1 and 4, c at 2: two apart are a c, b a, c b.
    np.testing.assert_array_equal(wide, [[0, 3, 2], [3, 0, 2], [2, 2, 0]])


def test_pairs_do_not_cross_documents_and_unknown_words_leave_no_gap():
    counts = pair_counts([["a", "x", "b"], ["a"]], ["a", "b"], 1)
    np.testing.assert_array_equal(counts, [[0, 1], [1, 0]])


def test_pmi_by_hand():
    pmi = shifted_pmi(np.array([[4.0, 1.0], [1.0, 4.0]]), 1)
    np.testing.assert_allclose(pmi, [[np.log(1.6), np.log(0.4)], [np.log(0.4), np.log(1.6)]])
    with np.errstate(divide="raise"):  # a pair that never occurs is no fault
        shifted = shifted_pmi(np.array([[4.0, 1.0, 0.0], [1.0, 4.0, 2.0]]), 3)
    np.testing.assert_allclose(shifted[0, 0], np.log(4 * 12 / (5 * 5)) - np.log(3))
    assert shifted[0, 2] == -np.inf and np.isfinite(shifted[1]).all()


def test_independent_words_have_pmi_zero():
    counts = np.outer([1.0, 2, 3], [5.0, 7])
    np.testing.assert_allclose(shifted_pmi(counts, 1), 0.0, atol=1e-12)


def test_the_loss_of_one_pair_by_hand():
    w_in, w_out = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0], [2.0, 0.0]])
    zero = np.array([0])
    loss, grad_in, grad_out = sgns_loss_and_grads(zero, zero, np.array([[1]]), w_in, w_out)
    sigma = 1 / (1 + np.exp(-2.0))
    assert abs(loss - (np.log(2) - np.log(1 - sigma))) < 1e-12
    np.testing.assert_allclose(grad_in, [[2 * sigma, -0.5]])
    np.testing.assert_allclose(grad_out, [[-0.5, 0], [sigma, 0]])


def test_gradients_match_central_differences_also_when_ids_repeat():
    rng = np.random.default_rng(0)
    w_in, w_out = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    centers, contexts = np.array([0, 0, 4, 2, 0, 4, 1]), np.array([1, 1, 3, 0, 1, 4, 2])
    negatives = rng.integers(5, size=(7, 2))
    negatives[0] = 1  # the same negative twice, and it is the context as well
    _, *grads = sgns_loss_and_grads(centers, contexts, negatives, w_in, w_out)
    for array, grad in zip((w_in, w_out), grads, strict=True):
        found = difference(
            lambda: sgns_loss_and_grads(centers, contexts, negatives, w_in, w_out)[0], array)
        np.testing.assert_allclose(grad, found, rtol=1e-6, atol=1e-8)


def test_huge_vectors_do_not_overflow():
    w = np.array([[1e3], [-1e3]])
    loss, grad_in, _ = sgns_loss_and_grads(np.array([0]), np.array([1]), np.array([[0, 0]]), w, w)
    assert abs(loss - 3e6) < 1e-3 and np.isfinite(grad_in).all()


def test_expected_gradients_match_central_differences():
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 5, size=(4, 3)) + 0.0
    w_in, w_out = rng.normal(size=(4, 2)), rng.normal(size=(3, 2))
    _, *grads = expected_loss_and_grads(counts, w_in, w_out, 2.5)
    for array, grad in zip((w_in, w_out), grads, strict=True):
        found = difference(lambda: expected_loss_and_grads(counts, w_in, w_out, 2.5)[0], array)
        np.testing.assert_allclose(grad, found, rtol=1e-6, atol=1e-8)


def test_the_expected_loss_is_the_sum_over_all_pairs_and_negatives():
    # Not symmetric: negatives follow the column sums, centers the row sums.
    counts, rng = np.array([[4.0, 1, 0], [9, 4, 2], [3, 0, 5]]), np.random.default_rng(5)
    w_in, w_out = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    share, noise, expected = counts / counts.sum(), counts.sum(axis=0) / counts.sum(), 0.0
    for w in range(3):
        for c in range(3):
            loss = np.log1p(np.exp(-w_in[w] @ w_out[c]))
            loss += 2 * sum(noise[n] * np.log1p(np.exp(w_in[w] @ w_out[n])) for n in range(3))
            expected += share[w, c] * loss
    assert abs(expected_loss_and_grads(counts, w_in, w_out, 2)[0] - expected) < 1e-12


def test_sampled_losses_average_to_the_expected_one():
    rng = np.random.default_rng(2)
    counts = np.array([[4.0, 1, 0], [1, 4, 2], [3, 0, 5]])
    w_in, w_out = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    size = 20_000
    pairs = rng.choice(9, size=size, p=counts.ravel() / 20)
    negatives = rng.choice(3, size=(size, 4), p=counts.sum(axis=0) / 20)
    centers, contexts = pairs // 3, pairs % 3
    loss, grad_in, grad_out = sgns_loss_and_grads(centers, contexts, negatives, w_in, w_out)
    expected = expected_loss_and_grads(counts, w_in, w_out, 4)
    # One pair's loss is at most (1 + 4) * (log 2 + largest logit).
    reach = 5 * (np.log(2) + np.abs(w_in @ w_out.T).max())
    assert abs(loss - expected[0]) < 5 * reach / 2 / np.sqrt(size)
    largest = 5 * max(np.abs(w_in).max(), np.abs(w_out).max())
    for grad, mean in zip((grad_in, grad_out), expected[1:], strict=True):
        assert np.abs(grad - mean).max() < 5 * largest / np.sqrt(size)


def test_with_enough_dimensions_the_optimum_is_the_shifted_pmi():
    counts = np.array([[6.0, 2, 1], [2, 5, 3], [1, 3, 4]])
    for negatives in (1, 5):
        target = shifted_pmi(counts, negatives)
        left, singular, right = np.linalg.svd(target)
        w_in, w_out = left * np.sqrt(singular), right.T * np.sqrt(singular)
        _, grad_in, grad_out = expected_loss_and_grads(counts, w_in, w_out, negatives)
        assert max(np.abs(grad_in).max(), np.abs(grad_out).max()) < 1e-12
        rng = np.random.default_rng(3)
        best = expected_loss_and_grads(counts, w_in, w_out, negatives)[0]
        for _ in range(50):
            moved = w_in + 0.1 * rng.normal(size=(3, 3))
            assert expected_loss_and_grads(counts, moved, w_out, negatives)[0] > best


def test_gradient_descent_finds_the_shifted_pmi_from_a_random_start():
    counts, rng = np.array([[6.0, 2, 1], [2, 5, 3], [1, 3, 4]]), np.random.default_rng(4)
    w_in, w_out = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    for _ in range(4000):
        _, grad_in, grad_out = expected_loss_and_grads(counts, w_in, w_out, 2)
        w_in, w_out = w_in - grad_in, w_out - grad_out
    np.testing.assert_allclose(w_in @ w_out.T, shifted_pmi(counts, 2), atol=1e-4)


def test_a_pair_that_never_occurs_has_no_finite_optimum():
    counts = np.array([[1.0, 0.0], [0.0, 1.0]])
    losses = [expected_loss_and_grads(counts, size * np.eye(2), np.array([[1.0, -1], [-1, 1]]), 1)
              for size in (1.0, 5.0, 25.0)]
    # The off-diagonal logits fall and still have a gradient that pushes them further down.
    for loss in losses:
        assert loss[1][0, 1] != 0.0


def test_nearest_goes_by_angle_and_not_by_length():
    vectors = np.array([[10.0, 10.0], [0.0, 0.0], [1.0, 0.1], [-1.0, 0.0]])
    np.testing.assert_array_equal(nearest(np.array([2.0, 0.0]), vectors), [2, 0, 1, 3])


def test_bad_input_is_named():
    assert "window" in raises(pair_counts, DOCUMENTS, VOCABULARY, 0)
    assert "num_negatives" in raises(shifted_pmi, np.ones((2, 2)), 0)
    for counts in ([[1.0, 0.0], [2.0, 0.0]], [[1.0, 2.0], [0.0, 0.0]]):
        assert raises(shifted_pmi, np.array(counts), 1) == "counts has a row or column of zeros only"
    ids, w = np.array([0, 1]), np.ones((2, 3))
    # One center would be broadcast against two contexts.
    assert "got 1, 2, 2" in raises(sgns_loss_and_grads, ids[:1], ids, ids[:, None], w, w)
    assert "got 2, 2, 1" in raises(sgns_loss_and_grads, ids, ids, ids[:1, None], w, w)
    assert "got 0, 0, 0" in raises(sgns_loss_and_grads, ids[:0], ids[:0], ids[:0, None], w, w)
