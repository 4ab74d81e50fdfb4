"""Published counts, the public implementations' weights in their order, and modules by hand."""

import math
from copy import deepcopy
from functools import cache

import torch
from torch import nn

from snippets.convolution.inception_v3_v4_torch import (
    Branches,
    ConvBN,
    InceptionV3,
    Residual,
    chain,
    classifier,
    inception_resnet_v2,
    inception_v4,
    multiply_adds,
    pooled,
    residual_a,
    residual_b,
    residual_c,
    split,
    v3_a,
    v3_b,
    v3_c,
    v3_reduce_a,
    v3_reduce_b,
    v4_a,
    v4_b,
    v4_c,
)


@cache
def network(name: str) -> nn.Module:
    with torch.device("meta"):  # shapes without memory
        return {"v3": InceptionV3, "v4": inception_v4, "resnet": inception_resnet_v2}[name]().eval()


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def test_parameter_counts_are_the_published_ones():
    assert parameters(network("v3")) == 27_161_264  # torchvision's documentation
    assert parameters(network("v3")) - parameters(network("v3").head) == 23_834_568
    assert parameters(network("v4")) == 42_679_816  # 42.7 million in timm's model card
    assert parameters(network("resnet")) == 55_843_464  # 55.8 million


@cache
def run(name: str) -> tuple[int, set[int], tuple]:
    """Multiply-adds, the grids of all modules and the output's shape, from one forward pass."""
    model, grids, shapes = network(name), set(), []
    hooks = [m.register_forward_hook(lambda module, inputs, output: grids.add(output.shape[-1]))
             for m in model.modules() if isinstance(m, (Branches, Residual))]
    hooks.append(model.register_forward_hook(lambda module, inputs, output: shapes.append(output.shape)))
    adds = multiply_adds(model, 3, 299, 299)
    for hook in hooks:
        hook.remove()
    return adds, grids, tuple(shapes[0])


def test_multiply_adds_are_the_published_ones():
    adds = {name: run(name)[0] / 1e9 for name in ("v3", "v4", "resnet")}
    assert abs(adds["v3"] - 5.71) < 0.005  # torchvision's documentation
    assert abs(adds["v4"] - 12.3) < 0.06  # timm's model cards
    assert abs(adds["resnet"] - 13.2) < 0.05
    assert f"{adds['v4']:.2f}" == "12.25" and f"{adds['resnet']:.2f}" == "13.16"


# Convolutions as (out, in, height, width), in the order in which torchvision/models/inception.py
# and timm/models/inception_v4.py and inception_resnet_v2.py register them.
STEM = [(32, 3, 3, 3), (32, 32, 3, 3), (64, 32, 3, 3)]
STEM_V3 = [*STEM, (80, 64, 1, 1), (192, 80, 3, 3)]


def tv_a(c, pool):
    return [(64, c, 1, 1), (48, c, 1, 1), (64, 48, 5, 5), (64, c, 1, 1), (96, 64, 3, 3), (96, 96, 3, 3),
            (pool, c, 1, 1)]


def tv_c(c, m):
    return [(192, c, 1, 1), (m, c, 1, 1), (m, m, 1, 7), (192, m, 7, 1), (m, c, 1, 1), (m, m, 7, 1),
            (m, m, 1, 7), (m, m, 7, 1), (192, m, 1, 7), (192, c, 1, 1)]


def tv_e(c):
    return [(320, c, 1, 1), (384, c, 1, 1), (384, 384, 1, 3), (384, 384, 3, 1), (448, c, 1, 1),
            (384, 448, 3, 3), (384, 384, 1, 3), (384, 384, 3, 1), (192, c, 1, 1)]


V3_EARLY = [*STEM_V3, *tv_a(192, 32), *tv_a(256, 64), *tv_a(288, 64),
            (384, 288, 3, 3), (64, 288, 1, 1), (96, 64, 3, 3), (96, 96, 3, 3),
            *tv_c(768, 128), *tv_c(768, 160), *tv_c(768, 160), *tv_c(768, 192)]
