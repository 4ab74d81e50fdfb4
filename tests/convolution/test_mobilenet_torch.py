"""Published counts, the order of public weights, and what the blocks promise."""

from collections import Counter
from functools import cache, partial

import pytest
import torch
from torch import nn

from snippets.convolution.mobilenet import compose, convolution_cost, inverted_residual_cost
from snippets.convolution.mobilenet_torch import (
    V1,
    V2,
    V3_LARGE,
    InvertedResidual,
    SqueezeExcitation,
    conv_standard,
    divisible,
    load_by_order,
    mobilenet_v1,
    mobilenet_v2,
    mobilenet_v3_large,
    multiply_adds,
    separable,
)


@cache
def on_meta(build, **options) -> nn.Module:
    with torch.device("meta"):  # shapes without memory
        return build(**options)


@cache
def counted(build, **options) -> dict[str, int]:
    return multiply_adds(on_meta(build, **options))


def parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_parameter_counts_are_the_published_ones():
    assert parameters(on_meta(mobilenet_v1)) == 4_231_976  # timm's mobilenetv1_100
    assert parameters(on_meta(mobilenet_v2)) == 3_504_872  # torchvision's documentation
    assert parameters(on_meta(mobilenet_v3_large)) == 5_483_032  # torchvision's documentation
    normalization = sum(parameters(m) for m in on_meta(mobilenet_v2).modules()
                        if isinstance(m, nn.BatchNorm2d))
    assert normalization == 34_112 and round((3_504_872 - normalization) / 1e6, 2) == 3.47
    assert sum(counted(mobilenet_v1).values()) == 568_740_352
    assert sum(counted(mobilenet_v2).values()) == 300_774_272
    assert sum(counted(mobilenet_v3_large).values()) == 216_589_760


def test_multiply_adds_are_the_published_ones():
    # in millions: table 4 of v1, the authors' checkpoints for v2 and v3
    for build, options, published in [
            (mobilenet_v1, {}, 569), (mobilenet_v1, {"width": 0.5}, 150),
            (mobilenet_v1, {"layer": conv_standard}, 4866),
            (mobilenet_v2, {}, 300), (mobilenet_v3_large, {}, 217)]:
        assert abs(sum(counted(build, **options).values()) / 1e6 - published) < 1.5, published
    assert round(parameters(on_meta(mobilenet_v1, layer=conv_standard)) / 1e6, 1) == 29.3
    assert round(parameters(on_meta(mobilenet_v1, width=0.5)) / 1e6, 1) == 1.3


def test_twice_the_resolution_is_four_times_the_multiply_adds():
    whole = sum(counted(mobilenet_v1).values())
    double = sum(multiply_adds(on_meta(mobilenet_v1), 448).values())
    linear = 1024 * 1000
    assert double - linear == 4 * (whole - linear)


def test_nearly_all_arithmetic_of_v1_is_in_1x1_convolutions():
    model, counts = on_meta(mobilenet_v1), counted(mobilenet_v1)
    share = {"1x1": 0, "depthwise": 0, "first": 0, "linear": 0}
    weights = dict(share)
    for name, module in model.named_modules():
        if name in counts:
            kind = ("linear" if isinstance(module, nn.Linear) else
                    "1x1" if module.kernel_size == (1, 1) else
                    "first" if module.groups == 1 else "depthwise")
            share[kind] += counts[name]
            weights[kind] += sum(p.numel() for p in module.parameters())
    total = sum(share.values())
    percent = {kind: round(100 * value / total, 2) for kind, value in share.items()}
    assert percent == {"1x1": 94.86, "depthwise": 3.06, "first": 1.91, "linear": 0.18}
    assert round(100 * weights["1x1"] / parameters(model), 1) == 74.2
    assert round(100 * weights["linear"] / parameters(model), 1) == 24.2


def batch_norm(channels: int) -> list[tuple]:
    return [(channels,)] * 4 + [()]


