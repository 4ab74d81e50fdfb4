"""Each wrong loss fails where the page says, and the right one does not."""

import numpy as np

from snippets.activations_and_losses.cross_entropy import binary_cross_entropy, cross_entropy
from snippets.activations_and_losses.cross_entropy_mistakes import (
    clipped_loss,
    mean_of_means,
    mean_perplexity,
    swapped,
)


def slope(function, logit):
    return (function(logit + 1e-4) - function(logit - 1e-4)) / 2e-4


def test_a_clipped_probability_has_no_gradient():
    assert abs(slope(clipped_loss, -10.0) + 1) < 1e-3
    assert slope(clipped_loss, -20.0) == 0
    np.testing.assert_allclose(clipped_loss(-20.0), 16.118, atol=5e-4)
    loss, grad = binary_cross_entropy(np.array([-20.0]), np.array([1.0]))
    np.testing.assert_allclose([loss, grad[0]], [20.0, -1.0], rtol=1e-8)


def test_a_mean_of_means_overweights_the_short_batch():
    batches = [[4.0], [0.0, 0.0, 0.0]]
    assert mean_of_means(batches) == 2.0
    assert np.mean(np.concatenate(batches)) == 1.0


def test_accumulating_gradients_of_means_differs_from_the_whole_batch():
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((4, 3))
    targets = np.array([0, -100, 1, 2])  # one counted row in the first half, two in the second
    whole = cross_entropy(logits, targets)[1]
    halves = np.concatenate([cross_entropy(logits[i], targets[i])[1] / 2 for i in (slice(2), slice(2, 4))])
    np.testing.assert_allclose(halves[0] / whole[0], np.full(3, 1.5), rtol=1e-9)  # 1/2 instead of 1/3
    np.testing.assert_allclose(halves[2:] / whole[2:], np.full((2, 3), 0.75), rtol=1e-9)


def test_the_mean_of_perplexities_is_too_large():
    np.testing.assert_allclose(mean_perplexity(np.array([1.0, 5.0])), 75.57, atol=5e-3)
    np.testing.assert_allclose(np.exp(3.0), 20.09, atol=5e-3)


def test_swapped_arguments_are_infinite():
    with np.errstate(divide="ignore"):
        assert swapped(np.array([1.0, 0.0]), np.array([0.9, 0.1])) == np.inf
