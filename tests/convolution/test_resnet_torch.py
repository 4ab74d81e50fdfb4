"""Published counts, torchvision's parameter names, and what the shortcut promises."""

from functools import cache
from math import comb

import pytest
import torch
from torch import nn

from snippets.convolution.resnet_torch import (
    BLOCKS,
    BasicBlock,
    Bottleneck,
    ResNet,
    multiply_adds,
    stride_in_first_convolution,
)

# number of parameters of torchvision's models, from its documentation
PARAMETERS = {18: 11_689_512, 34: 21_797_672, 50: 25_557_032, 101: 44_549_160, 152: 60_192_808}
# GFLOPS of torchvision's models, from its documentation (it counts multiply-adds)
TORCHVISION = {18: 1.81, 34: 3.66, 50: 4.09, 101: 7.80, 152: 11.51}
PAPER = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}  # table 1, in 1e9 multiply-adds


def fresh(depth: int) -> ResNet:
    with torch.device("meta"):  # shapes without memory
        return ResNet(depth)


on_meta = cache(fresh)  # for tests that change nothing


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_parameter_counts_are_the_published_ones():
    for depth, expected in PARAMETERS.items():
        assert sum(p.numel() for p in fresh(depth).parameters()) == expected, depth


def test_the_name_counts_the_weighted_layers_of_the_main_path():
    for depth in BLOCKS:
        names = [n for n, m in on_meta(depth).named_modules()
                 if isinstance(m, (nn.Conv2d, nn.Linear)) and "downsample" not in n]
        assert len(names) == depth


def test_multiply_adds_are_those_of_torchvision_and_with_the_papers_stride_of_the_paper():
    for depth in BLOCKS:
        model = fresh(depth)
        assert abs(multiply_adds(model) / 1e9 - TORCHVISION[depth]) < 0.006
        # The paper's table rounds down: 3.66 is printed as 3.6, and 3.86 as 3.8.
        paper = multiply_adds(stride_in_first_convolution(model)) / 1e9
        assert -0.035 < paper - PAPER[depth] < 0.07


def test_the_stride_on_the_3x3_costs_three_times_77_million():
    by_hand = [256 * 128 * (56**2 - 28**2), 512 * 256 * (28**2 - 14**2),
               1024 * 512 * (14**2 - 7**2)]
    assert by_hand == [77_070_336] * 3
    model = fresh(50)
    extra = multiply_adds(model) - multiply_adds(stride_in_first_convolution(model))
    assert extra == sum(by_hand) == 231_211_008


def test_counting_leaves_the_model_as_it_was():
    model = fresh(18).train().double()
    model.bn1.eval()  # a frozen normalization stays frozen
    assert multiply_adds(model) == multiply_adds(on_meta(18))
    assert model.training and model.layer1.training and not model.bn1.training
    assert not any(m._forward_hooks for m in model.modules())


def test_a_3x3_convolution_to_one_channel_by_hand():
    assert multiply_adds(nn.Conv2d(3, 1, 3), 5) == 3 * 9 * 9  # on 3 x 3 places


def test_moving_the_stride_twice_is_moving_it_once():
    model = stride_in_first_convolution(fresh(50))
    once = multiply_adds(model)
    assert multiply_adds(stride_in_first_convolution(model)) == once
    assert model.layer2[0].conv1.stride == (2, 2) and model.layer2[0].conv2.stride == (1, 1)