V3_HEAD = [(128, 768, 1, 1), (768, 128, 5, 5)]
V3_LATE = [(192, 768, 1, 1), (320, 192, 3, 3), (192, 768, 1, 1), (192, 192, 1, 7), (192, 192, 7, 1),
           (192, 192, 3, 3), *tv_e(1280), *tv_e(2048)]

TIMM_A = [(96, 384, 1, 1), (64, 384, 1, 1), (96, 64, 3, 3), (64, 384, 1, 1), (96, 64, 3, 3),
          (96, 96, 3, 3), (96, 384, 1, 1)]
TIMM_B = [(384, 1024, 1, 1), (192, 1024, 1, 1), (224, 192, 1, 7), (256, 224, 7, 1), (192, 1024, 1, 1),
          (192, 192, 7, 1), (224, 192, 1, 7), (224, 224, 7, 1), (256, 224, 1, 7), (128, 1024, 1, 1)]
TIMM_C = [(256, 1536, 1, 1), (384, 1536, 1, 1), (256, 384, 1, 3), (256, 384, 3, 1), (384, 1536, 1, 1),
          (448, 384, 3, 1), (512, 448, 1, 3), (256, 512, 1, 3), (256, 512, 3, 1), (256, 1536, 1, 1)]
V4 = [*STEM, (96, 64, 3, 3), (64, 160, 1, 1), (96, 64, 3, 3), (64, 160, 1, 1), (64, 64, 1, 7),
      (64, 64, 7, 1), (96, 64, 3, 3), (192, 192, 3, 3), *TIMM_A * 4,
      (384, 384, 3, 3), (192, 384, 1, 1), (224, 192, 3, 3), (256, 224, 3, 3), *TIMM_B * 7,
      (192, 1024, 1, 1), (192, 192, 3, 3), (256, 1024, 1, 1), (256, 256, 1, 7), (320, 256, 7, 1),
      (320, 320, 3, 3), *TIMM_C * 3]

BLOCK35 = [(32, 320, 1, 1), (32, 320, 1, 1), (32, 32, 3, 3), (32, 320, 1, 1), (48, 32, 3, 3),
           (64, 48, 3, 3), "expand", (320, 128, 1, 1)]
BLOCK17 = [(192, 1088, 1, 1), (128, 1088, 1, 1), (160, 128, 1, 7), (192, 160, 7, 1),
           "expand", (1088, 384, 1, 1)]
BLOCK8 = [(192, 2080, 1, 1), (192, 2080, 1, 1), (224, 192, 1, 3), (256, 224, 3, 1),
          "expand", (2080, 448, 1, 1)]
RESNET_V2 = [*STEM_V3, (96, 192, 1, 1), (48, 192, 1, 1), (64, 48, 5, 5), (64, 192, 1, 1),
             (96, 64, 3, 3), (96, 96, 3, 3), (64, 192, 1, 1), *BLOCK35 * 10,
             (384, 320, 3, 3), (256, 320, 1, 1), (256, 256, 3, 3), (384, 256, 3, 3), *BLOCK17 * 20,
             (256, 1088, 1, 1), (384, 256, 3, 3), (256, 1088, 1, 1), (288, 256, 3, 3),
             (256, 1088, 1, 1), (288, 256, 3, 3), (320, 288, 3, 3), *BLOCK8 * 10, (1536, 2080, 1, 1)]


def shapes(convolutions: list, linear: tuple | None = None) -> list[tuple]:
    """State-dict shapes: a weight, then five tensors of batch normalization or one bias."""
    expected, plain = [], False
    for entry in convolutions:
        if entry == "expand":
            plain = True
            continue
        channels = (entry[0],)
        expected += [entry, channels] if plain else [entry, *[channels] * 4, ()]
        plain = False
    return expected + ([linear, linear[:1]] if linear else [])


