"""Published counts, torchvision's parameter names, and the network multiplied out by hand."""

from functools import cache

import pytest
import torch
from torch import nn

from snippets.convolution.vgg_torch import (
    CONVOLUTIONS,
    VGG,
    WIDTHS,
    cost_by_stage,
    dense_logits,
    receptive_field,
)

# number of parameters of torchvision's models, from its documentation
PARAMETERS = {
    (11, False): 132_863_336, (11, True): 132_868_840,
    (13, False): 133_047_848, (13, True): 133_053_736,
    (16, False): 138_357_544, (16, True): 138_365_992,
    (19, False): 143_667_240, (19, True): 143_678_248,
}
# GFLOPS of torchvision's models, from its documentation (it counts multiply-adds)
MULTIPLY_ADDS = {11: 7.61, 13: 11.31, 16: 15.47, 19: 19.63}
PAPER = {11: 133, 13: 133, 16: 138, 19: 144}  # table 2, millions of parameters

# Positions of the convolutions inside `features`, counted in torchvision/models/vgg.py.
PLAIN = {
    11: (0, 3, 6, 8, 11, 13, 16, 18),
    13: (0, 2, 5, 7, 10, 12, 15, 17, 20, 22),
    16: (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28),
    19: (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34),
}
NORMALIZED = {
    11: (0, 4, 8, 11, 15, 18, 22, 25),
    13: (0, 3, 7, 10, 14, 17, 21, 24, 28, 31),
    16: (0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40),
    19: (0, 3, 7, 10, 14, 17, 20, 23, 27, 30, 33, 36, 40, 43, 46, 49),
}


@cache
def on_meta(depth: int, batch_norm: bool = False) -> VGG:
    with torch.device("meta"):  # shapes without memory
        return VGG(depth, batch_norm)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_parameter_counts_are_the_published_ones():
    for (depth, batch_norm), expected in PARAMETERS.items():
        model = on_meta(depth, batch_norm)
        assert sum(p.numel() for p in model.parameters()) == expected, (depth, batch_norm)
        if not batch_norm:
            assert round(expected / 1e6) == PAPER[depth]


