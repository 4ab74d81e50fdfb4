"""The same Gaussian process as scikit-learn's, and what fits it."""

import numpy as np
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from snippets.optimization.hyperparameter_search import (
    _fit,
    bayesian_search,
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


def test_each_axis_gets_a_length_of_its_own():
    rng = np.random.default_rng(7)
    x = rng.uniform(size=(30, 2))
    y = np.sin(6 * x[:, 0])
    lengths, noise = _fit(x, (y - y.mean()) / y.std(), (np.array([9.0, 0.1]), 1.0), rng)
    assert lengths.shape == (2,) and lengths[1] > 2 * lengths[0] and noise < 1


class Noted:
    """A generator that notes the shape of every array of points that it draws."""

    def __init__(self):
        self.rng, self.shapes = np.random.default_rng(8), []

    def uniform(self, low=0.0, high=1.0, size=None):
        if isinstance(size, tuple):
            self.shapes.append(size)
        return self.rng.uniform(low, high, size)

    def normal(self, size):
        self.shapes.append(size)
        return self.rng.normal(size=size)


def test_a_step_chooses_among_500_uniform_candidates_and_100_near_the_best():
    rng = Noted()
    bayesian_search(lambda point: float(point.sum()), 3, 9, rng)
    assert sorted(rng.shapes) == [(8, 3), (100, 3), (500, 3)]
