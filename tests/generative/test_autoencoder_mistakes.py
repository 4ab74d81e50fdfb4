"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.generative.autoencoder import best_denoiser, loss_and_grads, pca
from snippets.generative.autoencoder_mistakes import noisy_pair, pca_without_mean


def test_without_centering_the_first_direction_points_at_the_mean():
    rng = np.random.default_rng(0)
    x = np.array([10.0, 0.0]) + rng.normal(size=(200, 2)) * [0.1, 1.0]
    assert abs(pca_without_mean(x, 1)[0, 0]) > 0.99  # the mean's axis, variance 0.01
    assert abs(pca(x, 1)[1][0, 1]) > 0.99  # the axis of variance 1
    centered = x - x.mean(axis=0)
    np.testing.assert_allclose(np.abs(pca_without_mean(centered, 1)), np.abs(pca(x, 1)[1]))


def test_a_noisy_target_rewards_copying_the_noise():
    x = np.random.default_rng(1).choice([-1.0, 1.0], size=(500, 1))
    identity = [(np.eye(1), np.zeros(1))]
    noisy, target = noisy_pair(x, 1.0, np.random.default_rng(2))
    assert loss_and_grads(noisy, target, identity)[0] == 0.0
    clean, _ = loss_and_grads(noisy, x, identity)
    assert clean > 2 * np.mean((best_denoiser(noisy, np.array([[-1.0], [1.0]]), 1.0) - x) ** 2)
