"""The same weights as torch.optim.AdamW and Adam(weight_decay) over 500 steps in float64."""

import numpy as np
import pytest
import torch

from snippets.optimization.adamw import adamw_step, kept


@pytest.mark.parametrize("decoupled", [True, False])
@pytest.mark.parametrize(("lr", "decay", "eps"), [(1e-3, 1e-2, 1e-8), (0.1, 0.3, 1e-3), (0.01, 2.0, 1e-12)])
def test_500_steps_match_torch(decoupled, lr, decay, eps):
    generator = torch.Generator().manual_seed(0)
    theirs = torch.nn.Parameter(torch.randn(3, 5, generator=generator, dtype=torch.float64))
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    optimizer = kind([theirs], lr=lr, eps=eps, weight_decay=decay)
    ours, m, v = theirs.detach().numpy().copy(), np.zeros((3, 5)), np.zeros((3, 5))
    scale = torch.logspace(-3, 3, 5, dtype=torch.float64)
    for t in range(1, 501):
        theirs.grad = scale * (theirs.detach() ** 3 - theirs.detach() + 0.3)
        ours, m, v = adamw_step(ours, theirs.grad.numpy(), m, v, t, lr=lr, eps=eps, weight_decay=decay,
                                decoupled=decoupled)
        optimizer.step()
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-10, atol=1e-12)


def test_torch_s_defaults():
    weight = torch.nn.Parameter(torch.zeros(2))
    assert torch.optim.AdamW([weight]).defaults["weight_decay"] == 0.01
    assert torch.optim.Adam([weight]).defaults["weight_decay"] == 0


def test_rates_of_single_precision_are_multiplied_up_in_double():
    shares = kept(np.full(3, 0.25, dtype=np.float32), 1e-9)  # float32 ends at 1 - 6e-8
    np.testing.assert_allclose(1 - shares, [7.5e-10, 5e-10, 2.5e-10, 0], rtol=1e-6)
