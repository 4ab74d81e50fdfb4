"""The wrong code fails as the page says."""

import torch
from torch import nn

from snippets.convolution.vgg_mistakes import (
    initialize_with_one_deviation,
    kernel_from_linear,
    stack_without_relu,
)
from snippets.convolution.vgg_torch import VGG, dense_logits


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_without_relu_three_layers_are_one_linear_layer():
    stack = stack_without_relu(2).double()
    x = torch.randn(1, 2, 9, 11, generator=generator(0), dtype=torch.float64)
    zero = torch.zeros_like(x)
    with torch.no_grad():
        # an affine map: the response to a sum is the sum of the responses
        torch.testing.assert_close(stack(2 * x) - stack(zero), 2 * (stack(x) - stack(zero)))
        # and one 7x7 kernel reproduces it: its taps are the responses to single pixels
        kernel = torch.zeros(2, 2, 7, 7, dtype=torch.float64)
        for channel in range(2):
            impulse = torch.zeros(1, 2, 13, 13, dtype=torch.float64)
            impulse[0, channel, 6, 6] = 1
            response = stack(impulse) - stack(torch.zeros_like(impulse))
            kernel[:, channel] = response[0].flip(1, 2)
        bias = stack(zero)[0, :, 0, 0]
        torch.testing.assert_close(stack(x), nn.functional.conv2d(x, kernel, bias))
        right = nn.Sequential(stack[0], nn.ReLU(), stack[1], nn.ReLU(), stack[2])
        assert not torch.allclose(right(2 * x) - right(zero), 2 * (right(x) - right(zero)))


def test_the_kernel_in_the_wrong_order_has_the_right_shape_and_the_wrong_output():
    model = VGG(11, num_classes=3, hidden=4, generator=generator(1)).eval()
    model.features = nn.Identity()
    maps = torch.rand(2, 512, 7, 7, generator=generator(2))
    weight = model.classifier[0].weight
    right = nn.functional.conv2d(maps, weight.view(-1, 512, 7, 7))[:, :, 0, 0]
    wrong = nn.functional.conv2d(maps, kernel_from_linear(weight))[:, :, 0, 0]
    torch.testing.assert_close(right, maps.flatten(1) @ weight.T)
    assert wrong.shape == right.shape and not torch.allclose(wrong, right, rtol=0.1)
    torch.testing.assert_close(dense_logits(model, maps)[:, :, 0, 0], model(maps))


def test_one_small_deviation_for_all_layers_extinguishes_signal_and_gradient():
    x = torch.randn(1, 3, 32, 32, generator=generator(3))
    signal, gradient = [], []
    for wrong in (False, True):
        model = VGG(13, num_classes=2, hidden=3, generator=generator(4))
        if wrong:
            initialize_with_one_deviation(model, generator(4))
        maps = model.features(x)
        maps.backward(torch.ones_like(maps))
        signal.append(maps.std().item())
        gradient.append(model.features[2].weight.grad.norm().item())
    assert signal[0] > 1e-3 and signal[1] < 1e-4 * signal[0]
    assert gradient[1] < 1e-3 * gradient[0]
