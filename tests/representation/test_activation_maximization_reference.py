"""The same ascent with torch.optim.SGD and autograd in float64."""

import numpy as np
import torch
from torch import nn

from snippets.representation.activation_maximization import maximize, roughness


def test_ascent_matches_torch_s_descent_on_the_negative_objective():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(35, 6), nn.Tanh(), nn.Linear(6, 2)).double()

    def unit(image):
        x = torch.tensor(image, requires_grad=True)
        value = model(x.reshape(1, 35))[0, 1]
        value.backward()
        return value.item(), x.grad.numpy()

    start = np.random.default_rng(0).uniform(size=(5, 7))
    x = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)
    for _ in range(30):
        optimizer.zero_grad()
        rough = 0.5 * (x.diff(dim=0) ** 2).sum() + 0.5 * (x.diff(dim=1) ** 2).sum()
        (-model(x.reshape(1, 35))[0, 1] + 0.5 * 0.4 * (x**2).sum() + 0.3 * rough).backward()
        optimizer.step()
        with torch.no_grad():
            x.clamp_(0.1, 0.9)
    found = maximize(unit, start, 0.1, 30, decay=0.4, smoothness=0.3, low=0.1, high=0.9)
    np.testing.assert_allclose(found, x.detach().numpy(), atol=1e-12)


def test_roughness_matches_autograd():
    x = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    value = 0.5 * (x.diff(dim=0) ** 2).sum() + 0.5 * (x.diff(dim=1) ** 2).sum()
    value.backward()
    found, grad = roughness(x.detach().numpy())
    assert abs(found - value.item()) < 1e-12
    np.testing.assert_allclose(grad, x.grad.numpy(), atol=1e-12)
