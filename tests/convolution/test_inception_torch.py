"""Published counts, torchvision's parameter names, the paper's table, and the module by hand."""

from functools import cache

import torch
from torch import nn

from snippets.convolution.inception_torch import (
    MODULES,
    AuxiliaryHead,
    ConvBN,
    GoogLeNet,
    Inception,
    module_channels,
    module_weights,
    pool,
    training_loss,
)


@cache
def on_meta(auxiliary: bool = True, large: int = 5) -> GoogLeNet:
    with torch.device("meta"):  # shapes without memory
        return GoogLeNet(auxiliary=auxiliary, large=large).eval()


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def test_parameter_counts_are_torchvisions_with_3x3_in_the_third_branch():
    assert parameters(on_meta(False, 3)) == 6_624_904  # from torchvision's documentation
    assert parameters(on_meta(True, 3)) == 13_004_888
    # by hand: only the nine 5x5 kernels differ from the paper's network
    difference = sum(16 * reduce * wide for _, _, _, (reduce, wide), _ in MODULES.values())
    assert difference == 380_928
    assert parameters(on_meta(False, 5)) == 6_624_904 + difference == 7_005_832


@cache
def multiply_adds(large: int) -> dict[str, int]:
    """Multiply-adds of convolutions and linear layers by top-level module, 224 x 224."""
    model, counts, hooks = on_meta(False, large), {}, []
    for name, module in model.named_modules():
        top = name.split(".")[0]
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            def count(module, inputs, output, top=top):
                counts[top] = counts.get(top, 0) + output.numel() * module.weight[0].numel()
            hooks.append(module.register_forward_hook(count))
    model(torch.zeros(1, 3, 224, 224, device="meta"))
    for hook in hooks:
        hook.remove()
    return counts


# table 1 of the paper, column "ops", in millions
PAPER_OPS = {"3a": 128, "3b": 304, "4a": 73, "4b": 88, "4c": 100, "4d": 119, "4e": 170, "5b": 71}
PAPER_PARAMS = (2.7, 112, 159, 380, 364, 437, 463, 580, 840, 1072, 1388, 1000)  # column "params", K


def test_multiply_adds_are_those_of_the_papers_table():
    counts = multiply_adds(5)
    for name, millions in PAPER_OPS.items():
        assert abs(counts[f"inception{name}"] / 1e6 - millions) < 0.7, name
    assert abs((counts["conv2"] + counts["conv3"]) / 1e6 - 360) < 0.5
    assert abs(sum(multiply_adds(3).values()) / 1e9 - 1.50) < 0.005  # torchvision's documentation


def test_the_tables_first_row_fits_a_separable_convolution_and_no_full_one():
    separable = 7 * 7 * 3 * 8 + 3 * 8 * 64  # eight filters per color, then 1x1
    assert separable == 2_712 and round(separable * 112**2 / 1e6) == 34
    assert multiply_adds(5)["conv1"] == 7 * 7 * 3 * 64 * 112**2
    assert 7 * 7 * 3 * 64 == 9_408 and round(multiply_adds(5)["conv1"] / 1e6) == 118


def test_weights_of_a_module_by_hand():
    for name, sizes in MODULES.items():
        with torch.device("meta"):
            module = Inception(*sizes)
        weights = sum(m.weight.numel() for m in module.modules() if isinstance(m, nn.Conv2d))
        assert weights == module_weights(name)
        assert module(torch.zeros(1, sizes[0], 3, 5, device="meta")).shape[1] == module_channels(name)
    assert module_weights("3a") == (192 * 64 + 192 * 96 + 96 * 128 * 9 + 192 * 16 + 16 * 32 * 25
                                    + 192 * 32)


