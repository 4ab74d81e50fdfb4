"""The same numbers from SciPy and scikit-learn."""

import numpy as np
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.kernel_ridge import KernelRidge

from snippets.generative.generate_images import (
    fit_gaussian,
    frechet_distance,
    squared_distances,
    two_sample_accuracy,
)


def test_factors_are_scikit_learns_principal_components_times_their_deviation():
    x = np.random.default_rng(0).normal(size=(40, 7)) @ np.random.default_rng(1).normal(size=(7, 7))
    mean, factors = fit_gaussian(x, 3)
    pca = PCA(3, svd_solver="full").fit(x)
    expected = pca.components_ * np.sqrt(pca.explained_variance_ * 39 / 40)[:, None]
    np.testing.assert_allclose(mean, pca.mean_, rtol=1e-12, atol=1e-12)
    sign = np.sign((factors * expected).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(sign * factors, expected, rtol=1e-9)


def test_frechet_distance_with_scipys_matrix_root():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(30, 4)) @ rng.normal(size=(4, 4)), rng.normal(1, 2, (50, 4))
    cov_a, cov_b = (np.cov(v.T, bias=True) for v in (a, b))
    root = sqrtm(cov_a @ cov_b).real
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a + cov_b - 2 * root)
    np.testing.assert_allclose(frechet_distance(a, b), expected, rtol=1e-7)


def test_the_classifier_is_scikit_learns_kernel_ridge():
    rng = np.random.default_rng(3)
    real, fake = rng.normal(size=(31, 5)), rng.normal(0.6, 1, (31, 5))
    np.testing.assert_allclose(squared_distances(real, fake), cdist(real, fake, "sqeuclidean"), rtol=1e-10)
    order, right = np.random.default_rng(4).permutation(31), []
    for train, test in ((order[:15], order[15:]), (order[15:], order[:15])):
        seen = np.concatenate([real[train], fake[train]])
        gamma = 2 / np.median(cdist(seen, seen, "sqeuclidean"))
        model = KernelRidge(alpha=0.1, kernel="rbf", gamma=gamma)
        model.fit(seen, [1] * len(train) + [-1] * len(train))
        right += [*(model.predict(real[test]) > 0), *(model.predict(fake[test]) < 0)]
    assert two_sample_accuracy(real, fake, np.random.default_rng(4)) == np.mean(right)
