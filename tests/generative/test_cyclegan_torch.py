"""Architecture against the paper and published counts; training against hand-made cases."""

import copy

import pytest
import torch
from torch import nn

from snippets.generative.cyclegan_torch import (
    CycleGAN,
    ImagePool,
    ResidualBlock,
    discriminator_loss,
    generator_losses,
    learning_rate_factor,
    make_optimizers,
    parameters,
    patch_discriminator,
    receptive_field,
    resnet_generator,
    train_step,
)


def small_model(seed: int = 0) -> tuple[CycleGAN, torch.Tensor, torch.Tensor, torch.Generator]:
    generator = torch.Generator().manual_seed(seed)
    model = CycleGAN(width=4, blocks=1, downs=2).initialize(generator)
    x = torch.rand(2, 3, 16, 20, generator=generator) * 2 - 1
    y = torch.rand(3, 3, 20, 16, generator=generator) * 2 - 1
    return model, x, y, generator


def conv_parameters(c_in: int, c_out: int, kernel: int) -> int:
    return kernel * kernel * c_in * c_out + c_out


def test_parameter_counts_are_the_published_ones_and_those_counted_by_hand():
    c = conv_parameters
    ends = c(3, 64, 7) + c(64, 128, 3) + c(128, 256, 3) + c(256, 128, 3) + c(128, 64, 3) + c(64, 3, 7)
    block = 2 * c(256, 256, 3)
    assert (ends, block) == (756_739, 1_180_160)
    assert parameters(resnet_generator()) == ends + 9 * block == 11_378_179
    assert parameters(resnet_generator(blocks=6)) == ends + 6 * block == 7_837_699
    judge = c(3, 64, 4) + c(64, 128, 4) + c(128, 256, 4) + c(256, 512, 4) + c(512, 1, 4)
    assert parameters(patch_discriminator()) == judge == 2_764_737
    assert parameters(CycleGAN()) == 2 * (11_378_179 + 2_764_737) == 28_285_832


def test_generator_keeps_the_shape_and_stays_in_the_range_of_tanh():
    out = resnet_generator(channels=1, width=4, blocks=2)(torch.randn(2, 1, 12, 20))
    assert out.shape == (2, 1, 12, 20)
    assert out.abs().max() <= 1