def test_weights_map_one_to_one_in_the_order_of_the_public_implementations():
    expected = {
        "v3": shapes(V3_EARLY) + shapes(V3_HEAD, (1000, 768)) + shapes(V3_LATE, (1000, 2048)),
        "v4": shapes(V4, (1000, 1536)),
        "resnet": shapes(RESNET_V2, (1000, 1536)),
    }
    for name, wanted in expected.items():
        found = [tuple(tensor.shape) for tensor in network(name).state_dict().values()]
        assert found == wanted, name


def test_scales_and_the_last_block_are_those_of_the_release():
    blocks = [m for m in network("resnet").modules() if isinstance(m, Residual)]
    assert [block.scale for block in blocks] == [0.17] * 10 + [0.10] * 20 + [0.20] * 9 + [1.0]
    assert [block.relu for block in blocks] == [True] * 39 + [False]


def test_grids_are_35_17_and_8_pixels():
    for name in ("v3", "v4", "resnet"):
        _, grids, output = run(name)
        assert grids - {73, 71} == {35, 17, 8}, name  # v4's stem branches at 73 and 71 pixels
        assert output == (1, 1000)


def test_the_head_of_v3_answers_in_training_only():
    model = network("v3")
    x = torch.zeros(2, 3, 299, 299, device="meta")
    logits, head = model.train()(x)
    assert logits.shape == head.shape == (2, 1000)
    model.eval()  # one output, as `run` sees
    assert [type(m).__name__ for m in model.head] == [
        "AvgPool2d", "ConvBN", "ConvBN", "AdaptiveAvgPool2d", "Flatten", "Linear"]
    x = torch.rand(1, 768, 17, 17, generator=generator(7))
    assert model.head[0](x).shape[-2:] == (5, 5)
    torch.testing.assert_close(model.head[0](x)[..., 0, 1], x[..., :5, 3:8].mean((2, 3)))
    assert model.head[:3](torch.zeros(1, 768, 17, 17, device="meta")).shape == (1, 768, 1, 1)


def randomize(model: nn.Module, seed: int) -> nn.Module:
    source = generator(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values, low in ((module.weight, 0.8), (module.bias, -0.1),
                                (module.running_mean, -0.1), (module.running_var, 0.5)):
                nn.init.uniform_(values, low, low + 0.4, generator=source)
        elif isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight, std=(2 / module.weight[0].numel()) ** 0.5, generator=source)
            if module.bias is not None:
                nn.init.uniform_(module.bias, -0.2, 0.2, generator=source)
    return model.eval()


class Weights:
    """Takes a state dict's tensors one after the other, as a port would."""

    def __init__(self, model: nn.Module):
        self.tensors = iter(model.state_dict().values())

    def conv(self, x: torch.Tensor, stride: int = 1, same: bool = True) -> torch.Tensor:
        weight, gamma, beta, mean, variance, _ = (next(self.tensors) for _ in range(6))
        padding = 0 if stride == 2 or not same else (weight.shape[2] // 2, weight.shape[3] // 2)
        x = nn.functional.conv2d(x, weight, stride=stride, padding=padding)
        scale = (gamma / (variance + 0.001).sqrt()).view(1, -1, 1, 1)
        return ((x - mean.view(1, -1, 1, 1)) * scale + beta.view(1, -1, 1, 1)).clamp(min=0)

    def chain(self, x: torch.Tensor, *strides: int) -> torch.Tensor:
        for stride in strides:
            x = self.conv(x, stride)
        return x

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.conv(x), self.conv(x)], 1)


def average(x: torch.Tensor, zeros: bool) -> torch.Tensor:
    """Mean of the 3x3 neighbors, by shifting; zeros outside count or do not."""
    def total(values):
        padded = nn.functional.pad(values, (1, 1, 1, 1))
        height, width = values.shape[-2:]
        return sum(padded[:, :, i:i + height, j:j + width] for i in range(3) for j in range(3))
    return total(x) / (9 if zeros else total(torch.ones_like(x)))


