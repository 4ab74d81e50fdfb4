"""Each wrong version fails where the page says, and the right one does not."""

import numpy as np

from snippets.transformers.mixture_of_experts import load_balancing_loss
from snippets.transformers.mixture_of_experts_mistakes import balance_of_probabilities, top_one


def test_normalized_top_one_does_not_depend_on_the_router():
    x = np.random.default_rng(0).standard_normal((3, 2))
    experts = [lambda row: row, lambda row: 2 * row]
    outputs = [top_one(x, np.array([[p, 1 - p]] * 3), experts) for p in (0.6, 0.9)]
    np.testing.assert_array_equal(*outputs)


def test_probabilities_can_be_balanced_while_the_load_is_not():
    probs = np.array([[0.28, 0.24, 0.24, 0.24]] * 5)
    chosen = probs.argmax(axis=1)[:, None]
    assert (chosen == 0).all()
    np.testing.assert_allclose(balance_of_probabilities(probs), 1.0048)
    loss, grad = load_balancing_loss(probs, chosen)
    np.testing.assert_allclose(loss, 1.12)
    # The gradient at the logits: the right one is 12.5 times as large here.
    soft = 4 / 5 * 2 * probs * (probs - (probs * probs).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(np.abs(grad).max() / np.abs(soft).max(), 12.5)