def test_generator_layers_follow_the_paper():
    convs = [m for m in resnet_generator().modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
    assert [m.out_channels for m in convs] == [64, 128, 256] + 18 * [256] + [128, 64, 3]
    assert [m.kernel_size[0] for m in convs] == [7] + 22 * [3] + [7]
    assert [m.stride[0] for m in convs] == [1, 2, 2] + 18 * [1] + [2, 2, 1]
    reflect = [m.padding_mode == "reflect" for m in convs]
    assert reflect == [True, False, False] + 18 * [True] + [False, False, True]


def published_generator(width: int, blocks: int) -> nn.Sequential:
    """The layers as the authors' networks.py lists them: padding is a layer of its own."""
    def conv(c_in, c_out, kernel, pad):
        return [nn.ReflectionPad2d(pad), nn.Conv2d(c_in, c_out, kernel), nn.InstanceNorm2d(c_out)]

    layers = [*conv(3, width, 7, 3), nn.ReLU()]
    for c in (width, 2 * width):
        layers += [nn.Conv2d(c, 2 * c, 3, stride=2, padding=1), nn.InstanceNorm2d(2 * c), nn.ReLU()]
    c = 4 * width
    layers += [nn.Sequential(*conv(c, c, 3, 1), nn.ReLU(), *conv(c, c, 3, 1)) for _ in range(blocks)]
    for c in (4 * width, 2 * width):
        layers += [nn.ConvTranspose2d(c, c // 2, 3, stride=2, padding=1, output_padding=1)]
        layers += [nn.InstanceNorm2d(c // 2), nn.ReLU()]
    return nn.Sequential(*layers, *conv(width, 3, 7, 3)[:-1], nn.Tanh())


def test_generator_computes_what_the_published_layers_compute():
    torch.manual_seed(0)
    ours, theirs = resnet_generator(width=4, blocks=2).double(), published_generator(4, 2).double()
    for a, b in zip(theirs.parameters(), ours.parameters(), strict=True):
        a.data.copy_(b.data)
    x = torch.randn(2, 3, 16, 24, dtype=torch.float64)
    expected = x
    for layer in theirs:
        is_block = isinstance(layer, nn.Sequential)
        expected = expected + layer(expected) if is_block else layer(expected)
    torch.testing.assert_close(ours(x), expected)


def test_discriminator_computes_what_the_published_layers_compute():
    torch.manual_seed(0)
    ours = patch_discriminator(width=3).double()
    theirs = nn.Sequential(
        nn.Conv2d(3, 3, 4, stride=2, padding=1), nn.LeakyReLU(0.2),
        nn.Conv2d(3, 6, 4, stride=2, padding=1), nn.InstanceNorm2d(6), nn.LeakyReLU(0.2),
        nn.Conv2d(6, 12, 4, stride=2, padding=1), nn.InstanceNorm2d(12), nn.LeakyReLU(0.2),
        nn.Conv2d(12, 24, 4, padding=1), nn.InstanceNorm2d(24), nn.LeakyReLU(0.2),
        nn.Conv2d(24, 1, 4, padding=1),
    ).double()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    x = torch.randn(2, 3, 48, 40, dtype=torch.float64)
    torch.testing.assert_close(ours(x), theirs(x))


def test_bias_in_front_of_instance_norm_has_no_effect():
    net = resnet_generator(width=4, blocks=1).double()
    x = torch.randn(2, 3, 16, 16, dtype=torch.float64)
    before = net(x)
    with torch.no_grad():
        net[0].bias += 5.0
    torch.testing.assert_close(net(x), before)
    with torch.no_grad():
        net[-2].bias += 5.0  # nothing normalizes the output layer
    assert (net(x) - before).abs().max() > 0.1


def test_receptive_field_is_70_in_the_gradient_too():
    judge = patch_discriminator(width=2)
    assert receptive_field(judge) == 70
    bare = nn.Sequential(*[m for m in judge if not isinstance(m, nn.InstanceNorm2d)]).double()
    x = torch.zeros(1, 3, 256, 256, dtype=torch.float64, requires_grad=True)
    scores = bare(x)
    assert scores.shape == (1, 1, 30, 30)
    (grad,) = torch.autograd.grad(scores[0, 0, 15, 15], x)
    touched = grad.abs().sum(dim=(0, 1)) > 0
    assert touched.any(dim=0).sum() == touched.any(dim=1).sum() == 70


def test_instance_norm_lets_every_pixel_reach_every_score():
    judge = patch_discriminator(width=2).double()
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1, 3, 128, 128, generator=generator, dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad(judge(x)[0, 0, 7, 7], x)
    touched = grad.abs().sum(dim=(0, 1)) > 0
    assert touched.float().mean() > 0.9


@pytest.mark.parametrize(("downs", "field"), [(1, 16), (2, 34), (3, 70), (4, 142)])
def test_depth_sets_the_receptive_field(downs, field):
    assert receptive_field(patch_discriminator(downs=downs, width=2)) == field


def test_losses_by_hand_with_networks_that_are_formulas():
    model, x, y, _ = small_model()
    model.g, model.f = Scale(2.0), Scale(0.25)  # F(G(x)) = x / 2
    model.d_y, model.d_x = Mean(), Mean()
    losses, fake_y, fake_x = generator_losses(model, x, y)
    torch.testing.assert_close(fake_y, 2 * x)
    torch.testing.assert_close(fake_x, y / 4)
    adversarial = (2 * x.mean() - 1) ** 2 + (y.mean() / 4 - 1) ** 2
    torch.testing.assert_close(losses["adversarial"], adversarial)
    torch.testing.assert_close(losses["cycle"], 0.5 * x.abs().mean() + 0.5 * y.abs().mean())
    torch.testing.assert_close(losses["identity"], y.abs().mean() + 0.75 * x.abs().mean())
    loss_d = discriminator_loss(Mean(), y, x)
    torch.testing.assert_close(loss_d, 0.5 * (y.mean() - 1) ** 2 + 0.5 * x.mean() ** 2)
    loss_d = discriminator_loss(nn.Identity(), torch.tensor([3.0]), torch.tensor([2.0, -4.0]))
    assert loss_d.item() == 0.5 * 2**2 + 0.5 * (2**2 + 4**2) / 2


def test_the_judges_loss_sends_nothing_into_the_generator():
    fake = torch.randn(2, 3, requires_grad=True)
    real = torch.randn(2, 3, requires_grad=True)
    discriminator_loss(nn.Identity(), real, fake).backward()
    assert fake.grad is None and real.grad is not None


def test_half_the_loss_changes_nothing_under_adam():
    model, x, y, _ = small_model()
    trained = []
    for factor in (1.0, 2.0):  # discriminator_loss is the halved one
        judge = copy.deepcopy(model.d_y).double()
        optimizer = torch.optim.Adam(judge.parameters(), 2e-4, betas=(0.5, 0.999))
        for _ in range(5):
            optimizer.zero_grad()
            (factor * discriminator_loss(judge, y.double(), x.double())).backward()
            optimizer.step()
        weights = [p for name, p in judge.named_parameters() if name.endswith("weight")]
        trained.append(torch.cat([p.detach().flatten() for p in weights]))
    start = [p for name, p in model.d_y.named_parameters() if name.endswith("weight")]
    moved = (trained[0] - torch.cat([p.detach().double().flatten() for p in start])).abs().mean()
    assert (trained[0] - trained[1]).abs().max() < 1e-3 * moved


def test_each_cycle_trains_both_generators():
    model, x, y, _ = small_model()
    model.g, model.f = Scale(2.0), Scale(0.25)  # both round trips multiply by g f = 1/2
    losses, *_ = generator_losses(model, x, y)
    grads = torch.autograd.grad(losses["cycle"], (model.g.factor, model.f.factor))
    size = x.abs().mean() + y.abs().mean()  # the loss is (1 - g f) times this
    torch.testing.assert_close(grads, (-0.25 * size, -2.0 * size))


def test_a_step_needs_six_passes_through_generators():
    model, x, y, _ = small_model()
    passes = []
    for net in (model.g, model.f):
        net.register_forward_hook(lambda *_: passes.append(1))
    train_step(model, x, y, make_optimizers(model), (ImagePool(0), ImagePool(0)))
    assert len(passes) == 6


def test_residual_block_adds_its_input():
    block = ResidualBlock(5)
    for parameter in block.parameters():
        nn.init.zeros_(parameter)
    x = torch.randn(2, 5, 7, 3)
    torch.testing.assert_close(block(x), x)
    assert not isinstance(block.body[-1], nn.ReLU)  # what is added may be negative


class Scale(nn.Module):
    def __init__(self, factor: float):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def forward(self, x):
        return self.factor * x


class Mean(nn.Module):
    def forward(self, x):
        return x.mean()


def test_initialization_is_reproducible_and_small():
    first, again = small_model(3)[0], small_model(3)[0]
    for a, b in zip(first.parameters(), again.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
    big = CycleGAN(width=16, blocks=2).initialize(torch.Generator().manual_seed(0))
    weights = torch.cat([p.flatten() for n, p in big.named_parameters() if n.endswith("weight")])
    assert abs(weights.std().item() - 0.02) < 1e-3 and abs(weights.mean().item()) < 1e-3
    assert all((p == 0).all() for n, p in big.named_parameters() if n.endswith("bias"))
    assert [sum(isinstance(m, ResidualBlock) for m in net) for net in (big.g, big.f)] == [2, 2]
    assert [optimizer.defaults["betas"] for optimizer in make_optimizers(big)] == [(0.5, 0.999)] * 2


def test_one_step_updates_all_four_networks_once():
    model, x, y, generator = small_model()
    before = {k: v.clone() for k, v in model.state_dict().items() if k.endswith("weight")}
    train_step(model, x, y, make_optimizers(model), (ImagePool(50, generator), ImagePool(50, generator)))
    for name, old in before.items():
        change = (model.state_dict()[name] - old).abs().max()
        assert 0 < change < 2.1e-4, name  # Adam's first step is lr times the sign of the gradient


def test_the_generator_step_leaves_no_gradient_in_the_judges():
    model, x, y, _ = small_model()
    optimizers = make_optimizers(model)
    pools = (ImagePool(0), ImagePool(0))
    with torch.no_grad():
        fake_y, fake_x = model.g(x), model.f(y)
    expected = discriminator_loss(model.d_y, y, fake_y) + discriminator_loss(model.d_x, x, fake_x)
    judges = [*model.d_y.parameters(), *model.d_x.parameters()]
    grads = torch.autograd.grad(expected, judges)
    train_step(model, x, y, optimizers, pools)
    for parameter, grad in zip(judges, grads, strict=True):
        torch.testing.assert_close(parameter.grad, grad, rtol=1e-4, atol=1e-7)


def test_the_judges_step_leaves_the_gradient_of_the_generators_alone():
    model, x, y, _ = small_model()
    losses, *_ = generator_losses(model, x, y)
    total = losses["adversarial"] + 10 * losses["cycle"] + 5 * losses["identity"]
    generators = [*model.g.parameters(), *model.f.parameters()]
    grads = torch.autograd.grad(total, generators)
    train_step(model, x, y, make_optimizers(model), (ImagePool(0), ImagePool(0)))
    for parameter, grad in zip(generators, grads, strict=True):
        torch.testing.assert_close(parameter.grad, grad, rtol=1e-4, atol=1e-6)


def test_gradients_of_the_step_before_are_cleared():
    model, x, y, _ = small_model()
    frozen = [torch.optim.SGD(group, lr=0.0) for group in (
        [*model.g.parameters(), *model.f.parameters()],
        [*model.d_x.parameters(), *model.d_y.parameters()],
    )]
    grads = []
    for _ in range(2):
        train_step(model, x, y, frozen, (ImagePool(0), ImagePool(0)))
        grads.append([p.grad.clone() for p in model.parameters()])
    torch.testing.assert_close(grads[0], grads[1])


def test_weights_enter_the_total():
    model, x, y, _ = small_model()
    report = train_step(model, x, y, make_optimizers(model), (ImagePool(0), ImagePool(0)), 3.0, 7.0)
    expected = report["adversarial"] + 3 * report["cycle"] + 7 * report["identity"]
    assert abs(report["total"] - expected) < 1e-4
    assert set(report) == {"adversarial", "cycle", "identity", "total", "discriminators"}


@pytest.mark.slow
def test_losses_fall_on_a_fixed_batch():
    model, x, y, generator = small_model(1)
    optimizers = make_optimizers(model, lr=2e-3)
    pools = (ImagePool(50, generator), ImagePool(50, generator))
    reports = [train_step(model, x, y, optimizers, pools) for _ in range(15)]
    assert reports[-1]["total"] < 0.9 * reports[0]["total"]
    assert reports[-1]["cycle"] < 0.9 * reports[0]["cycle"]
    assert reports[-1]["discriminators"] < 0.5 * reports[0]["discriminators"]


def test_pool_fills_with_copies_then_shows_old_images_half_of_the_time():
    pool = ImagePool(5, torch.Generator().manual_seed(0))
    first = torch.arange(5.0).reshape(5, 1, 1, 1).requires_grad_()
    shown = pool.exchange(first)
    assert shown.flatten().tolist() == [0, 1, 2, 3, 4] and not shown.requires_grad
    first.data.zero_()
    assert [image.item() for image in pool.images] == [0, 1, 2, 3, 4]  # copies, not views
    old = 0
    n = 2000
    for i in range(5, 5 + n):
        old += pool.exchange(torch.full((1, 1, 1, 1), float(i))).item() != i
        assert len(pool.images) == 5
    assert abs(old - n / 2) < 4 * (n / 4) ** 0.5  # four standard deviations of a fair coin


def test_every_image_is_shown_at_most_once_from_the_pool():
    pool = ImagePool(3, torch.Generator().manual_seed(1))
    shown = [pool.exchange(torch.full((1, 1, 1, 1), float(i))).item() for i in range(400)]
    # the first three are shown when they enter and once more when they leave
    assert all(shown.count(i) <= (2 if i < 3 else 1) for i in set(shown))


def test_a_pool_of_one_shows_the_last_image_half_of_the_time_and_follows_its_generator():
    fakes, shown = torch.arange(401.0).reshape(-1, 1, 1, 1), []
    for _ in range(2):
        pool = ImagePool(1, torch.Generator().manual_seed(0))
        shown.append(pool.exchange(fakes).flatten()[1:])
    assert torch.equal(shown[0], shown[1])
    assert abs((shown[0] != torch.arange(1, 401)).sum() - 200) < 50  # five standard deviations of a coin
    many = [ImagePool(7, torch.Generator().manual_seed(0)).exchange(fakes) for _ in range(2)]
    assert torch.equal(many[0], many[1])
    assert ImagePool().size == 50


def test_pool_of_size_zero_passes_the_fakes_on():
    fakes = torch.randn(3, 2, 5, 7)
    torch.testing.assert_close(ImagePool(0).exchange(fakes), fakes)
    assert ImagePool(3).exchange(fakes[:0]).shape == (0, 2, 5, 7)
    with pytest.raises(ValueError, match="size must not be negative, got -1"):
        ImagePool(-1)


def test_learning_rate_is_constant_then_falls_on_a_line():
    assert [learning_rate_factor(e) for e in (0, 50, 100)] == [1.0, 1.0, 1.0]
    assert learning_rate_factor(125) == 0.75
    assert learning_rate_factor(200) == learning_rate_factor(300) == 0.0