def test_modules_against_their_weights_taken_in_order():
    cases = {
        "v3_a": (v3_a(5, 3), 5, lambda w, x: [
            w.conv(x), w.chain(x, 1, 1), w.chain(x, 1, 1, 1), w.conv(average(x, True))]),
        "v3_b": (v3_b(5, 4), 5, lambda w, x: [
            w.conv(x), w.chain(x, 1, 1, 1), w.chain(x, 1, 1, 1, 1, 1), w.conv(average(x, True))]),
        "v3_c": (v3_c(5), 5, lambda w, x: [
            w.conv(x), w.split(w.conv(x)), w.split(w.chain(x, 1, 1)), w.conv(average(x, True))]),
        "v3_reduce_a": (v3_reduce_a(5), 5, lambda w, x: [
            w.conv(x, 2), w.chain(x, 1, 1, 2), nn.functional.max_pool2d(x, 3, 2)]),
        "v3_reduce_b": (v3_reduce_b(5), 5, lambda w, x: [
            w.chain(x, 1, 2), w.chain(x, 1, 1, 1, 2), nn.functional.max_pool2d(x, 3, 2)]),
        "v4_a": (v4_a(), 384, lambda w, x: [
            w.conv(x), w.chain(x, 1, 1), w.chain(x, 1, 1, 1), w.conv(average(x, False))]),
        "v4_b": (v4_b(), 1024, lambda w, x: [
            w.conv(x), w.chain(x, 1, 1, 1), w.chain(x, 1, 1, 1, 1, 1), w.conv(average(x, False))]),
        "v4_c": (v4_c(), 1536, lambda w, x: [
            w.conv(x), w.split(w.conv(x)), w.split(w.chain(x, 1, 1, 1)), w.conv(average(x, False))]),
    }
    for seed, (name, (module, channels, by_hand)) in enumerate(cases.items()):
        randomize(module, seed)
        x = torch.randn(2, channels, 5, 7, generator=generator(20 + seed))
        with torch.no_grad():
            expected = torch.cat(by_hand(Weights(module), x), 1)
            torch.testing.assert_close(module(x), expected, rtol=1e-4, atol=1e-4, msg=name)
        assert expected.std() > 0.05, name


def halved(x: torch.Tensor) -> torch.Tensor:
    return nn.functional.max_pool2d(x, 3, 2)


def v3_stem_by_hand(w: Weights, x: torch.Tensor) -> torch.Tensor:
    x = halved(w.conv(w.conv(w.conv(x, 2), same=False)))
    return halved(w.conv(w.conv(x), same=False))


def v4_stem_by_hand(w: Weights, x: torch.Tensor) -> torch.Tensor:
    x = w.conv(w.conv(w.conv(x, 2), same=False))
    x = torch.cat([halved(x), w.conv(x, 2)], 1)
    x = torch.cat([w.conv(w.conv(x), same=False), w.conv(w.chain(x, 1, 1, 1), same=False)], 1)
    return torch.cat([w.conv(x, 2), halved(x)], 1)


