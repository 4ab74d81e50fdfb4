"""The same numbers from PyTorch: its SGD on a quadratic, and its Hessian."""

import numpy as np
import pytest
import torch

from snippets.optimization.learning_rate import descend, largest_curvature, pick, range_test
from snippets.optimization.learning_rate_experiment import init, loss_and_grads


def test_descent_matches_torch_sgd():
    curvatures, start = np.array([0.7, 2.0, 5.0]), np.array([1.0, -2.0, 0.5])
    for momentum in (0.0, 0.9):
        x = torch.tensor(start, requires_grad=True)
        optimizer = torch.optim.SGD([x], lr=0.03, momentum=momentum)
        for _ in range(40):
            optimizer.zero_grad()
            (0.5 * torch.tensor(curvatures) * x**2).sum().backward()
            optimizer.step()
        path = descend(curvatures, start, 0.03, 40, momentum)
        np.testing.assert_allclose(path[-1], x.detach().numpy(), rtol=1e-9)


def test_curvature_matches_the_eigenvalues_of_torch_s_hessian():
    rng = np.random.default_rng(0)
    inputs, targets = rng.standard_normal((7, 3)), rng.standard_normal(7)

    def loss(w):
        return ((torch.tanh(torch.tensor(inputs) @ w) - torch.tensor(targets)) ** 2).mean()

    def grad(w):
        w = torch.tensor(w, requires_grad=True)
        loss(w).backward()
        return w.grad.numpy()

    w = rng.standard_normal(3)
    eigenvalues = torch.linalg.eigvalsh(
        torch.autograd.functional.hessian(loss, torch.tensor(w))).numpy()
    expected = eigenvalues[np.argmax(np.abs(eigenvalues))]
    value = largest_curvature(grad, w, rng, steps=500)
    np.testing.assert_allclose(value, expected, rtol=1e-4)


def test_the_range_test_answers_in_double_precision():
    rates, losses = range_test(lambda x: (np.float32(1), x), np.ones(2), [1, 2, 3])
    assert rates.dtype == losses.dtype == np.float64


def test_the_mean_over_the_seeds_is_taken_in_double_precision():
    above = np.nextafter(np.float32(1), np.float32(2))  # its mean with 1 rounds to 1 in float32
    losses = np.array([[1, above], [1, 1], [2, 2]], dtype=np.float32)
    assert pick(np.array([0.1, 1.0, 10.0]), losses) == (1.0, False)


def test_gradients_of_the_experiment_match_torch():
    rng = np.random.default_rng(1)
    x, y = rng.random((5, 64)), rng.integers(0, 10, size=5)
    params = init(rng, hidden=7)
    for square in (False, True):
        loss, grads = loss_and_grads(params, x, y, square=square)
        tensors = [torch.tensor(p, requires_grad=True) for p in params]
        z = torch.tensor(x) @ tensors[0] + tensors[1]
        out = (torch.tanh(z) if square else torch.relu(z)) @ tensors[2] + tensors[3]
        if square:
            target = torch.nn.functional.one_hot(torch.tensor(y), 10)
            expected = 0.5 * ((out - target) ** 2).sum() / len(y)
        else:
            expected = torch.nn.functional.cross_entropy(out, torch.tensor(y))
        expected.backward()
        np.testing.assert_allclose(loss, expected.item(), rtol=1e-10)
        for mine, tensor in zip(grads, tensors, strict=True):
            np.testing.assert_allclose(mine, tensor.grad.numpy(), atol=1e-12)


def test_a_sweep_in_which_all_diverged_is_told_with_its_losses():
    with pytest.raises(ValueError, match=r"^every rate diverged: losses are \[\[nan\], \[inf\]\]$"):
        pick(np.array([1.0, 2.0]), np.array([[np.nan], [np.inf]]))