def test_tensors_stand_in_the_order_of_the_public_weights():
    """Shapes written out from timm's mobilenetv1 and torchvision's mobilenetv2 and v3 files."""
    v1, c = [(32, 3, 3, 3), *batch_norm(32)], 32
    for out, _ in V1:
        v1 += [(c, 1, 3, 3), *batch_norm(c), (out, c, 1, 1), *batch_norm(out)]
        c = out
    v1 += [(1000, 1024), (1000,)]
    v2, c = [(32, 3, 3, 3), *batch_norm(32)], 32
    for expansion, out, count, _ in V2:
        for _ in range(count):
            hidden = expansion * c
            if expansion > 1:
                v2 += [(hidden, c, 1, 1), *batch_norm(hidden)]
            v2 += [(hidden, 1, 3, 3), *batch_norm(hidden), (out, hidden, 1, 1), *batch_norm(out)]
            c = out
    v2 += [(1280, 320, 1, 1), *batch_norm(1280), (1000, 1280), (1000,)]
    v3, c = [(16, 3, 3, 3), *batch_norm(16)], 16
    for kernel, hidden, out, squeeze, _, _ in V3_LARGE:
        if hidden != c:
            v3 += [(hidden, c, 1, 1), *batch_norm(hidden)]
        v3 += [(hidden, 1, kernel, kernel), *batch_norm(hidden)]
        if squeeze:
            s = {72: 24, 120: 32, 480: 120, 672: 168, 960: 240}[hidden]
            v3 += [(s, hidden, 1, 1), (s,), (hidden, s, 1, 1), (hidden,)]
        v3 += [(out, hidden, 1, 1), *batch_norm(out)]
        c = out
    v3 += [(960, 160, 1, 1), *batch_norm(960), (1280, 960), (1280,), (1000, 1280), (1000,)]
    for build, expected, number in ((mobilenet_v1, v1, 164), (mobilenet_v2, v2, 314),
                                    (mobilenet_v3_large, v3, 312)):
        assert [tuple(t.shape) for t in on_meta(build).state_dict().values()] == expected
        assert len(expected) == number  # as in timm and torchvision


def test_published_tables_stand_in_the_code():
    # channels after each block: table 2 of v2 and table 1 of v3
    assert [c for _, c, n, _ in V2 for _ in range(n)] == \
        [16] + [24] * 2 + [32] * 3 + [64] * 4 + [96] * 3 + [160] * 3 + [320]
    assert [row[2] for row in V3_LARGE] == \
        [16] + [24] * 2 + [40] * 3 + [80] * 4 + [112] * 2 + [160] * 3
    model = on_meta(mobilenet_v3_large)
    assert [type(b.branch[0][-1]).__name__ for b in model.features[1:-1]] == \
        ["ReLU"] * 6 + ["Hardswish"] * 9
    for layer in (model.features[0], model.features[-1], model.classifier[1:2]):
        assert isinstance(layer[-1], nn.Hardswish)
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    assert len(norms) == 46 and {(m.eps, m.momentum) for m in norms} == {(0.001, 0.01)}


def test_each_network_divides_the_size_by_32():
    x = torch.zeros(2, 3, 64, 96, device="meta")
    for build, channels in ((mobilenet_v1, 1024), (mobilenet_v2, 1280), (mobilenet_v3_large, 960)):
        model = on_meta(build)
        features = model.features(x)
        assert features.shape == (2, channels, 2, 3)
        assert model.classifier(features.mean(dim=(2, 3))).shape == (2, 1000)
    assert separable(3, 5, stride=2)(torch.zeros(0, 3, 7, 5)).shape == (0, 5, 4, 3)
    assert conv_standard(3, 5)(torch.zeros(2, 3, 7, 5)).shape == (2, 5, 7, 5)
    assert InvertedResidual(3, 6, 4)(torch.zeros(2, 3, 7, 5)).shape == (2, 4, 7, 5)


def test_activations_normalization_and_dropout_are_those_of_the_public_networks():
    # v2: all of 52 convolutions but the 17 linear ones; v3: two in a block, and the first does not expand
    for build, activations, norm, dropout in [
            (mobilenet_v1, {nn.ReLU6: 27}, (1e-5, 0.1), []),
            (mobilenet_v2, {nn.ReLU6: 52 - 17}, (1e-5, 0.1), [0.2]),
            (mobilenet_v3_large, {nn.ReLU: 1 + 5 * 2, nn.Hardswish: 1 + 9 * 2 + 2}, (0.001, 0.01), [0.2])]:
        modules = list(on_meta(build).modules())
        kinds = Counter(type(m) for m in modules if isinstance(m, (nn.ReLU, nn.ReLU6, nn.Hardswish)))
        assert kinds == activations, build
        assert {(m.eps, m.momentum) for m in modules if isinstance(m, nn.BatchNorm2d)} == {norm}
        assert [m.p for m in modules if isinstance(m, nn.Dropout)] == dropout


def test_a_separable_layer_without_its_activation_is_one_convolution():
    layer = separable(3, 5).double()
    depthwise, pointwise = layer[0][0].weight[:, 0], layer[1][0].weight[:, :, 0, 0]
    x = torch.randn(2, 3, 7, 6, generator=generator(0), dtype=torch.float64)
    kernel = torch.from_numpy(compose(depthwise.detach().numpy(), pointwise.detach().numpy()))
    expected = nn.functional.conv2d(x, kernel, padding=1)
    torch.testing.assert_close(layer[1][0](layer[0][0](x)), expected)