def test_the_name_counts_the_layers_with_weights():
    for depth in CONVOLUTIONS:
        layers = [m for m in on_meta(depth).modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
        assert len(layers) == depth


def test_costs_by_stage_add_up_to_the_model_and_to_torchvision():
    for depth in CONVOLUTIONS:
        model, rows = on_meta(depth), cost_by_stage(depth)
        assert sum(row["parameters"] for row in rows) == PARAMETERS[depth, False]
        assert abs(sum(row["multiply_adds"] for row in rows) / 1e9 - MULTIPLY_ADDS[depth]) < 0.006
        counted = []

        def count(module, inputs, output, counted=counted):
            counted.append((output.numel(), output.numel() * module.weight[0].numel()))

        hooks = [m.register_forward_hook(count) for m in model.modules()
                 if isinstance(m, (nn.Conv2d, nn.Linear))]
        model(torch.zeros(1, 3, 224, 224, device="meta"))
        for hook in hooks:
            hook.remove()
        assert sum(outputs for outputs, _ in counted) == sum(row["outputs"] for row in rows)
        assert sum(adds for _, adds in counted) == sum(row["multiply_adds"] for row in rows)
    halved = cost_by_stage(16, 112)
    assert halved[0]["multiply_adds"] * 4 == cost_by_stage(16)[0]["multiply_adds"]
    sizes = (100, 50, 25, 12, 6)  # the pooling drops an odd row
    assert [row["outputs"] for row in cost_by_stage(11, 100)[:5]] == [
        count * width * size**2 for count, width, size in zip(CONVOLUTIONS[11], WIDTHS, sizes, strict=True)]


def expected_keys(depth: int, batch_norm: bool) -> list[str]:
    """The state dict of torchvision's VGG, written out from torchvision/models/vgg.py."""
    keys = []
    for position in (NORMALIZED if batch_norm else PLAIN)[depth]:
        keys += [f"features.{position}.weight", f"features.{position}.bias"]
        if batch_norm:
            keys += [f"features.{position + 1}.{part}" for part in
                     ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")]
    return keys + [f"classifier.{i}.{part}" for i in (0, 3, 6) for part in ("weight", "bias")]


def test_state_dict_has_torchvisions_keys_in_torchvisions_order():
    for depth, batch_norm in PARAMETERS:
        state = on_meta(depth, batch_norm).state_dict()
        assert list(state) == expected_keys(depth, batch_norm)
        assert state["classifier.0.weight"].shape == (4096, 25088)
        assert state["classifier.3.weight"].shape == (4096, 4096)
        assert state["classifier.6.weight"].shape == (1000, 4096)


def test_channels_double_after_each_pooling_until_512():
    shapes = [tuple(m.weight.shape) for m in on_meta(16).features if isinstance(m, nn.Conv2d)]
    assert shapes == [(64, 3, 3, 3), (64, 64, 3, 3), (128, 64, 3, 3), (128, 128, 3, 3),
                      (256, 128, 3, 3), *[(256, 256, 3, 3)] * 2,
                      (512, 256, 3, 3), *[(512, 512, 3, 3)] * 5]
    x = on_meta(16).features(torch.zeros(2, 3, 224, 160, device="meta"))
    assert x.shape == (2, 512, 7, 5)
    assert on_meta(16)(torch.zeros(2, 3, 224, 160, device="meta")).shape == (2, 1000)


@cache
def small(batch_norm: bool) -> VGG:
    """VGG-11 with narrow linear layers, so that it fits a test, and biases that are not zero."""
    model = VGG(11, batch_norm, num_classes=7, hidden=5, generator=generator(1)).eval()
    source = generator(12)
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.uniform_(module.bias, -0.1, 0.2, generator=source)
    return model


def logits_by_hand(state: dict, convolutions: tuple, x: torch.Tensor, pooled: int) -> torch.Tensor:
    """VGG-11 in evaluation mode, from its weights alone."""
    functional = nn.functional
    for index, position in enumerate(convolutions):
        x = functional.conv2d(x, state[f"features.{position}.weight"],
                              state[f"features.{position}.bias"], padding=1)
        if f"features.{position + 1}.running_mean" in state:
            mean, variance, gamma, beta = (
                state[f"features.{position + 1}.{part}"].view(1, -1, 1, 1)
                for part in ("running_mean", "running_var", "weight", "bias"))
            x = (x - mean) / (variance + 1e-5).sqrt() * gamma + beta
        x = x.clamp(min=0)
        if index in (0, 1, 3, 5, 7):  # the ends of VGG-11's stages
            n, c, h, w = x.shape
            x = x[:, :, :h // 2 * 2, :w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).amax((3, 5))
    x = functional.adaptive_avg_pool2d(x, pooled).flatten(1)
    for layer in (0, 3, 6):
        x = x @ state[f"classifier.{layer}.weight"].T + state[f"classifier.{layer}.bias"]
        x = x.clamp(min=0) if layer < 6 else x
    return x


def test_the_whole_network_against_its_weights_multiplied_by_hand():
    x = torch.randn(2, 3, 33, 70, generator=generator(2))
    for batch_norm, positions in ((False, PLAIN[11]), (True, NORMALIZED[11])):
        model = small(batch_norm)
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                for values, low in ((module.weight, 0.8), (module.bias, -0.1),
                                    (module.running_mean, -0.1), (module.running_var, 0.5)):
                    nn.init.uniform_(values, low, low + 0.4, generator=generator(10))
            elif isinstance(module, nn.Linear):  # larger weights: a wrong order must show
                nn.init.normal_(module.weight, std=0.1, generator=generator(11))
        with torch.no_grad():
            expected = logits_by_hand(model.state_dict(), positions, x, 7)
            torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-5)
            assert expected.std() > 1e-3


def test_dense_evaluation_of_one_window_is_the_classifier():
    model = small(False)
    maps = torch.rand(2, 512, 8, 9, generator=generator(3))
    features, model.features = model.features, nn.Identity()
    try:
        logits = dense_logits(model, maps)
        assert logits.shape == (2, 7, 2, 3) and not logits.requires_grad
        with torch.no_grad():
            for i in range(2):
                for j in range(3):
                    window = maps[:, :, i:i + 7, j:j + 7]
                    torch.testing.assert_close(logits[:, :, i, j], model(window))
        assert logits.std(dim=(2, 3)).min() > 0
    finally:
        model.features = features


def test_receptive_field_is_the_extent_of_the_gradient():
    for depth, counts in CONVOLUTIONS.items():
        layers = []
        for count in counts:
            layers += [nn.Conv2d(1, 1, 3, padding=1, bias=False) for _ in range(count)]
            layers.append(nn.AvgPool2d(2))
        stack = nn.Sequential(*layers).double()
        for layer in stack:
            if isinstance(layer, nn.Conv2d):
                nn.init.ones_(layer.weight)
        x = torch.zeros(1, 1, 608, 1, dtype=torch.float64).expand(1, 1, 608, 32).clone()
        x.requires_grad_()
        stack(x)[0, 0, 9, 0].backward()
        assert int((x.grad[0, 0, :, 0] != 0).sum()) == receptive_field(depth), depth


def test_he_initialization_and_its_generator():
    a, b = (VGG(11, hidden=3, num_classes=2, generator=generator(5)) for _ in range(2))
    assert torch.equal(a.features[8].weight, b.features[8].weight)
    assert torch.equal(a.classifier[0].weight, b.classifier[0].weight)
    weight = a.features[6].weight  # (256, 128, 3, 3): the fan out is 256 * 9
    assert abs(weight.std().item() / (2 / (256 * 9)) ** 0.5 - 1) < 0.01
    assert abs(a.classifier[0].weight.std().item() / 0.01 - 1) < 0.02
    assert all((m.bias == 0).all() for m in a.modules() if isinstance(m, (nn.Conv2d, nn.Linear)))


def test_dropout_acts_on_both_hidden_layers_in_training_only():
    model = on_meta(11)
    assert [type(m).__name__ for m in model.classifier] == [
        "Linear", "ReLU", "Dropout", "Linear", "ReLU", "Dropout", "Linear"]
    assert all(m.p == 0.5 for m in model.classifier if isinstance(m, nn.Dropout))


def test_worked_numbers_of_the_page():
    assert 3 * 9 == 27 and round(49 / 27 - 1, 2) == 0.81
    rows = cost_by_stage(16)
    parameters = [row["parameters"] for row in rows]
    assert sum(parameters[5:]) == 123_642_856
    assert round(sum(parameters[5:]) / sum(parameters), 3) == 0.894
    assert parameters[5] == 102_764_544 and round(parameters[5] / sum(parameters), 2) == 0.74
    adds = [row["multiply_adds"] for row in rows]
    assert round(sum(adds[:5]) / sum(adds), 3) == 0.992
    outputs = [row["outputs"] for row in rows]
    assert sum(outputs) == 13_556_712 and round(outputs[0] / sum(outputs), 2) == 0.47
    assert round(4 * sum(outputs) / 1e6) == 54  # megabytes in float32
    assert round(4 * sum(parameters) / 1e6) == 553
    # global average pooling and one linear layer in place of the three
    pooled = sum(parameters[:5]) + 512 * 1000 + 1000
    assert pooled == 15_227_688 and round(sum(parameters) / pooled, 1) == 9.1
    assert [receptive_field(depth) for depth in CONVOLUTIONS] == [150, 156, 212, 268]
    # batch normalization adds gamma and beta per channel
    channels = sum(count * width for count, width in zip(CONVOLUTIONS[16], WIDTHS, strict=True))
    assert channels == 4224 and PARAMETERS[16, True] - PARAMETERS[16, False] == 2 * channels == 8448
    # stages of B with one 5x5 in place of two 3x3: 10.9 against 9.4 million weights
    inputs = (3, *WIDTHS[:-1])
    small = sum(9 * (c * width + width**2) for c, width in zip(inputs, WIDTHS, strict=True))
    large = sum(25 * c * width for c, width in zip(inputs, WIDTHS, strict=True))
    assert (small, large) == (9_402_048, 10_859_200)
    # a convolution between equal widths, stage by stage
    equal = [9 * width**2 * (224 // 2**i)**2 for i, width in enumerate(WIDTHS)]
    assert equal[0] == equal[1] == equal[2] == equal[3] == 4 * equal[4]
    assert round(sum(adds[:3]) / sum(adds), 1) == 0.6
    # one idle bias per output channel of VGG-19 with batch normalization
    assert sum(count * width for count, width in zip(CONVOLUTIONS[19], WIDTHS, strict=True)) == 5504
    # the gradient's deviation with 0.01 in ten layers of configuration B, against He's rule
    he = {width: (2 / (9 * width)) ** 0.5 for width in WIDTHS}
    assert [round(he[width], 3) for width in (64, 128, 256, 512)] == [0.059, 0.042, 0.029, 0.021]
    ratio = he[64] * he[128]**2 * he[256]**2 * he[512]**4 / 0.01**9
    assert f"{ratio:.1e}" == "1.7e+04"
    assert round(15.47 / 4.09, 1) == 3.8 and round(138_357_544 / 25_557_032, 1) == 5.4


def test_an_unknown_depth_is_named():
    with pytest.raises(ValueError, match=r"depth.*12"):
        VGG(12)
