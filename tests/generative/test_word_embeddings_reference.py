"""The same numbers from scikit-learn and torch."""

import numpy as np
import torch
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity
from torch.nn.functional import logsigmoid

from snippets.generative.word_embeddings import (
    bag_of_words,
    expected_loss_and_grads,
    nearest,
    sgns_loss_and_grads,
    tf_idf,
)

TEXTS = ["dog bites man dog", "man bites dog", "dog sleeps", "cat"]


def test_counts_and_weights_match_scikit_learn():
    documents = [text.split() for text in TEXTS]
    vectorizer = CountVectorizer()
    theirs = vectorizer.fit_transform(TEXTS).toarray()
    vocabulary = list(vectorizer.get_feature_names_out())
    np.testing.assert_array_equal(bag_of_words(documents, vocabulary), theirs)
    weights = TfidfVectorizer(vocabulary=vocabulary).fit_transform(TEXTS).toarray()
    np.testing.assert_allclose(tf_idf(bag_of_words(documents, vocabulary)), weights)


def test_pair_gradients_match_autograd():
    rng = np.random.default_rng(0)
    w_in, w_out = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    centers, contexts, negatives = (rng.integers(5, size=shape) for shape in (7, 7, (7, 4)))
    u, v = (torch.tensor(a, requires_grad=True) for a in (w_in, w_out))
    positive = logsigmoid((u[centers] * v[contexts]).sum(dim=1))
    negative = logsigmoid(-(u[centers][:, None] * v[negatives]).sum(dim=2)).sum(dim=1)
    loss = -(positive + negative).mean()
    loss.backward()
    ours = sgns_loss_and_grads(centers, contexts, negatives, w_in, w_out)
    assert abs(ours[0] - loss.item()) < 1e-12
    np.testing.assert_allclose(ours[1], u.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours[2], v.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_expected_gradients_match_autograd():
    rng = np.random.default_rng(1)
    counts = rng.integers(0, 6, size=(5, 4)) + 0.0
    w_in, w_out = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    u, v = (torch.tensor(a, requires_grad=True) for a in (w_in, w_out))
    share = torch.tensor(counts / counts.sum())
    logits = u @ v.T
    wrong = 2 * share.sum(dim=1, keepdim=True) * share.sum(dim=0)
    loss = -(share * logsigmoid(logits) + wrong * logsigmoid(-logits)).sum()
    loss.backward()
    ours = expected_loss_and_grads(counts, w_in, w_out, 2)
    assert abs(ours[0] - loss.item()) < 1e-12
    np.testing.assert_allclose(ours[1], u.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours[2], v.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_neighbors_match_scikit_learn():
    rng = np.random.default_rng(2)
    vectors, query = rng.normal(size=(11, 3)), rng.normal(size=3)
    theirs = np.argsort(-cosine_similarity(query[None], vectors)[0])
    np.testing.assert_array_equal(nearest(query, vectors), theirs)