def test_stems_and_reductions_against_their_weights_taken_in_order():
    v3, v4, resnet = (network(name) for name in ("v3", "v4", "resnet"))
    cases = {
        "v3 stem": (v3.early[0], 3, v3_stem_by_hand),
        "v4 stem": (v4[0], 3, v4_stem_by_hand),
        "resnet stem": (resnet[0], 3, v3_stem_by_hand),
        "resnet widening": (resnet[1], 192, lambda w, x: torch.cat([
            w.conv(x), w.chain(x, 1, 1), w.chain(x, 1, 1, 1), w.conv(average(x, False))], 1)),
        "v4 reduction a": (v4[5], 384, lambda w, x: torch.cat([
            w.conv(x, 2), w.chain(x, 1, 1, 2), halved(x)], 1)),
        "v4 reduction b": (v4[13], 1024, lambda w, x: torch.cat([
            w.chain(x, 1, 2), w.chain(x, 1, 1, 1, 2), halved(x)], 1)),
        "resnet reduction a": (resnet[12], 320, lambda w, x: torch.cat([
            w.conv(x, 2), w.chain(x, 1, 1, 2), halved(x)], 1)),
        "resnet reduction b": (resnet[33], 1088, lambda w, x: torch.cat([
            w.chain(x, 1, 2), w.chain(x, 1, 2), w.chain(x, 1, 1, 2), halved(x)], 1)),
    }
    for seed, (name, (on_meta, channels, by_hand)) in enumerate(cases.items()):
        module = randomize(deepcopy(on_meta).to_empty(device="cpu"), 40 + seed)
        size = (75, 79) if channels == 3 else (5, 7)
        x = torch.randn(1, channels, *size, generator=generator(60 + seed))
        with torch.no_grad():
            expected = by_hand(Weights(module), x)
            torch.testing.assert_close(module(x), expected, rtol=1e-4, atol=1e-4, msg=name)
        assert expected.std() > 0.05, name


def test_residual_modules_against_their_weights_taken_in_order():
    cases = {
        "a": (residual_a(), 320, 0.17, lambda w, x: [w.conv(x), w.chain(x, 1, 1), w.chain(x, 1, 1, 1)]),
        "b": (residual_b(), 1088, 0.10, lambda w, x: [w.conv(x), w.chain(x, 1, 1, 1)]),
        "c": (residual_c(), 2080, 0.20, lambda w, x: [w.conv(x), w.chain(x, 1, 1, 1)]),
        "last": (residual_c(1.0, False), 2080, 1.0, lambda w, x: [w.conv(x), w.chain(x, 1, 1, 1)]),
    }
    for seed, (name, (module, channels, scale, by_hand)) in enumerate(cases.items()):
        randomize(module, seed)
        x = torch.randn(2, channels, 5, 4, generator=generator(30 + seed))
        with torch.no_grad():
            weights = Weights(module)
            joined = torch.cat(by_hand(weights, x), 1)
            expanded = nn.functional.conv2d(joined, next(weights.tensors), next(weights.tensors))
            expected = x + scale * expanded
            expected = expected if name == "last" else expected.clamp(min=0)
            torch.testing.assert_close(module(x), expected, rtol=1e-4, atol=1e-4, msg=name)


def test_in_training_the_branch_does_not_see_the_size_of_its_input():
    block = randomize(residual_b(), 7).train()
    x = torch.randn(3, 1088, 5, 4, generator=generator(8))
    with torch.no_grad():
        small, large = (block.expand(block.branches(factor * x)) for factor in (1, 100))
    torch.testing.assert_close(small, large, rtol=0.02, atol=0.02)


def test_the_variance_of_the_untrained_trunk_grows_by_the_squared_scale_per_block():
    block = residual_b().train()
    variances = []
    for scale in (1.0, 0.1):
        for relu in (False, True):
            source = generator(0)
            x = torch.randn(2, 1088, 5, 5, generator=source)
            if relu:  # what a ReLU hands on, with variance 1
                x = x.clamp(min=0) / (0.5 - 0.5 / math.pi) ** 0.5
            block.scale, block.relu = scale, relu
            for _ in range(20):
                for module in block.modules():
                    if isinstance(module, nn.Conv2d):
                        nn.init.kaiming_normal_(module.weight, generator=source)
                nn.init.zeros_(block.expand.bias)
                with torch.no_grad():
                    x = block(x)
            variances.append(round(x.var().item(), 1))
    assert variances == [20.4, 7.8, 1.2, 0.9]


