"""Each wrong measure fails where the page says, and the right one does not."""

import numpy as np

from snippets.foundations.supervised_and_unsupervised import masked_loss
from snippets.foundations.supervised_and_unsupervised_mistakes import cluster_accuracy, reconstruction_loss


def test_perfect_clusters_with_other_numbers_score_zero():
    targets = np.array([0, 0, 1, 1, 2, 2])
    clusters = (targets + 1) % 3
    assert cluster_accuracy(clusters, targets) == 0.0
    names = np.array([np.bincount(targets[clusters == k]).argmax() for k in range(3)])
    assert cluster_accuracy(names[clusters], targets) == 1.0


def test_copying_is_perfect_on_noise_unless_something_is_hidden():
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((500, 6))
    assert reconstruction_loss(noise, np.eye(6), np.eye(6)) == 0.0
    # The same copying network, relu(x) - relu(-x) = x, with half of the entries hidden.
    copy = [np.hstack([np.eye(6), -np.eye(6)]), np.zeros(12), np.vstack([np.eye(6), -np.eye(6)]), np.zeros(6)]
    visible = rng.random(noise.shape) < 0.5
    loss, _ = masked_loss(noise, visible, copy)
    np.testing.assert_allclose(loss, (noise[~visible] ** 2).mean())
    assert loss > 0.9
