"""The wrong code fails as the page says."""

import pytest
import torch

from snippets.convolution.inception_v3_v4_mistakes import average_with_zeros, scaled_sum, split_in_a_row
from snippets.convolution.inception_v3_v4_torch import Residual, pooled, split


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_scaled_sum_lets_the_input_fade_and_a_scaled_branch_keeps_it():
    x = torch.rand(2, 3, 4, 5, generator=generator(0), dtype=torch.float64)
    branch = torch.zeros_like(x)
    wrong, right = x, x
    for _ in range(20):
        wrong = scaled_sum(wrong, branch, 0.1)
        right = torch.relu(right + 0.1 * branch)
    torch.testing.assert_close(wrong, 1e-20 * x, rtol=1e-9, atol=0)
    assert torch.equal(right, x)
    block = Residual(3, torch.nn.Identity(), 3, scale=0.1)
    torch.nn.init.zeros_(block.expand.weight)
    torch.nn.init.zeros_(block.expand.bias)
    assert torch.equal(block(x.float()), x.float())


def test_in_a_row_the_split_is_half_as_wide_and_does_not_fit_the_weights():
    x = torch.zeros(2, 6, 8, 8)
    assert split(6, 4)(x).shape == (2, 8, 8, 8)
    wrong = split_in_a_row(6, 4)
    assert wrong(x).shape == (2, 4, 8, 8)
    right = [conv[0].weight for conv in split(6, 4)]
    with pytest.raises(RuntimeError, match="size mismatch"):
        wrong.load_state_dict({"0.weight": right[0], "1.weight": right[1]}, strict=False)


def test_counting_zeros_changes_the_border_and_nothing_else():
    x = torch.rand(2, 3, 17, 17, generator=generator(1)) + 1
    right, wrong = pooled(3, 1)[0](x), average_with_zeros(x)
    torch.testing.assert_close(wrong[:, :, 1:-1, 1:-1], right[:, :, 1:-1, 1:-1])
    torch.testing.assert_close(wrong[:, :, 0, 0], right[:, :, 0, 0] * 4 / 9)
    changed = ((right - wrong) > 0.1).any(dim=1)[0].sum().item()
    assert changed == 4 * 16 == 64 and round(64 / 17**2, 2) == 0.22
