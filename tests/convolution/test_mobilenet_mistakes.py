"""The wrong layers fail as the page says."""

import torch

from snippets.convolution.mobilenet_mistakes import grouped_only, projection_with_relu
from snippets.convolution.mobilenet_torch import InvertedResidual, separable


def reads(layer, channels: int, output: int) -> list[int]:
    """Input channels that an output channel depends on."""
    x = torch.rand(2, channels, 5, 7, generator=torch.Generator().manual_seed(0),
                   requires_grad=True)
    layer.eval()(x)[:, output].sum().backward()
    return [c for c in range(channels) if x.grad[:, c].abs().sum() > 0]


def test_without_the_1x1_convolution_no_channel_sees_another():
    for layer in (grouped_only(3, 6), separable(3, 6)):
        for module in layer.modules():
            if isinstance(module, torch.nn.Conv2d):
                torch.nn.init.constant_(module.weight, 0.1)  # keeps ReLU6 in its linear part
    assert [reads(grouped_only_constant(3, 6), 3, o) for o in range(6)] == \
        [[0], [0], [1], [1], [2], [2]]
    assert reads(layer, 3, 4) == [0, 1, 2]


def grouped_only_constant(channels: int, out: int):
    layer = grouped_only(channels, out)
    torch.nn.init.constant_(layer[0].weight, 0.1)
    return layer


def test_with_relu_on_the_thin_end_half_of_it_is_zero_and_no_value_falls():
    x = torch.randn(4, 16, 9, 7, generator=torch.Generator().manual_seed(1))
    hidden = torch.rand(4, 96, 9, 7, generator=torch.Generator().manual_seed(2))
    wrong = projection_with_relu(96, 16)  # training mode: normalized to mean 0, variance 1
    torch.nn.init.normal_(wrong[0].weight, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        branch = wrong(hidden)
        assert ((x + branch) >= x).all()
        assert 0.45 < (branch == 0).float().mean() < 0.55
        right = InvertedResidual(16, 96, 16).branch(x)
        assert (right == 0).float().mean() < 0.01 and (right < 0).any()
