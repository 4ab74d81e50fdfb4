"""The same machine as scikit-learn's SVC, which is LIBSVM, and the gradient of PyTorch."""

import numpy as np
import torch
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import hinge_loss
from sklearn.metrics.pairwise import polynomial_kernel as their_polynomial
from sklearn.metrics.pairwise import rbf_kernel as their_rbf
from sklearn.svm import SVC

from snippets.classical.support_vector_machine import (
    decision,
    fit_subgradient,
    objective,
    polynomial_kernel,
    rbf_kernel,
    smo,
)


def tumors(rows: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x[:rows], 2 * y[:rows] - 1


def test_smo_matches_for_each_kernel():
    x, targets = tumors(110)
    new = tumors(150)[0][110:]
    cases = [("linear", {}, lambda a, b: a @ b.T),
             ("rbf", {"gamma": 0.05}, lambda a, b: rbf_kernel(a, b, 0.05)),
             ("poly", {"gamma": 1.0, "coef0": 1.0, "degree": 2}, lambda a, b: polynomial_kernel(a, b, 2))]
    for penalty in (0.1, 1.0):
        for name, options, kernel in cases:
            theirs = SVC(C=penalty, kernel=name, tol=1e-7, **options).fit(x, targets)
            alpha, bias = smo(kernel(x, x), targets, penalty, tolerance=1e-5)
            assert abs(bias - theirs.intercept_[0]) < 1e-4
            dual = np.zeros(len(x))
            dual[theirs.support_] = theirs.dual_coef_[0]
            np.testing.assert_allclose(decision(kernel(new, x), alpha, targets, bias),
                                       theirs.decision_function(new), atol=1e-3)
            if name == "rbf":  # strictly positive definite: the multipliers are unique
                np.testing.assert_allclose(alpha * targets, dual, atol=1e-3 * penalty)


def test_sub_gradients_come_close():
    x, targets = tumors(569)
    for penalty, excess in [(0.01, 1e-4), (0.1, 1e-3), (1.0, 2e-2)]:
        theirs = SVC(C=penalty, kernel="linear", tol=1e-6).fit(x, targets)
        least = objective(theirs.coef_[0], theirs.intercept_[0], x, targets, penalty)[0]
        above = fit_subgradient(x, targets, penalty, 1000)[2] / least - 1
        assert -1e-6 < above < excess
    assert round(100 * above, 1) == 0.8  # percent, as the page says for C = 1


def test_loss_and_gradient_match():
    x, targets = tumors(50)
    rng = np.random.default_rng(0)
    weight, bias = rng.normal(size=30), 0.2
    loss, grad, grad_bias = objective(weight, bias, x, targets, 0.3)
    theirs = 0.5 * weight @ weight + 0.3 * 50 * hinge_loss(targets, x @ weight + bias)
    np.testing.assert_allclose(loss, theirs)
    w = torch.tensor(weight, requires_grad=True)
    b = torch.tensor(bias, dtype=torch.float64, requires_grad=True)
    margins = torch.tensor(targets) * (torch.tensor(x) @ w + b)
    (0.5 * w @ w + 0.3 * torch.relu(1 - margins).sum()).backward()
    np.testing.assert_allclose(grad, w.grad, atol=1e-12)
    np.testing.assert_allclose(grad_bias, b.grad, atol=1e-12)


def test_kernels_match():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(7, 3)), rng.normal(size=(5, 3))
    np.testing.assert_allclose(rbf_kernel(a, b, 0.7), their_rbf(a, b, gamma=0.7), rtol=1e-10)
    theirs = their_polynomial(a, b, degree=3, gamma=1.0, coef0=1.0)
    np.testing.assert_allclose(polynomial_kernel(a, b, 3), theirs)
