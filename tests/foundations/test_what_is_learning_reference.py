"""The learner against scikit-learn and PyTorch."""

import numpy as np
import torch
from sklearn.neighbors import KNeighborsClassifier

from snippets.foundations.what_is_learning import learn
from snippets.foundations.what_is_learning_experiment import nearest, parity_answers, solve_parity


def test_ten_steps_are_those_of_torch():
    rng = np.random.default_rng(0)
    inputs, targets = rng.standard_normal((7, 3)), rng.integers(0, 2, 7)
    weight, bias = learn(inputs, targets, lr=0.3, steps=10)
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w, b], lr=0.3)
    for _ in range(10):
        optimizer.zero_grad()
        logits = torch.tensor(inputs) @ w + b
        torch.nn.functional.binary_cross_entropy_with_logits(
            logits, torch.tensor(targets, dtype=torch.float64)).backward()
        optimizer.step()
    np.testing.assert_allclose(weight, w.detach().numpy(), rtol=1e-10)
    np.testing.assert_allclose(bias, b.item(), rtol=1e-10)


def test_nearest_example_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    points = np.sign(rng.standard_normal((9, 11)))
    targets, queries = rng.integers(0, 2, 9), np.sign(rng.standard_normal((40, 11)))
    distances = (queries[:, None] != points).sum(axis=2)
    clear = (distances == distances.min(axis=1, keepdims=True)).sum(axis=1) == 1
    theirs = KNeighborsClassifier(1).fit(points, targets).predict(queries)
    np.testing.assert_array_equal(nearest(points, targets, queries)[clear], theirs[clear])


def test_parity_solver_finds_a_hidden_subset_and_refuses_what_is_no_parity():
    rng = np.random.default_rng(2)
    bits = rng.integers(0, 2, (40, 7))
    subset = np.array([1, 0, 1, 1, 0, 0, 1])
    np.testing.assert_array_equal(solve_parity(bits, (bits @ subset + 1) % 2), [*subset, 1])
    assert solve_parity(bits, (bits.sum(axis=1) > 3).astype(np.int64)) is None
    answers = parity_answers(bits, bits[:, 0] * bits[:, 1], [bits])
    assert (answers[0] == 0).all()  # no parity fits: the more frequent target
