"""The same numbers as PyTorch's own clipping, and the habits of it that the page names."""

import numpy as np
import pytest
import torch

from snippets.backpropagation.gradient_clipping import clip_by_norm, clip_by_value, global_norm

SHAPES = [(2, 3), (5,), (7, 1, 3)]


def parameters(seed: int, size: float = 1.0) -> list[torch.nn.Parameter]:
    generator = torch.Generator().manual_seed(seed)
    result = []
    for shape in SHAPES:
        parameter = torch.nn.Parameter(torch.zeros(shape, dtype=torch.float64))
        parameter.grad = size * torch.randn(shape, generator=generator, dtype=torch.float64)
        result.append(parameter)
    return result


def torch_clip(grad: list[float], max_norm: float, **options) -> list[float]:
    parameter = torch.nn.Parameter(torch.zeros(len(grad)))
    parameter.grad = torch.tensor(grad)
    torch.nn.utils.clip_grad_norm_([parameter], max_norm, **options)
    return parameter.grad.tolist()


@pytest.mark.parametrize("size", [1e-8, 0.1, 1.0, 1e5])
def test_norm_matches_torch(size):
    theirs = parameters(0, size)
    grads = [p.grad.numpy().copy() for p in theirs]
    ours, norm = clip_by_norm(grads, 1.5)
    total = torch.nn.utils.clip_grad_norm_(theirs, 1.5).item()
    np.testing.assert_allclose([norm, global_norm(grads)], total, rtol=1e-13)
    for mine, parameter in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, parameter.grad.numpy(), rtol=1e-13)


def test_value_matches_torch():
    theirs = parameters(1)
    ours = clip_by_value([p.grad.numpy().copy() for p in theirs], 0.5)
    torch.nn.utils.clip_grad_value_(theirs, 0.5)
    for mine, parameter in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, parameter.grad.numpy())


def test_torch_does_not_stop_at_nan_inf_or_a_negative_threshold():
    assert np.isnan(torch_clip([np.inf, 1.0], 1.0)[0]) and torch_clip([np.inf, 1.0], 1.0)[1] == 0
    assert np.isnan(torch_clip([np.nan, 1.0], 1.0)).all()
    np.testing.assert_allclose(torch_clip([3.0, 4.0], -1.0), [-0.6, -0.8], rtol=1e-5)
    with pytest.raises(RuntimeError, match="non-finite"):
        torch_clip([np.nan, 1.0], 1.0, error_if_nonfinite=True)


def test_the_default_loss_scale_is_65536():
    assert torch.amp.GradScaler("cpu").get_scale() == 65536