def batch_norm(name: str) -> list[str]:
    return [f"{name}.{part}" for part in
            ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")]


def expected_keys(auxiliary: bool) -> list[str]:
    """The state dict of torchvision's GoogLeNet, written out from torchvision/models/googlenet.py."""
    blocks = ["conv1", "conv2", "conv3"]
    for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"):
        blocks += [f"inception{name}.{branch}" for branch in
                   ("branch1", "branch2.0", "branch2.1", "branch3.0", "branch3.1", "branch4.1")]
    keys = []
    for block in blocks:
        keys += [f"{block}.conv.weight", *batch_norm(f"{block}.bn")]
    for head in ("aux1", "aux2") if auxiliary else ():
        keys += [f"{head}.conv.conv.weight", *batch_norm(f"{head}.conv.bn")]
        keys += [f"{head}.{fc}.{part}" for fc in ("fc1", "fc2") for part in ("weight", "bias")]
    return [*keys, "fc.weight", "fc.bias"]


def test_state_dict_has_torchvisions_keys_in_torchvisions_order():
    for auxiliary in (False, True):
        assert list(on_meta(auxiliary, 3).state_dict()) == expected_keys(auxiliary)
    state = on_meta(True, 3).state_dict()
    assert state["inception4e.branch2.1.conv.weight"].shape == (320, 160, 3, 3)
    assert state["inception5b.branch3.1.conv.weight"].shape == (128, 48, 3, 3)
    assert state["inception4a.branch4.1.conv.weight"].shape == (64, 480, 1, 1)
    assert state["aux2.conv.conv.weight"].shape == (128, 528, 1, 1)
    assert state["aux1.fc1.weight"].shape == (1024, 2048)
    assert on_meta().state_dict()["inception3a.branch3.1.conv.weight"].shape == (32, 16, 5, 5)


def test_there_are_22_layers_with_parameters_on_the_main_path():
    kinds = [name for name, _ in on_meta(False).named_children() if name != "dropout"]
    assert sum(2 if name.startswith("inception") else 1 for name in kinds) == 22


def randomize(model: nn.Module, seed: int) -> nn.Module:
    """Positive variances, scales near one: every statistic matters and nothing dies."""
    source = generator(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            for values, low in ((module.weight, 0.8), (module.bias, -0.1),
                                (module.running_mean, -0.1), (module.running_var, 0.5)):
                nn.init.uniform_(values, low, low + 0.4, generator=source)
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(module.weight, std=(2 / module.weight[0].numel()) ** 0.5, generator=source)
    return model.eval()


def conv_by_hand(state: dict, name: str, x: torch.Tensor, stride: int = 1) -> torch.Tensor:
    weight = state[f"{name}.conv.weight"]
    x = nn.functional.conv2d(x, weight, stride=stride, padding=weight.shape[-1] // 2)
    mean, variance, gamma, beta = (state[f"{name}.bn.{part}"].view(1, -1, 1, 1) for part in
                                   ("running_mean", "running_var", "weight", "bias"))
    return ((x - mean) / (variance + 0.001).sqrt() * gamma + beta).clamp(min=0)


def neighborhood_maximum(x: torch.Tensor) -> torch.Tensor:
    """The largest of the 3x3 neighbors, by shifting."""
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2, w + 2), -torch.inf)
    padded[:, :, 1:-1, 1:-1] = x
    return torch.stack([padded[:, :, i:i + h, j:j + w] for i in range(3) for j in range(3)]).amax(0)


def module_by_hand(state: dict, name: str, x: torch.Tensor) -> torch.Tensor:
    branches = [conv_by_hand(state, f"{name}branch1", x)]
    for branch in ("branch2", "branch3"):
        reduced = conv_by_hand(state, f"{name}{branch}.0", x)
        branches.append(conv_by_hand(state, f"{name}{branch}.1", reduced))
    branches.append(conv_by_hand(state, f"{name}branch4.1", neighborhood_maximum(x)))
    return torch.cat(branches, dim=1)


def test_the_module_against_its_weights_multiplied_by_hand():
    for large in (3, 5):
        module = randomize(Inception(7, 2, (3, 5), (4, 6), 1, large), large).double()
        x = torch.randn(2, 7, 9, 11, generator=generator(2), dtype=torch.float64)
        with torch.no_grad():
            expected = module_by_hand(module.state_dict(), "", x)
            torch.testing.assert_close(module(x), expected, rtol=1e-9, atol=1e-9)
        assert expected.shape == (2, 2 + 5 + 6 + 1, 9, 11)


def test_the_whole_network_against_its_weights_multiplied_by_hand():
    model = randomize(GoogLeNet(7, auxiliary=False, large=3), 3)
    state = model.state_dict()
    x = torch.randn(2, 3, 97, 64, generator=generator(4))
    with torch.no_grad():
        expected = pool(conv_by_hand(state, "conv1", x, 2))
        expected = pool(conv_by_hand(state, "conv3", conv_by_hand(state, "conv2", expected)))
        for name in MODULES:
            expected = module_by_hand(state, f"inception{name}.", expected)
            if name == "3b":
                expected = pool(expected)
            if name == "4e":
                expected = nn.functional.max_pool2d(expected, 2, 2, ceil_mode=True)
        expected = expected.flatten(2).sum(2) / expected[0, 0].numel()
        expected = expected @ state["fc.weight"].T + state["fc.bias"]
        torch.testing.assert_close(model(x), expected, rtol=1e-3, atol=1e-3 * expected.std().item())


def test_the_auxiliary_head_by_hand():
    head = randomize(AuxiliaryHead(5, 3), 5).double()
    state = head.state_dict()
    x = torch.randn(2, 5, 14, 14, generator=generator(6), dtype=torch.float64)
    with torch.no_grad():
        # adaptive pooling of 14 to 4: windows of 4 that begin at 0, 3, 7 and 10
        starts = (0, 3, 7, 10)
        pooled = torch.stack([torch.stack([x[:, :, i:i + 4, j:j + 4].mean((2, 3)) for j in starts], -1)
                              for i in starts], -2)
        hidden = conv_by_hand(state, "conv", pooled).reshape(2, -1)
        hidden = (hidden @ state["fc1.weight"].T + state["fc1.bias"]).clamp(min=0)
        torch.testing.assert_close(head(x), hidden @ state["fc2.weight"].T + state["fc2.bias"])


def test_the_auxiliary_head_drops_seven_tenths_of_its_hidden_units_in_training():
    head = AuxiliaryHead(5, 1024).train()
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(0)
        nn.init.zeros_(head.fc1.weight)
        nn.init.ones_(head.fc1.bias)  # every hidden unit is 1
        nn.init.eye_(head.fc2.weight)  # and is handed on
        nn.init.zeros_(head.fc2.bias)
        units = head(torch.zeros(2, 5, 14, 14))
        assert set(units.mul(3).round().unique().tolist()) == {0, 10}  # the survivors are 1 / 0.3
        assert (head.eval()(torch.zeros(2, 5, 14, 14)) == 1).all()


def test_heads_answer_in_training_only_and_see_4a_and_4d():
    with torch.device("meta"):
        model = GoogLeNet(num_classes=7)
    x = torch.zeros(2, 3, 224, 160, device="meta")
    seen = []
    for head in (model.aux1, model.aux2):
        head.register_forward_pre_hook(lambda module, inputs: seen.append(tuple(inputs[0].shape)))
    model.dropout.register_forward_hook(lambda module, inputs, output: seen.append(tuple(output.shape)))
    outputs = model.train()(x)
    assert [tuple(o.shape) for o in outputs] == [(2, 7)] * 3
    assert seen == [(2, 512, 14, 10), (2, 528, 14, 10), (2, 1024)]  # dropout before the linear layer
    assert model.eval()(x).shape == (2, 7) and len(seen) == 4
    assert on_meta(False).train()(x).shape == (2, 1000)
    on_meta(False).eval()


def test_heads_come_back_in_the_order_early_late():
    with torch.device("meta"):
        model = GoogLeNet(num_classes=7).train()
    model.aux2.fc2 = nn.Linear(1024, 5, device="meta")
    logits, early, late = model(torch.zeros(2, 3, 224, 224, device="meta"))
    assert (logits.shape[1], early.shape[1], late.shape[1]) == (7, 7, 5)


def test_training_loss_weighs_each_head_with_three_tenths():
    logits, early, late = (torch.randn(4, 3, generator=generator(i)) for i in range(3))
    targets = torch.tensor([0, 2, 1, 2])
    rows = range(4)
    by_hand = [-logits_.log_softmax(1)[rows, targets].mean() for logits_ in (logits, early, late)]
    torch.testing.assert_close(training_loss(logits, early, late, targets),
                               by_hand[0] + 0.3 * by_hand[1] + 0.3 * by_hand[2])


def test_pooling_counts_the_odd_row_at_the_end():
    x = torch.arange(7.0).view(1, 1, 1, 7)
    assert pool(x.expand(1, 1, 3, 7)).tolist() == [[[[2, 4, 6]]]]
    assert pool(torch.zeros(1, 1, 112, 113)).shape == (1, 1, 56, 56)


def test_convolutions_have_no_bias_and_an_epsilon_of_one_thousandth():
    block = ConvBN(2, 3, 5)
    assert block.conv.bias is None and block.bn.eps == 0.001
    assert block(torch.zeros(1, 2, 7, 4)).shape == (1, 3, 7, 4)
    assert on_meta().dropout.p == 0.2  # torchvision's, 0.4 in the paper


def test_worked_numbers_of_the_page():
    assert module_weights("3a") == 163_328 and module_weights("3a", reduce=False) == 387_072
    assert module_channels("3a") == 256 and module_channels("3a", reduce=False) == 416
    assert round(387_072 / 163_328, 1) == 2.4
    assert 5 * 5 * 192 * 32 == 153_600 and 192 * 16 + 5 * 5 * 16 * 32 == 15_872
    assert round(153_600 / 15_872, 1) == 9.7
    # the reduction of the 5x5 branch saves weights up to 154 channels
    assert [192 * r + 25 * r * 32 < 153_600 for r in (154, 155)] == [True, False]
    channels = 192
    for _, one, (_, three), (_, five), _ in MODULES.values():
        channels += one + three + five
    assert channels == 4944 and module_channels("5b") == 1024
    assert sum(PAPER_OPS.values()) + 34 + 360 + 54 + 1 == 1502
    assert f"{sum(multiply_adds(5).values()) / 1e9:.2f}" == "1.58"
    assert round(sum(PAPER_PARAMS) / 1000, 1) == 6.8
    # the table's K is 1024: second convolution with its reduction, and the linear layer
    assert 64 * 64 + 9 * 64 * 192 == 112 * 1024 == 114_688 and 1024 * 1000 == 1000 * 1024
    assert round(1024 * sum(PAPER_PARAMS) / 1e6, 2) == 6.96
    assert round(module_weights("4c") / 1024) == 498 and PAPER_PARAMS[6] == 463
    assert round(60 / 12) == 5 and round(60e6 / 7_005_832, 1) == 8.6
    heads = parameters(on_meta(True)) - parameters(on_meta(False))
    assert heads == 6_379_984 and round(heads / parameters(on_meta(False)), 2) == 0.91
    assert 2 * (2048 * 1024 + 1024) == 4_196_352
    assert 1024 * 1000 + 1000 == 1_025_000 and round(1_025_000 / 7_005_832, 2) == 0.15
    # against VGG-16
    assert round(138_357_544 / 7_005_832) == 20 and round(15.47 / 1.58, 1) == 9.8
    stages = (1_936_392_192, 2_774_532_096, 4_624_220_160)  # VGG-16 at 224, 112 and 56 pixels
    assert round(sum(stages) / 15.47e9, 1) == 0.6
    # against ResNet-50
    assert round(25_557_032 / 7_005_832, 1) == 3.6 and round(4.09 / 1.58, 1) == 2.6
    # the share of 3x3 and 5x5 in a module's output
    share = {name: (sizes[2][1] + sizes[3][1]) / module_channels(name) for name, sizes in MODULES.items()}
    assert share["3a"] == 0.625 and share["5b"] == 0.5
    assert 4 * 3 * 6 * 2 == 144 and 7 * 144 == 1008
    # torchvision's input transform turns ImageNet's normalization into [-1, 1]
    pixel = torch.linspace(0, 1, 5, dtype=torch.float64)
    for mean, deviation in ((0.485, 0.229), (0.456, 0.224), (0.406, 0.225)):
        normalized = (pixel - mean) / deviation
        torch.testing.assert_close(normalized * (deviation / 0.5) + (mean - 0.5) / 0.5, 2 * pixel - 1)
