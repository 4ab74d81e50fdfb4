"""How each mistake fails."""

import numpy as np
import torch

from snippets.optimization.layer_normalization import rms_norm
from snippets.optimization.layer_normalization_mistakes import channel_layer_norm, rms_norm_in_half


def test_squares_in_half_precision_overflow_and_the_output_is_zero():
    x, ones = np.full(4, 300, np.float16), np.ones(4, np.float16)
    with np.errstate(over="ignore"):
        assert np.all(rms_norm_in_half(x, ones) == 0)
    assert np.all(rms_norm(x, ones) == 1)


def test_one_group_lets_pixels_influence_each_other():
    x = torch.randn(1, 6, 3, 5, generator=torch.Generator().manual_seed(0))
    other = x.clone()
    other[..., 2, 4] += 10  # another pixel
    wrong = channel_layer_norm(6)
    assert (wrong(x) - wrong(other))[..., 0, 0].abs().max() > 0.1
    layer = torch.nn.LayerNorm(6)
    right = [layer(image.permute(0, 2, 3, 1))[:, 0, 0] for image in (x, other)]
    assert torch.equal(*right)
