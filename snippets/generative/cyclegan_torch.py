"""CycleGAN: generators, discriminators, losses, image pool and one training step.

Zhu, Park, Isola and Efros, *Unpaired Image-to-Image Translation using Cycle-Consistent
Adversarial Networks*, https://arxiv.org/abs/1703.10593; architectures in its section 7.2.
Sizes are arguments: the defaults are the paper's for 256 x 256 images.
"""

import torch
from torch import Tensor, nn


# --8<-- [start:generator]
def conv_norm_relu(
    c_in: int, c_out: int, kernel: int, stride: int = 1
) -> list[nn.Module]:
    """Three layers: (N, c_in, H, W) -> (N, c_out, H / stride, W / stride)."""
    pad = "reflect" if stride == 1 else "zeros"  # as in the authors' code
    conv = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, padding_mode=pad)
    return [conv, nn.InstanceNorm2d(c_out), nn.ReLU()]


class ResidualBlock(nn.Module):
    """x + two 3 x 3 convolutions; no activation after the sum."""

    def __init__(self, channels: int):
        super().__init__()
        first, second = (conv_norm_relu(channels, channels, 3) for _ in range(2))
        self.body = nn.Sequential(*first, *second[:-1])  # the second: no ReLU

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def resnet_generator(
    channels: int = 3, width: int = 64, blocks: int = 9
) -> nn.Sequential:
    """c7s1-64, d128, d256, R256 x blocks, u128, u64, c7s1-3.

    (N, C, H, W) to the same shape if H and W are multiples of 4, at least 8.
    """
    layers = conv_norm_relu(channels, width, 7)
    for c in (width, 2 * width):  # (N, c, H, W) -> (N, 2c, H/2, W/2)
        layers += conv_norm_relu(c, 2 * c, 3, stride=2)
    layers += [ResidualBlock(4 * width) for _ in range(blocks)]
    for c in (4 * width, 2 * width):  # (N, c, H, W) -> (N, c/2, 2H, 2W)
        up = nn.ConvTranspose2d(c, c // 2, 3, 2, padding=1, output_padding=1)
        layers += [up, nn.InstanceNorm2d(c // 2), nn.ReLU()]
    last = nn.Conv2d(width, channels, 7, padding=3, padding_mode="reflect")
    return nn.Sequential(*layers, last, nn.Tanh())
# --8<-- [end:generator]


# --8<-- [start:discriminator]
def patch_discriminator(
    channels: int = 3, width: int = 64, downs: int = 3
) -> nn.Sequential:
    """C64-C128-C256-C512 and a convolution to 1 channel: a map of raw scores.

    No sigmoid: least squares wants raw scores. No norm after the first layer.
    """
    layers, c_in = [], channels
    for i in range(downs + 1):
        c_out = width * 2**i
        stride = 2 if i < downs else 1  # C512 and the output layer: stride 1
        layers.append(nn.Conv2d(c_in, c_out, 4, stride, padding=1))
        if i > 0:
            layers.append(nn.InstanceNorm2d(c_out))
        layers.append(nn.LeakyReLU(0.2))
        c_in = c_out
    return nn.Sequential(*layers, nn.Conv2d(c_in, 1, 4, padding=1))


def receptive_field(net: nn.Sequential) -> int:
    """Input pixels, along one axis, that the convolutions carry into one score."""
    size = 1
    for layer in reversed([m for m in net if isinstance(m, nn.Conv2d)]):
        size = layer.stride[0] * (size - 1) + layer.kernel_size[0]
    return size
# --8<-- [end:discriminator]


class CycleGAN(nn.Module):
    """G: X to Y with its judge d_y, and F: Y to X with its judge d_x; weights from N(0, 0.02)."""

    def __init__(self, channels: int = 3, width: int = 64, blocks: int = 9, downs: int = 3):
        super().__init__()
        self.g, self.f = (resnet_generator(channels, width, blocks) for _ in range(2))
        self.d_x, self.d_y = (patch_discriminator(channels, width, downs) for _ in range(2))

    def initialize(self, generator: torch.Generator, std: float = 0.02) -> "CycleGAN":
        """Draw every weight from N(0, std) and set every bias to 0."""
        for name, parameter in self.named_parameters():
            if name.endswith("weight"):
                nn.init.normal_(parameter, 0.0, std, generator=generator)
            else:
                nn.init.zeros_(parameter)
        return self


class ImagePool:
    """Past fakes for the discriminator: once full, half of the time an old image is shown instead.

    The image shown from the pool is replaced by the new one. Images are stored detached.
    """

    def __init__(self, size: int = 50, generator: torch.Generator | None = None):
        if size < 0:
            raise ValueError(f"size must not be negative, got {size}")
        self.size, self.generator, self.images = size, generator, []

    def exchange(self, fakes: Tensor) -> Tensor:
        """(N, C, H, W) new fakes in, (N, C, H, W) fakes to judge out, without gradient."""
        shown = []
        for fake in fakes.detach().clone():
            if len(self.images) < self.size:
                self.images.append(fake)
            elif self.size > 0 and torch.rand((), generator=self.generator) < 0.5:
                i = int(torch.randint(self.size, (), generator=self.generator))
                fake, self.images[i] = self.images[i], fake
            shown.append(fake)
        return torch.stack(shown) if shown else fakes.detach()


# --8<-- [start:losses]
def generator_losses(
    model: CycleGAN, x: Tensor, y: Tensor
) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """The three losses of G and F together, unweighted, and the fakes.

    Args:
        model: The four networks.
        x: Images of the first domain, (N, C, H, W).
        y: Images of the second domain, (M, C, H, W), not paired with x.

    Returns:
        Adversarial, cycle and identity loss; G(x) and F(y), with gradient.
    """
    g, f = model.g, model.f
    fake_y, fake_x = g(x), f(y)
    score_y, score_x = model.d_y(fake_y), model.d_x(fake_x)
    losses = {
        "adversarial": ((score_y - 1) ** 2).mean() + ((score_x - 1) ** 2).mean(),
        "cycle": (f(fake_y) - x).abs().mean() + (g(fake_x) - y).abs().mean(),
        "identity": (g(y) - y).abs().mean() + (f(x) - x).abs().mean(),
    }
    return losses, fake_y, fake_x


def discriminator_loss(judge: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """Half the least squares: scores of real images to 1, of fakes to 0."""
    real_loss = ((judge(real) - 1) ** 2).mean()
    return 0.5 * real_loss + 0.5 * (judge(fake.detach()) ** 2).mean()
# --8<-- [end:losses]


def make_optimizers(
    model: CycleGAN, lr: float = 2e-4
) -> tuple[torch.optim.Adam, torch.optim.Adam]:
    """One Adam for both generators, one for both discriminators."""
    generators = [*model.g.parameters(), *model.f.parameters()]
    judges = [*model.d_x.parameters(), *model.d_y.parameters()]
    return tuple(
        torch.optim.Adam(group, lr, betas=(0.5, 0.999)) for group in (generators, judges)
    )


# --8<-- [start:step]
def train_step(
    model: CycleGAN,
    x: Tensor,
    y: Tensor,
    optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer],
    pools: tuple[ImagePool, ImagePool],
    cycle_weight: float = 10.0,
    identity_weight: float = 5.0,
) -> dict[str, float]:
    """Update the generators, then the discriminators.

    Args:
        model: The four networks.
        x: Images of the first domain, (N, C, H, W), in [-1, 1].
        y: Images of the second domain, (M, C, H, W), not paired with x.
        optimizers: For the two generators and for the two discriminators.
        pools: Past fakes of X and past fakes of Y.
        cycle_weight: Lambda of the paper.
        identity_weight: Half of lambda where colors should stay, 0 elsewhere.

    Returns:
        The losses before the update, by name.
    """
    (optimizer_g, optimizer_d), (pool_x, pool_y) = optimizers, pools

    model.d_x.requires_grad_(False)  # the judges pass gradient on and keep none
    model.d_y.requires_grad_(False)
    losses, fake_y, fake_x = generator_losses(model, x, y)
    total = losses["adversarial"] + cycle_weight * losses["cycle"]
    total = total + identity_weight * losses["identity"]
    optimizer_g.zero_grad()
    total.backward()
    optimizer_g.step()

    model.d_x.requires_grad_(True)
    model.d_y.requires_grad_(True)
    loss_d = discriminator_loss(model.d_y, y, pool_y.exchange(fake_y))
    loss_d = loss_d + discriminator_loss(model.d_x, x, pool_x.exchange(fake_x))
    optimizer_d.zero_grad()
    loss_d.backward()
    optimizer_d.step()
    losses |= {"total": total, "discriminators": loss_d}
    return {name: loss.item() for name, loss in losses.items()}
# --8<-- [end:step]


def learning_rate_factor(epoch: int, constant: int = 100, decay: int = 100) -> float:
    """1 for the first epochs, then a straight line to 0: for torch.optim.lr_scheduler.LambdaLR.

    >>> [learning_rate_factor(epoch) for epoch in (0, 99, 100, 150, 200)]
    [1.0, 1.0, 1.0, 0.5, 0.0]
    """
    return 1.0 - max(0, min(epoch - constant, decay)) / decay


def parameters(net: nn.Module) -> int:
    """Number of trainable numbers."""
    return sum(p.numel() for p in net.parameters())


if __name__ == "__main__":
    model = CycleGAN()
    print(f"generator, 9 blocks   {parameters(model.g):>10,}")
    print(f"generator, 6 blocks   {parameters(resnet_generator(blocks=6)):>10,}")
    print(f"discriminator         {parameters(model.d_x):>10,}")
    print(f"all four              {parameters(model):>10,}")
    print(f"receptive field       {receptive_field(model.d_x):>10}")
    with torch.no_grad():
        print(f"scores for 256 x 256  {tuple(model.d_x(torch.zeros(1, 3, 256, 256)).shape)}")

    generator = torch.Generator().manual_seed(0)
    small = CycleGAN(width=8, blocks=2, downs=2).initialize(generator)
    x = torch.rand(2, 3, 32, 32, generator=generator) * 2 - 1
    y = torch.rand(2, 3, 32, 32, generator=generator) * 2 - 1
    optimizers = make_optimizers(small, lr=2e-3)
    pools = (ImagePool(50, generator), ImagePool(50, generator))
    for step in range(61):
        losses = train_step(small, x, y, optimizers, pools)
        if step % 20 == 0:
            print(step, {k: round(v, 3) for k, v in losses.items()})
