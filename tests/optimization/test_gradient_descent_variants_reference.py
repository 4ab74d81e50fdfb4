"""The same gradients and steps from PyTorch."""

import numpy as np
import torch

from snippets.optimization.gradient_descent_variants import descend, epoch, gradients
from snippets.optimization.gradient_descent_variants_experiment import init, loss_and_grads


def test_per_example_gradients_match_autograd():
    rng = np.random.default_rng(0)
    weight, x, targets = rng.standard_normal(3), rng.standard_normal((5, 3)), rng.standard_normal(5)

    def loss(w):
        return 0.5 * (torch.tensor(x) @ w - torch.tensor(targets)) ** 2

    expected = torch.autograd.functional.jacobian(loss, torch.tensor(weight))
    np.testing.assert_allclose(gradients(weight, x, targets), expected.numpy(), rtol=1e-12)


def test_descent_matches_torch_sgd_on_the_same_batches():
    rng = np.random.default_rng(1)
    weight, x, targets = rng.standard_normal(3), rng.standard_normal((7, 3)), rng.standard_normal(7)
    path = descend(weight, x, targets, 2, 0.05, 6, np.random.default_rng(2))
    w = torch.tensor(weight, requires_grad=True)
    optimizer, orders, steps = torch.optim.SGD([w], lr=0.05), np.random.default_rng(2), 0
    for _ in range(6):
        for rows in epoch(7, 2, orders):
            optimizer.zero_grad()
            error = torch.tensor(x[rows]) @ w - torch.tensor(targets[rows])
            (0.5 * error**2).mean().backward()
            optimizer.step()
            steps += 1
            np.testing.assert_allclose(path[steps], w.detach().numpy(), rtol=1e-10)
    assert steps == len(path) - 1


def test_network_of_the_experiment_matches_autograd():
    rng = np.random.default_rng(3)
    x, y = rng.random((5, 64)), rng.integers(0, 10, size=5)
    params = [p.astype(np.float64) for p in init(rng, hidden=7)]
    loss, grads, accuracy = loss_and_grads(params, x, y)
    tensors = [torch.tensor(p, requires_grad=True) for p in params]
    out = torch.relu(torch.tensor(x) @ tensors[0] + tensors[1]) @ tensors[2] + tensors[3]
    expected = torch.nn.functional.cross_entropy(out, torch.tensor(y))
    expected.backward()
    assert abs(loss - expected.item()) < 1e-12
    assert accuracy == float((out.argmax(1) == torch.tensor(y)).double().mean())
    for mine, tensor in zip(grads, tensors, strict=True):
        np.testing.assert_allclose(mine, tensor.grad.numpy(), atol=1e-12)


def test_steps_from_single_precision_are_kept_in_double():
    rng = np.random.default_rng(4)
    single = (rng.standard_normal(shape).astype(np.float32) for shape in (3, (5, 3), 5))
    assert descend(*single, 2, 0.1, 1, rng).dtype == np.float64