def batch_norm(name: str) -> list[str]:
    return [f"{name}.{part}" for part in
            ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")]


def expected_keys(convolutions: int, counts: tuple, first_projected: bool) -> list[str]:
    """The state dict of torchvision's ResNet, written out from torchvision/models/resnet.py."""
    keys = ["conv1.weight", *batch_norm("bn1")]
    for stage, count in enumerate(counts, start=1):
        for index in range(count):
            block = f"layer{stage}.{index}"
            for i in range(1, convolutions + 1):
                keys += [f"{block}.conv{i}.weight", *batch_norm(f"{block}.bn{i}")]
            if index == 0 and (stage > 1 or first_projected):
                keys += [f"{block}.downsample.0.weight", *batch_norm(f"{block}.downsample.1")]
    return [*keys, "fc.weight", "fc.bias"]


def test_state_dict_has_torchvisions_keys_in_torchvisions_order():
    for depth, (block, counts) in BLOCKS.items():
        bottleneck = block is Bottleneck
        keys = expected_keys(3 if bottleneck else 2, counts, first_projected=bottleneck)
        assert list(on_meta(depth).state_dict()) == keys
    assert len(on_meta(18).state_dict()) == 122  # as in torchvision's resnet18
    assert len(on_meta(50).state_dict()) == 320


def test_state_dict_shapes_where_they_could_go_wrong():
    state = on_meta(50).state_dict()
    assert state["layer1.0.downsample.0.weight"].shape == (256, 64, 1, 1)
    assert state["layer2.0.conv1.weight"].shape == (128, 256, 1, 1)
    assert state["layer2.0.conv2.weight"].shape == (128, 128, 3, 3)
    assert state["layer4.2.conv3.weight"].shape == (2048, 512, 1, 1)
    assert state["fc.weight"].shape == (1000, 2048)
    assert on_meta(18).state_dict()["layer2.0.downsample.0.weight"].shape == (128, 64, 1, 1)


def test_strides_are_where_torchvision_puts_them():
    model = on_meta(50)
    assert model.layer1[0].conv2.stride == (1, 1)
    for stage in (model.layer2, model.layer3, model.layer4):
        assert stage[0].conv1.stride == (1, 1)
        assert stage[0].conv2.stride == (2, 2)
        assert stage[0].downsample[0].stride == (2, 2)
        assert stage[1].conv2.stride == (1, 1)
        assert stage[1].downsample is None
    assert on_meta(34).layer3[0].conv1.stride == (2, 2)


def test_shapes_through_the_stages():
    model = on_meta(50)
    x = model.maxpool(model.conv1(torch.zeros(2, 3, 224, 160, device="meta")))
    assert x.shape == (2, 64, 56, 40)
    for stage, shape in [(model.layer1, (2, 256, 56, 40)), (model.layer2, (2, 512, 28, 20)),
                         (model.layer3, (2, 1024, 14, 10)), (model.layer4, (2, 2048, 7, 5))]:
        x = stage(x)
        assert x.shape == shape
    assert ResNet(18, num_classes=7).eval()(torch.zeros(2, 3, 33, 47)).shape == (2, 7)
    assert ResNet(18, num_classes=7).eval()(torch.zeros(0, 3, 33, 47)).shape == (0, 7)
    assert ResNet(18, num_classes=7).eval()(torch.zeros(1, 3, 1, 1)).shape == (1, 7)


def test_blocks_compute_relu_of_branch_plus_shortcut():
    x = torch.randn(2, 5, 6, 7, generator=generator(0), dtype=torch.float64)
    for make in (lambda: BasicBlock(5, 5), lambda: BasicBlock(5, 3, stride=2),
                 lambda: Bottleneck(5, 3, stride=2)):
        block = make().double()
        last = max(name for name, _ in block.named_children() if name.startswith("bn"))
        branch = []
        getattr(block, last).register_forward_hook(lambda m, i, o, branch=branch: branch.append(o))
        y = block(x)
        side = x if block.downsample is None else block.downsample(x)
        torch.testing.assert_close(y, (branch[0] + side).clamp(min=0))
        assert (branch[0] < 0).any()  # the branch itself can be negative


def test_the_shortcut_is_projected_when_either_stride_or_width_changes():
    for in_channels, channels, stride in ((4, 4, 2), (4, 6, 1), (4, 6, 2)):
        block = BasicBlock(in_channels, channels, stride)
        side = block.downsample(torch.zeros(2, in_channels, 7, 5))
        assert side.shape == (2, channels, (7, 4)[stride - 1], (5, 3)[stride - 1])
    assert BasicBlock(4, 4).downsample is None
    assert Bottleneck(8, 2).downsample is None


def logits_by_hand(state: dict, counts: tuple, x: torch.Tensor) -> torch.Tensor:
    """The bottleneck network in evaluation mode, from its weights alone."""
    def conv_bn(x: torch.Tensor, conv: str, bn: str, stride: int = 1) -> torch.Tensor:
        weight = state[f"{conv}.weight"]
        x = nn.functional.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2)
        mean, variance, gamma, beta = (state[f"{bn}.{part}"].view(1, -1, 1, 1) for part in
                                       ("running_mean", "running_var", "weight", "bias"))
        return (x - mean) / (variance + 1e-5).sqrt() * gamma + beta

    x = conv_bn(x, "conv1", "bn1", 2).clamp(min=0)
    x = nn.functional.max_pool2d(x, 3, 2, 1)
    for stage, count in enumerate(counts, start=1):
        for index in range(count):
            name = f"layer{stage}.{index}"
            stride = 2 if stage > 1 and index == 0 else 1
            y = conv_bn(x, f"{name}.conv1", f"{name}.bn1").clamp(min=0)
            y = conv_bn(y, f"{name}.conv2", f"{name}.bn2", stride).clamp(min=0)
            y = conv_bn(y, f"{name}.conv3", f"{name}.bn3")
            if index == 0:
                x = conv_bn(x, f"{name}.downsample.0", f"{name}.downsample.1", stride)
            x = (x + y).clamp(min=0)
    return x.flatten(2).sum(2) / x[0, 0].numel() @ state["fc.weight"].T + state["fc.bias"]


