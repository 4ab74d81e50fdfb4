"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.generative.word_embeddings import sgns_loss_and_grads, tf_idf
from snippets.generative.word_embeddings_mistakes import add_rows, idf_unsmoothed


def test_indexed_addition_drops_repeated_ids():
    rows = np.array([[1.0], [2.0], [4.0]])
    np.testing.assert_array_equal(add_rows(np.zeros((2, 1)), np.array([1, 1, 0]), rows), [[4], [2]])
    rng = np.random.default_rng(0)
    w_in, w_out = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    one = sgns_loss_and_grads(np.array([1]), np.array([2]), np.array([[0]]), w_in, w_out)[1]
    two = sgns_loss_and_grads(np.array([1, 1]), np.array([2, 2]), np.array([[0], [0]]), w_in, w_out)[1]
    np.testing.assert_allclose(two, one)  # twice the same pair, half the weight each


def test_a_word_without_documents_breaks_the_unsmoothed_weight():
    counts = np.array([[1.0, 0, 2], [1, 0, 0]])
    with np.errstate(divide="ignore"):
        weights = idf_unsmoothed(counts)
    assert weights[0] == 0.0 and np.isinf(weights[1])
    assert np.isfinite(tf_idf(counts)).all() and tf_idf(counts)[0, 0] > 0