def test_costs_of_the_numpy_snippet_are_those_of_the_layers():
    block = InvertedResidual(4, 24, 4)
    weights = sum(m.weight.numel() for m in block.modules() if isinstance(m, nn.Conv2d))
    assert weights == inverted_residual_cost(4, 6, 3, 7)[1]
    depthwise = separable(6, 5)[0][0]
    assert depthwise.weight.numel() == convolution_cost(6, 6, 3, 7, 6)[1]


def test_an_inverted_residual_adds_its_input_where_the_shape_allows():
    x = torch.randn(2, 4, 5, 7, generator=generator(1))
    for channels, stride, added in [(4, 1, True), (6, 1, False), (4, 2, False)]:
        block = InvertedResidual(4, 24, channels, stride).eval()
        expected = block.branch(x) + x if added else block.branch(x)
        assert torch.equal(block(x), expected)
        assert block(x).shape == (2, channels, *((5, 7) if stride == 1 else (3, 4)))


def test_the_projection_is_linear_so_the_branch_can_lower_a_value():
    block = InvertedResidual(4, 24, 4).eval()
    assert isinstance(block.branch[-1][-1], nn.BatchNorm2d)
    x = torch.randn(2, 4, 5, 7, generator=generator(2))
    assert (block.branch(x) < 0).any() and (block.branch(x) > 0).any()


def test_squeeze_and_excitation_by_hand():
    layer = SqueezeExcitation(24).double()
    assert layer.fc1.weight.shape == (8, 24, 1, 1)
    x = torch.randn(2, 24, 3, 5, generator=generator(3), dtype=torch.float64)
    means = x.flatten(2).sum(2) / 15
    hidden = (means @ layer.fc1.weight[:, :, 0, 0].T + layer.fc1.bias).clamp(min=0)
    gate = ((hidden @ layer.fc2.weight[:, :, 0, 0].T + layer.fc2.bias + 3) / 6).clamp(0, 1)
    torch.testing.assert_close(layer(x), x * gate[:, :, None, None])


def test_widths_are_rounded_to_multiples_of_eight_and_lose_a_tenth_at_most():
    assert [divisible(c) for c in (18, 30, 120, 168, 11, 3, 44, 91)] == [24, 32, 120, 168, 16, 8, 48, 88]
    assert [divisible(8 * n / 0.9) for n in (1, 2, 3, 4)] == [8, 16, 24, 32]  # exactly a tenth


def test_public_weights_are_copied_by_order_and_a_difference_is_named():
    source, model = InvertedResidual(4, 24, 4), InvertedResidual(4, 24, 4)
    state = {f"their.{i}": t for i, t in enumerate(source.state_dict().values())}
    load_by_order(model, state)
    x = torch.randn(1, 4, 3, 5, generator=generator(4))
    assert torch.equal(model.eval()(x), source.eval()(x))
    with pytest.raises(ValueError, match=r"17 tensors, the model 18"):
        load_by_order(model, dict(list(state.items())[:-1]))
    with pytest.raises(ValueError, match=r"their.0.*\(24, 5, 1, 1\)"):
        load_by_order(model, state | {"their.0": torch.zeros(24, 5, 1, 1)})


def test_the_gradient_reaches_every_parameter():
    torch_rng = torch.random.get_rng_state()
    for build in (partial(mobilenet_v1, width=0.25), mobilenet_v2, mobilenet_v3_large):
        model = build(num_classes=3)
        x = torch.randn(4, 3, 64, 64, generator=generator(5))
        nn.functional.cross_entropy(model(x), torch.tensor([0, 2, 1, 0])).backward()
        for name, parameter in model.named_parameters():
            assert parameter.grad.isfinite().all() and parameter.grad.abs().sum() > 0, name
    torch.random.set_rng_state(torch_rng)


def test_counting_leaves_the_model_as_it_was():
    model = separable(3, 5).train()
    model[0][1].eval()
    multiply_adds(model, 8)
    assert model.training and not model[0][1].training
    assert not any(m._forward_hooks for m in model.modules())


def test_the_last_layer_of_v3_comes_after_the_pooling():
    counts = counted(mobilenet_v3_large)
    assert counts["classifier.0"] == 960 * 1280 and 960 * 1280 * 49 == 60_211_200
    assert counted(mobilenet_v2)["features.18.0"] == 320 * 1280 * 49 == 20_070_400
    share = counts["features.16.0"] / sum(counts.values())
    assert counts["features.16.0"] == 160 * 960 * 49 and share < 0.04


def test_a_3x3_convolution_to_one_channel_by_hand():
    assert multiply_adds(nn.Conv2d(3, 1, 3), 5) == {"": 3 * 9 * 9}  # on 3 x 3 places
