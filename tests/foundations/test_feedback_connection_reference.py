"""The same loop in PyTorch: autograd through the passes, and an exact solve at the fixed point."""

import numpy as np
import pytest
import torch

from snippets.foundations.feedback_connection import (
    equilibrium,
    implicit_gradients,
    unroll,
    unrolled_gradients,
)


def example(gain: float) -> tuple[torch.Tensor, list[torch.Tensor], torch.Tensor]:
    generator = torch.Generator().manual_seed(4)
    drive, *weights, grad = (torch.randn(shape, generator=generator, dtype=torch.float64)
                             for shape in ((3, 5), (2, 5), (5, 7), (7, 2), (3, 2)))
    weights = [w / torch.linalg.matrix_norm(w, 2) * gain ** (1 / 3) for w in weights]
    return drive.requires_grad_(), [w.requires_grad_() for w in weights], grad


def torch_pass(drive, state, weights):
    h2 = torch.tanh(drive + state @ weights[0])
    return torch.tanh(torch.tanh(h2 @ weights[1]) @ weights[2])


def arrays(tensors):
    return [tensor.detach().numpy().copy() for tensor in tensors]


@pytest.mark.parametrize(("gain", "steps"), [(0.7, 1), (0.9, 6), (3.0, 11)])
def test_unrolled_values_and_gradients_match_autograd(gain, steps):
    drive, weights, grad = example(gain)
    state = torch.zeros(3, 2, dtype=torch.float64)
    for _ in range(steps):
        state = torch_pass(drive, state, weights)
    theirs = torch.autograd.grad(state, [drive, *weights], grad, allow_unused=True)
    d, *w = arrays([drive, *weights])
    states, passes = unroll(d, w, steps)
    grad_drive, grads = unrolled_gradients(states, passes, w, grad.numpy())
    np.testing.assert_allclose(states[-1], state.detach().numpy(), atol=1e-13)
    for ours, their in zip((grad_drive, *grads), theirs, strict=True):
        np.testing.assert_allclose(ours, their.numpy(), atol=1e-12)


def test_implicit_gradients_match_an_exact_linear_solve():
    drive, weights, grad = example(0.9)
    d, *w = arrays([drive, *weights])
    state = equilibrium(d, w, tol=1e-15)
    fixed = torch.from_numpy(state)
    expected = [torch.zeros_like(t) for t in (drive, *weights)]
    for row in range(3):  # u (I - J) = grad, row by row, with the Jacobian from autograd
        def one(s, row=row):
            return torch_pass(drive[row : row + 1], s[None], weights)[0]
        jacobian = torch.autograd.functional.jacobian(one, fixed[row])  # (out, in)
        u = torch.linalg.solve((torch.eye(2, dtype=torch.float64) - jacobian).T, grad[row])
        new = torch.autograd.grad(one(fixed[row]), [drive, *weights], u)
        expected = [total + part for total, part in zip(expected, new, strict=True)]
    grad_drive, grads = implicit_gradients(d, state, w, grad.numpy())
    for ours, their in zip((grad_drive, *grads), expected, strict=True):
        np.testing.assert_allclose(ours, their.numpy(), atol=1e-10)


def test_a_state_kept_from_the_last_batch_breaks_the_second_backward():
    drive, weights, _ = example(0.9)
    first = torch_pass(drive, torch.zeros(3, 2, dtype=torch.float64), weights)
    first.sum().backward()
    with pytest.raises(RuntimeError, match="second time"):
        torch_pass(drive, first, weights).sum().backward()
    torch_pass(drive, first.detach(), weights).sum().backward()  # silent