def test_the_whole_network_against_its_weights_multiplied_by_hand():
    model = ResNet(50, num_classes=7, generator=generator(8)).double().eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values, low in ((module.weight, 0.2), (module.bias, -0.2),
                                (module.running_mean, -0.2), (module.running_var, 0.5)):
                nn.init.uniform_(values, low, low + 0.4, generator=generator(10))
    x = torch.randn(2, 3, 65, 97, generator=generator(9), dtype=torch.float64)
    x = x.transpose(2, 3)  # not contiguous
    with torch.no_grad():
        expected = logits_by_hand(model.state_dict(), BLOCKS[50][1], x)
        torch.testing.assert_close(model(x), expected, rtol=1e-9, atol=1e-9)
        assert expected.std() > 1e-3


def test_a_block_with_zero_gamma_starts_as_the_identity():
    x = torch.rand(3, 8, 5, 7, generator=generator(1))  # not negative, as after any ReLU
    basic, bottleneck = BasicBlock(8, 8), Bottleneck(8, 2)
    nn.init.zeros_(basic.bn2.weight)
    nn.init.zeros_(bottleneck.bn3.weight)
    assert torch.equal(basic(x), x)
    assert torch.equal(bottleneck(x), x)
    assert not torch.equal(BasicBlock(8, 8)(x), x)


def test_zero_gamma_touches_the_last_scale_of_each_block_and_nothing_else():
    for depth, last in ((18, "bn2"), (50, "bn3")):
        model = ResNet(depth, zero_gamma=True)
        for name, module in model.named_modules():
            if isinstance(module, nn.BatchNorm2d):
                zero = name.startswith("layer") and name.endswith(last)
                assert bool((module.weight == 0).all()) == zero, name
                assert bool((module.weight == 1).all()) != zero, name


