"""The same numbers as PyTorch: values, winners, gradients, ties; and what the page says of ties."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from snippets.backpropagation.backpropagate_pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

KERNELS = [(1, 1), (2, 2), (3, 3), (2, 3), (3, 2)]
CASES = [case for case in itertools.product(KERNELS, (1, 2, 3), (0, 1), [(5, 7), (6, 8), (9, 4)])
         if 2 * case[2] <= min(case[0])]


def pair(shape, generator, tied: bool) -> torch.Tensor:
    x = torch.randn(shape, generator=generator, dtype=torch.float64)
    return (x.round() if tied else x).requires_grad_()


@pytest.mark.parametrize("tied", [False, True])
def test_max_matches_torch(tied):
    generator = torch.Generator().manual_seed(0)
    for kernel, stride, padding, size in CASES:
        x = pair((2, 3, *size), generator, tied)
        out = F.max_pool2d(x, kernel, stride, padding)
        grad_out = torch.randn(out.shape, generator=generator, dtype=torch.float64)
        out.backward(grad_out)
        ours, winner = max_pool2d(x.detach().numpy(), kernel, stride, padding)
        np.testing.assert_array_equal(ours, out.detach().numpy())
        grad = max_pool2d_backward(grad_out.numpy(), winner, x.shape, kernel, stride, padding)
        np.testing.assert_allclose(grad, x.grad.numpy(), atol=1e-13)
    assert len(CASES) == 81  # as the page says


@pytest.mark.parametrize("include", [False, True])
def test_average_matches_torch(include):
    generator = torch.Generator().manual_seed(1)
    for kernel, stride, padding, size in CASES:
        x = pair((2, 3, *size), generator, tied=False)
        out = F.avg_pool2d(x, kernel, stride, padding, count_include_pad=include)
        grad_out = torch.randn(out.shape, generator=generator, dtype=torch.float64)
        out.backward(grad_out)
        ours = avg_pool2d(x.detach().numpy(), kernel, stride, padding, include)
        np.testing.assert_allclose(ours, out.detach().numpy(), atol=1e-13)
        grad = avg_pool2d_backward(grad_out.numpy(), x.shape, kernel, stride, padding, include)
        np.testing.assert_allclose(grad, x.grad.numpy(), atol=1e-13)


def test_what_torch_does_with_ties():
    def gradient(function) -> list:
        x = torch.ones(1, 1, 2, 2, requires_grad=True)
        function(x).sum().backward()
        return x.grad.ravel().tolist()

    assert gradient(lambda x: F.max_pool2d(x, 2)) == [1, 0, 0, 0]
    assert gradient(lambda x: F.adaptive_max_pool2d(x, 1)) == [1, 0, 0, 0]
    assert gradient(lambda x: x.amax(dim=(2, 3))) == [0.25] * 4
    assert gradient(lambda x: x.max()) == [0.25] * 4
    assert gradient(lambda x: x.flatten().max(dim=0).values) == [1, 0, 0, 0]


def test_what_torch_keeps_for_the_backward_pass():
    out = F.max_pool2d(torch.randn(1, 1, 4, 4, requires_grad=True), 2)
    assert out.grad_fn._saved_result1.dtype == torch.int64
    assert out.grad_fn._saved_result1.shape == out.shape


def test_ties_of_zeros_behind_a_relu_do_not_matter():
    generator = torch.Generator().manual_seed(2)
    z = torch.randn(50, 1, 20, 20, generator=generator, dtype=torch.float64)
    grad_out = torch.randn(50, 1, 10, 10, generator=generator, dtype=torch.float64)
    grads, tied = [], 0
    for pool in (lambda a: F.max_pool2d(a, 2),
                 lambda a: a.unfold(2, 2, 2).unfold(3, 2, 2).amax(dim=(4, 5))):
        leaf = z.clone().requires_grad_()
        out = pool(leaf.relu())
        out.backward(grad_out)
        grads.append(leaf.grad)
        tied = (out == 0).double().mean().item()
    assert torch.equal(*grads)
    # All four of a window negative: (1/2)^4, within four standard deviations of 5,000 windows.
    assert abs(tied - 1 / 16) < 4 * (1 / 16 * 15 / 16 / 5000) ** 0.5


def test_max_pooling_and_relu_commute():
    z = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(3)).round()  # with ties
    grads = []
    for function in (lambda a: F.max_pool2d(a.relu(), 2), lambda a: F.max_pool2d(a, 2).relu()):
        leaf = z.clone().requires_grad_()
        out = function(leaf)
        (out * torch.arange(out.numel()).reshape(out.shape)).sum().backward()
        grads.append((out.detach(), leaf.grad))
    assert torch.equal(grads[0][0], grads[1][0]) and torch.equal(grads[0][1], grads[1][1])


def test_central_differences_fail_at_a_tie():
    x = np.array([[[[2.0, 2.0], [2.0, 1.0]]]])
    slopes = []
    for index in np.ndindex(2, 2):
        nudge = np.zeros_like(x)
        nudge[0, 0][index] = 1e-3
        up, down = (max_pool2d(x + sign * nudge, (2, 2), 2)[0].item() for sign in (1, -1))
        slopes.append(round((up - down) / 2e-3, 6))
    assert slopes == [0.5, 0.5, 0.5, 0.0]


def test_a_wrong_shape_is_named_with_the_right_one():
    x = np.ones((2, 3, 5, 5))
    out, winner = max_pool2d(x, (2, 2), 1)
    refused = r"^grad_out must be \(2, 3, 4, 4\), got \(1, 3, 4, 4\)$"
    with pytest.raises(ValueError, match=refused):
        max_pool2d_backward(out[:1], winner, x.shape, (2, 2), 1)
    with pytest.raises(ValueError, match=refused):
        avg_pool2d_backward(out[:1], x.shape, (2, 2), 1)
    with pytest.raises(ValueError, match=r"^winner must be \(2, 3, 4, 4\), got \(2, 1, 4, 4\)$"):
        max_pool2d_backward(out, winner[:, :1], x.shape, (2, 2), 1)
