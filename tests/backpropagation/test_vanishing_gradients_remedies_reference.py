"""The residual gradient against PyTorch in float64."""

import numpy as np
import pytest
import torch

from snippets.backpropagation.vanishing_gradients_remedies import residual_backward, unit_variance


def test_every_state_matches_autograd():
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal((5, 5)) for _ in range(4)]
    biases = [rng.standard_normal(5) for _ in range(4)]
    top = rng.standard_normal((3, 5))
    for scale in (1.0, 0.3):
        states, slopes = [torch.tensor(rng.standard_normal((3, 5)), requires_grad=True)], []
        for weight, bias in zip(weights, biases, strict=True):
            branch = torch.tanh(states[-1] @ torch.tensor(weight) + torch.tensor(bias))
            slopes.append((1 - branch.detach() ** 2).numpy())
            states.append(states[-1] + scale * branch)
            states[-1].retain_grad()
        states[-1].backward(torch.tensor(top))
        for ours, theirs in zip(residual_backward(top, weights, slopes, scale), states, strict=True):
            np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_a_constant_layer_is_named_with_its_deviation():
    for x, constant in ((np.ones((3, 2)), 0), (np.eye(3, 2), 1)):
        with pytest.raises(ValueError, match=rf"^weights\[{constant}\] gives z with deviation 0\.0$"):
            unit_variance(x, [np.eye(2), np.zeros((2, 2))], np.tanh)