def test_padding_keeps_the_size_and_stride_two_has_none():
    x = torch.zeros(1, 2, 35, 17)
    assert ConvBN(2, 3, (1, 7))(x).shape == ConvBN(2, 3, 5)(x).shape == (1, 3, 35, 17)
    assert ConvBN(2, 3, 3, 2)(x).shape == (1, 3, 17, 8)
    assert ConvBN(2, 3, 3, same=False)(x).shape == (1, 3, 33, 15)
    assert chain(2, (4, 1), (5, 3, 2))(x).shape == (1, 5, 17, 8)
    assert split(2, 3)(x).shape == (1, 6, 35, 17)
    assert ConvBN(2, 3, 1)[1].eps == 0.001 and ConvBN(2, 3, 1)[0].bias is None


def test_average_pooling_at_the_border():
    ones = torch.ones(1, 1, 3, 3)
    without, zeros = (pooled(1, 1, count)[0](ones)[0, 0] for count in (False, True))
    assert (without == 1).all()
    torch.testing.assert_close(zeros, torch.tensor([[4, 6, 4], [6, 9, 6], [4, 6, 4]]) / 9)


def test_the_classifier_averages_and_drops_in_training():
    head = classifier(3, 2, dropout=0.5).eval()
    x = torch.randn(2, 3, 4, 5, generator=generator(9))
    torch.testing.assert_close(head(x), head[3](x.mean(dim=(2, 3))))
    assert head[2].p == 0.5
    assert network("v3").classifier[2].p == 0.5
    assert network("v4")[-1][2].p == network("resnet")[-1][2].p == 0.2


def test_counting_leaves_the_model_as_it_was():
    model = chain(2, (3, 1)).train()
    assert multiply_adds(model, 2, 5, 7) == 2 * 3 * 35
    assert model.training and not any(m._forward_hooks for m in model.modules())


def test_a_3x3_convolution_to_one_channel_by_hand():
    assert multiply_adds(nn.Conv2d(2, 1, 3), 2, 5, 7) == 2 * 9 * 15  # on 3 x 5 places


def test_worked_numbers_of_the_page():
    assert (2 * 9, 25, round(1 - 18 / 25, 2)) == (18, 25, 0.28)
    assert (7 + 7, 49, round(1 - 14 / 49, 2)) == (14, 49, 0.71)
    assert round(1 - 6 / 9, 2) == 0.33 and round(1 - 2 * 4 / 9, 2) == 0.11
    with torch.device("meta"):
        counts = {name: parameters(module) for name, module in {
            "v3 A": v3_a(288, 64), "v4 A": v4_a(), "residual A": residual_a(),
            "v3 B": v3_b(768, 192), "v4 B": v4_b(), "residual B": residual_b(),
            "v3 C": v3_c(2048), "v4 C": v4_c(), "residual C": residual_c()}.items()}
    assert list(counts.values()) == [285_152, 317_632, 123_168, 2_141_952, 2_936_256, 1_126_784,
                                     6_076_800, 4_553_088, 2_035_424]
    assert parameters(network("v3").head) == 3_326_696
    # v3 B with the 7x7 kernels left whole, by its convolutions' weights
    whole = 768 * (192 + 192 + 192 + 192) + 49 * 192 * 192 * 3
    factored = 768 * (192 + 192 + 192 + 192) + 7 * 192 * 192 * 6
    assert factored == sum(m.weight.numel() for m in v3_b(768, 192).modules()
                           if isinstance(m, nn.Conv2d)) == 2_138_112
    assert whole == 6_008_832 and round(whole / factored, 1) == 2.8
    # variance of the trunk after 20 blocks whose branches have variance 1
    assert 1 + 20 * 1**2 == 21 and round(1 + 20 * 0.1**2, 10) == 1.2
    assert f"{0.1**20:.0e}" == "1e-20"
    # GoogLeNet, ResNet-50 and VGG-16 beside v3
    assert round(5.71 / 1.58, 1) == 3.6 and round(15.47 / 5.71, 1) == 2.7
    # reducing the grid: pooling last, pooling first, side by side; d = 34, k = 288 channels
    d, k = 34, 288
    assert 2 * d**2 * k**2 == 4 * (2 * (d // 2)**2 * k**2)
