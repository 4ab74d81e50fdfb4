"""The same weights as scikit-learn, with its factors."""

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, Lasso, Ridge

from snippets.regularization.weight_penalties import elastic_net, ridge


def diabetes() -> tuple[np.ndarray, np.ndarray]:
    data = load_diabetes()
    x = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
    return x, data.target - data.target.mean()


def test_ridge_is_scikit_learns_with_n_times_the_strength():
    x, targets = diabetes()
    for l2 in (0.01, 1.0, 30.0):
        theirs = Ridge(alpha=len(x) * l2).fit(x, targets).coef_
        np.testing.assert_allclose(ridge(x, targets, l2), theirs, rtol=1e-8)


def test_lasso_is_scikit_learns_with_the_same_strength():
    x, targets = diabetes()
    for l1 in (0.5, 5.0, 30.0):
        theirs = Lasso(alpha=l1, tol=1e-12, max_iter=100_000).fit(x, targets).coef_
        ours = elastic_net(x, targets, l1, tol=1e-9)
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
        np.testing.assert_array_equal(ours == 0, theirs == 0)


def test_elastic_net_splits_alpha_by_the_ratio():
    x, targets = diabetes()
    l1, l2 = 2.0, 0.5
    theirs = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-12, max_iter=100_000)
    np.testing.assert_allclose(elastic_net(x, targets, l1, l2, tol=1e-9),
                               theirs.fit(x, targets).coef_, atol=1e-6)