def test_a_zero_gamma_block_learns_from_the_second_step_on():
    block = BasicBlock(4, 4)
    nn.init.zeros_(block.bn2.weight)
    x = torch.randn(5, 4, 3, 7, generator=generator(2))
    optimizer = torch.optim.SGD(block.parameters(), lr=0.1)
    norms = []
    for _ in range(2):
        optimizer.zero_grad()
        (block(x) ** 2).mean().backward()
        norms.append((block.conv1.weight.grad.norm().item(), block.bn2.weight.grad.norm().item()))
        optimizer.step()
    assert norms[0][0] == 0 and norms[0][1] > 0  # first only gamma moves
    assert norms[1][0] > 0


def test_the_gradient_reaches_every_parameter():
    model = ResNet(50, num_classes=3, generator=generator(3))
    images = torch.randn(2, 3, 64, 64, generator=generator(4))
    nn.functional.cross_entropy(model(images), torch.tensor([0, 2])).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_he_initialization_and_its_generator():
    a, b = (ResNet(18, generator=generator(5)) for _ in range(2))
    assert torch.equal(a.layer4[1].conv2.weight, b.layer4[1].conv2.weight)
    weight = a.layer3[0].conv1.weight  # (256, 128, 3, 3): the fan out is 256 * 9, not 128 * 9
    assert abs(weight.std().item() / (2 / (256 * 9)) ** 0.5 - 1) < 0.01
    assert abs(weight.mean().item()) < 1e-3


def test_the_gradient_of_identity_blocks_is_the_sum_over_all_paths():
    # x_{l+1} = x_l + W_l x_l: the Jacobian is the sum over all subsets of the blocks.
    blocks = torch.randn(3, 4, 4, generator=generator(6), dtype=torch.float64)
    x = torch.randn(4, generator=generator(7), dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(
        lambda v: (lambda a: a + blocks[2] @ a)((lambda a: a + blocks[1] @ a)(v + blocks[0] @ v)), x
    )
    identity, paths = torch.eye(4, dtype=torch.float64), 0
    for chosen in range(2**3):
        path = identity
        for i in range(3):
            if chosen >> i & 1:
                path = blocks[i] @ path
        paths = paths + path
    torch.testing.assert_close(jacobian, paths)


def test_worked_numbers_of_the_page():
    # weights of the two blocks in figure 5 of the paper
    basic, bottleneck = BasicBlock(64, 64), Bottleneck(256, 64)
    weights = [sum(m.weight.numel() for m in block.modules() if isinstance(m, nn.Conv2d))
               for block in (basic, bottleneck)]
    assert weights == [73_728, 69_632]
    assert 2 * 9 * 256 * 256 == 1_179_648 and round(1_179_648 / 69_632, 1) == 16.9
    assert 256 * 256 == 65_536 and 69_632 + 65_536 == 135_168
    assert round((28.54 - 25.03) / (28.54 - 24.19), 1) == 0.8  # option A's part of the gain
    # fifty scalar layers, and fifty-four halved shortcuts
    assert f"{0.5**50:.1e}" == "8.9e-16" and f"{1.01**50:.2f}" == "1.64"
    assert f"{1.5**50:.1e}" == "6.4e+08"
    assert f"{0.5**54:.1e}" == "5.6e-17"
    # path lengths of 54 blocks
    share = sum(comb(54, k) for k in range(19, 36)) / 2**54
    assert 0.95 < share < 1 and f"{share:.3f}" == "0.980"
    assert f"{sum(comb(54, k) for k in range(5, 18)) / 2**54:.2%}" == "0.45%"
    # 50 layers against 34, with the paper's stride and with torchvision's
    depths = {d: multiply_adds(stride_in_first_convolution(fresh(d))) for d in (34, 50)}
    assert round(depths[50] / depths[34], 2) == 1.05
    assert round(multiply_adds(on_meta(50)) / depths[34], 2) == 1.12
    assert 2**16 == 65_536 and sum(BLOCKS[50][1]) == 16


def test_an_unknown_depth_is_named():
    with pytest.raises(ValueError, match=r"depth.*20"):
        ResNet(20)
