"""The same numbers as PyTorch and scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, mean_squared_error
from torch.nn import functional

from snippets.activations_and_losses.l1_and_l2_loss import huber_loss, l1_loss, l2_loss, quantile_loss


def pair(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    pred, target = (torch.randn(3, 5, generator=generator, dtype=torch.float64) * 2 for _ in range(2))
    target[0, 0] = pred[0, 0]  # a residual of exactly zero
    return pred.requires_grad_(), target


@pytest.mark.parametrize(("ours", "theirs"), [
    (l2_loss, functional.mse_loss),
    (l1_loss, functional.l1_loss),
    (huber_loss, functional.huber_loss),
    (lambda p, t: huber_loss(p, t, 0.3), lambda p, t: functional.huber_loss(p, t, delta=0.3)),
    (lambda p, t: tuple(v / 0.3 for v in huber_loss(p, t, 0.3)),
     lambda p, t: functional.smooth_l1_loss(p, t, beta=0.3)),
])
def test_loss_and_gradient_match_torch(ours, theirs):
    pred, target = pair(0)
    loss = theirs(pred, target)
    loss.backward()
    value, grad = ours(pred.detach().numpy(), target.numpy())
    np.testing.assert_allclose(value, loss.item(), rtol=1e-12)
    np.testing.assert_allclose(grad, pred.grad, rtol=1e-10, atol=1e-15)


def test_losses_match_scikit_learn():
    pred, target = (x.detach().numpy().ravel() for x in pair(1))
    np.testing.assert_allclose(l2_loss(pred, target)[0], mean_squared_error(target, pred))
    np.testing.assert_allclose(l1_loss(pred, target)[0], mean_absolute_error(target, pred))
    for level in (0.1, 0.9):
        np.testing.assert_allclose(quantile_loss(pred, target, level)[0],
                                   mean_pinball_loss(target, pred, alpha=level))


def test_torch_broadcasts_with_a_warning():
    with pytest.warns(UserWarning, match="broadcast"):
        loss = functional.mse_loss(torch.tensor([[1.0], [2.0], [6.0]]), torch.tensor([1.0, 2.0, 6.0]))
    assert abs(loss.item() - 9.333) < 1e-3
