"""The same Gaussian process as scikit-learn's."""

import numpy as np
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from snippets.optimization.hyperparameter_search import (
    expected_improvement,
    log_evidence,
    matern,
    posterior,
)


def test_posterior_and_evidence_match():
    for seed, (count, dims) in enumerate([(3, 1), (17, 2), (60, 4)]):
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(size=(count, dims)), rng.normal(size=count)
        query = rng.uniform(size=(7, dims))
        lengths, noise = 10 ** rng.uniform(-1, 1, dims), 0.03
        theirs = GaussianProcessRegressor(Matern(lengths, nu=2.5), alpha=noise, optimizer=None)
        theirs.fit(x, y)
        mean, std = posterior(x, y, query, lengths, noise)
        their_mean, their_std = theirs.predict(query, return_std=True)
        np.testing.assert_allclose(mean, their_mean, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(std, their_std, rtol=1e-6)
        ours = log_evidence(x, y, lengths, noise)
        np.testing.assert_allclose(ours, theirs.log_marginal_likelihood_value_, rtol=1e-9)
        np.testing.assert_allclose(matern(x, query, lengths), theirs.kernel_(x, query), rtol=1e-9)


def test_expected_improvement_matches_the_normal_distribution():
    mean, std = np.array([-1.0, 0.2, 3.0]), np.array([0.1, 1.0, 0.7])
    z = (0.1 - mean) / std
    theirs = (0.1 - mean) * norm.cdf(z) + std * norm.pdf(z)
    np.testing.assert_allclose(expected_improvement(mean, std, 0.1), theirs, rtol=1e-9)
