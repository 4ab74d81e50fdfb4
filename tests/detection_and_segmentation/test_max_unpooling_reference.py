"""The same values, indices and gradients as PyTorch, and what the page says of PyTorch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from snippets.detection_and_segmentation.max_unpooling import (
    max_pool2d,
    max_unpool2d,
    max_unpool2d_backward,
)

CASES = [(2, 3, 4, 6, 2, 2), (1, 2, 5, 7, 2, 2), (3, 1, 7, 5, 3, 3), (2, 2, 8, 9, 2, 3),
         (2, 5, 7, 11, 3, 4)]


def tensor(shape, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_pooling_matches_torch_with_overlaps_and_ties_too():
    for case in [*CASES, (2, 3, 6, 7, 3, 1), (1, 2, 7, 8, 3, 2)]:
        for x in (tensor(case[:4], 0), tensor(case[:4], 1).round()):
            out, indices = F.max_pool2d(x, *case[4:], return_indices=True)
            ours = max_pool2d(x.numpy(), *case[4:])
            np.testing.assert_array_equal(ours[0], out.numpy())
            np.testing.assert_array_equal(ours[1], indices.numpy())


def test_unpooling_and_its_gradient_match_torch():
    for case in CASES:
        indices = F.max_pool2d(tensor(case[:4], 2), *case[4:], return_indices=True)[1]
        y = tensor(indices.shape, 3).requires_grad_()
        out = F.max_unpool2d(y, indices, *case[4:], output_size=case[2:4])
        grad_out = tensor(case[:4], 4)
        out.backward(grad_out)
        ours = max_unpool2d(y.detach().numpy(), indices.numpy(), case[2:4])
        np.testing.assert_array_equal(ours, out.detach().numpy())
        grad = max_unpool2d_backward(grad_out.numpy(), indices.numpy())
        np.testing.assert_array_equal(grad, y.grad.numpy())


def test_unpooling_is_the_backward_pass_of_pooling_where_windows_do_not_overlap():
    x = tensor((2, 3, 6, 8), 5).requires_grad_()
    out, indices = F.max_pool2d(x, 2, return_indices=True)
    arrived = tensor(out.shape, 6)
    out.backward(arrived)
    ours = max_unpool2d(arrived.numpy(), indices.numpy(), (6, 8))
    np.testing.assert_array_equal(ours, x.grad.numpy())


def test_torch_guesses_an_even_size_and_shears_or_refuses_an_odd_one():
    x = torch.zeros(1, 1, 5, 5)
    x[0, 0, 1, 1], x[0, 0, 0, 3], x[0, 0, 2, 0], x[0, 0, 2, 2] = 4, 5, 6, 7
    out, indices = F.max_pool2d(x, 2, return_indices=True)
    sheared = F.max_unpool2d(out, indices, 2)
    assert sheared.shape[2:] == (4, 4) and sheared[0, 0, 1, 2] == 4  # it was at (1, 1)
    assert torch.equal(F.max_unpool2d(out, indices, 2, output_size=(5, 5)), x)
    x[0, 0, 3, 3] = 9  # index 18 has no place among 16
    out, indices = F.max_pool2d(x, 2, return_indices=True)
    with pytest.raises(RuntimeError, match="invalid max index"):
        F.max_unpool2d(out, indices, 2)


def test_memory_of_the_page():
    features = 64 * 360 * 480
    out, indices = F.max_pool2d(torch.zeros(1, 1, 4, 4), 2, return_indices=True)
    assert indices.element_size() == 8 and out.element_size() == 4
    megabytes = [features * 4, features / 4 * 8, features / 4 / 4]
    assert [f"{m / 1e6:.1f}" for m in megabytes] == ["44.2", "22.1", "0.7"]
    assert megabytes[0] / megabytes[2] == 64 and features * 2 == megabytes[1]  # float16 saves nothing
