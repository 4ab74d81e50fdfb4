"""Pooling against PyTorch, distribution and AUC against SciPy and scikit-learn."""

import numpy as np
import torch
import torch.nn.functional as F
from scipy import integrate
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from snippets.convolution.max_pooling import auc, average_pool2d, max_pool2d, normal_cdf


def test_pooling_matches_torch():
    x = torch.randn(2, 3, 7, 9, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for kernel in (1, 2, 3):
        for stride in (1, 2, 3):
            np.testing.assert_array_equal(max_pool2d(x.numpy(), kernel, stride),
                                          F.max_pool2d(x, kernel, stride))
            np.testing.assert_allclose(average_pool2d(x.numpy(), kernel, stride),
                                       F.avg_pool2d(x, kernel, stride), atol=1e-14)


def test_normal_cdf_matches_scipy():
    t = np.linspace(-8, 8, 101)
    np.testing.assert_allclose(normal_cdf(t), norm.cdf(t), atol=1e-15)


def order_is_right(cells: int, carrying: int, signal: float) -> float:
    """P(maximum without the signal < maximum with it), integrated over the latter's density."""
    def density(t: float) -> float:
        density = carrying * norm.pdf(t - signal) * norm.cdf(t - signal) ** (carrying - 1)
        density *= norm.cdf(t) ** (cells - carrying)
        if cells > carrying:
            rest = (cells - carrying) * norm.pdf(t) * norm.cdf(t) ** (cells - carrying - 1)
            density += rest * norm.cdf(t - signal) ** carrying
        return density

    return integrate.quad(lambda t: norm.cdf(t) ** cells * density(t), -9, 12)[0]


def test_auc_of_the_maximum_matches_quadrature():
    for cells, carrying, signal in [(4, 1, 2.0), (16, 5, 2.0), (9, 9, 0.7)]:
        # trapezoids 0.005 wide: an error of the order of their square
        found = auc("max", cells, carrying, signal)
        assert abs(found - order_is_right(cells, carrying, signal)) < 1e-5


def test_auc_of_stride_and_average_match_scikit_learn():
    rng = np.random.default_rng(0)
    trials = 4000
    noise = rng.normal(size=(2 * trials, 4))
    for row in noise[:trials]:
        row[rng.permutation(4)[:2]] += 2.0
    labels = np.arange(2 * trials) < trials
    for how, score in (("average", noise.mean(axis=1)), ("stride", noise[:, 0]),
                       ("max", noise.max(axis=1))):
        # the standard deviation of an AUC is at most sqrt(AUC (1 - AUC) / trials)
        value = auc(how, 4, 2, 2.0)
        assert abs(roc_auc_score(labels, score) - value) < 4 * np.sqrt(value * (1 - value) / trials)
