"""Maxout against PyTorch's autograd, and how PyTorch treats a tie."""

import numpy as np
import pytest
import torch

from snippets.activations_and_losses.maxout import maxout_backward, maxout_forward


@pytest.mark.parametrize("pieces", [1, 2, 5])
def test_forward_and_gradients_match_autograd(pieces):
    rng = np.random.default_rng(0)
    data, grad_out = rng.standard_normal((7, 4)), rng.standard_normal((7, 3))
    arrays = (data, rng.standard_normal((4, 3, pieces)), rng.standard_normal((3, pieces)))
    x, weight, bias = (torch.tensor(array, requires_grad=True) for array in arrays)
    theirs = (torch.einsum("nd,dhp->nhp", x, weight) + bias).max(dim=2)
    theirs.values.backward(torch.tensor(grad_out))
    out, winner = maxout_forward(*arrays)
    np.testing.assert_allclose(out, theirs.values.detach().numpy(), rtol=1e-12)
    np.testing.assert_array_equal(winner, theirs.indices.numpy())
    grads = maxout_backward(grad_out, data, arrays[1], winner)
    for mine, other in zip(grads, (x.grad, weight.grad, bias.grad), strict=True):
        np.testing.assert_allclose(mine, other.numpy(), atol=1e-12)


def test_in_a_tie_max_picks_one_piece_and_amax_shares():
    for function, expected in ((lambda z: z.max(dim=0).values, [1.0, 0.0, 0.0]),
                               (lambda z: z.amax(dim=0), [0.5, 0.5, 0.0])):
        z = torch.tensor([2.0, 2.0, 1.0], requires_grad=True)
        function(z).backward()
        assert z.grad.tolist() == expected
