"""The same gradients from PyTorch in float64."""

import numpy as np
import torch

from snippets.sequences.recurrent_gradients import state_gradients, weight_gradient_by_lag


def test_state_gradients_match_autograd():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        cell = torch.nn.RNNCell(3, 5, dtype=torch.float64)
    rng = np.random.default_rng(0)
    x, direction = torch.tensor(rng.standard_normal((7, 2, 3))), torch.tensor(rng.standard_normal((2, 5)))
    states, copies = [torch.zeros(2, 5, dtype=torch.float64, requires_grad=True)], []
    weight = cell.weight_hh.detach()
    for x_t in x:  # a copy of the weight for each step, so that each lag has a gradient of its own
        copies.append(weight.clone().requires_grad_(True))
        states.append(torch.tanh(x_t @ cell.weight_ih.T + cell.bias_ih + cell.bias_hh
                                 + states[-1] @ copies[-1].T))
    grads = torch.autograd.grad((states[-1] * direction).sum(), states + copies)
    h = np.stack([state.detach().numpy() for state in states])
    ours = state_gradients(h, weight.numpy().T, direction.numpy())
    np.testing.assert_allclose(ours, np.stack([g.numpy() for g in grads[:8]]), atol=1e-13)
    lags = weight_gradient_by_lag(h, weight.numpy().T, direction.numpy())
    expected = [g.norm().item() for g in grads[8:]][::-1]
    np.testing.assert_allclose(lags, expected, rtol=1e-11)
