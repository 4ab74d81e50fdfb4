"""The same steps from torch.optim.SGD, and the slopes of the two losses from autograd."""

import numpy as np
import pytest
import torch

from snippets.optimization.momentum import escape, momentum_step, noise_floor


@pytest.mark.parametrize("options", [
    {"momentum": 0.0}, {"momentum": 0.9}, {"momentum": 0.9, "dampening": 0.9},
    {"momentum": 0.7, "dampening": 0.3}, {"momentum": 0.9, "nesterov": True},
])
def test_steps_match_torch(options):
    rng = np.random.default_rng(0)
    start = rng.standard_normal((3, 5))
    x, buffer = start, None
    tensor = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([tensor], lr=0.05, **options)
    for t in range(200):
        optimizer.param_groups[0]["lr"] = lr = 0.05 if t < 100 else 0.005
        loss = (torch.cos(tensor) + 0.1 * tensor**4).sum()
        optimizer.zero_grad()
        loss.backward()
        x, buffer = momentum_step(x, tensor.grad.numpy().copy(), buffer, lr, **options)
        optimizer.step()
        np.testing.assert_allclose(x, tensor.detach().numpy(), rtol=1e-10, atol=1e-14)


def test_torch_takes_as_many_steps_off_the_saddle():
    for lr, momentum in [(1.0, 0.0), (0.1, 0.9)]:
        y = torch.tensor(1e-6, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([y], lr=lr, momentum=momentum)
        steps = 0
        while abs(y.item()) <= 0.5:
            optimizer.zero_grad()
            (-0.05 * y**2 + 0.025 * y**4).backward()
            optimizer.step()
            steps += 1
        assert steps == escape(1e-6, lr, momentum)


def test_bad_input_is_named_with_its_value():
    with pytest.raises(ValueError, match=r"grad must be \(3,\), got \(3, 1\)$"):
        momentum_step(np.ones(3), np.ones((3, 1)), None, 0.1, 0.9)
    with pytest.raises(ValueError, match=r"^lr 0.1 is outside the stable range of 0.0$"):
        noise_floor(0.0, 0.1, 0.9, 1.0)  # without curvature noise never settles
