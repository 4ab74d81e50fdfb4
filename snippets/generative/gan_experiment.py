"""Mode collapse on a ring of eight Gaussians, measured, and treated in three ways.

The ring is the test of Metz et al., *Unrolled Generative Adversarial Networks*,
https://arxiv.org/abs/1611.02163. Treatments: the zero-centered gradient penalty on real data,
R1, of Mescheder et al., https://arxiv.org/abs/1801.04406; packing of Lin et al.,
https://arxiv.org/abs/1712.04086; a minibatch statistic after Karras et al.,
https://arxiv.org/abs/1710.10196. All settings see the same number of points and take the same
number of steps; many seeds train side by side as one stack of networks.
"""

import itertools
import json
import math
import platform
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

SETTINGS = ("minimax", "non-saturating", "minibatch statistic", "packing", "R1")
MODES, RADIUS, STD = 8, 2.0, 0.05
LATENT, HIDDEN, BATCH, LR, PACK, R1 = 4, 64, 64, 1e-3, 4, 1.0


def init_mlp(runs: int, sizes: list[int], generator: torch.Generator) -> list[Tensor]:
    """One MLP per run, stacked: weights (runs, in, out) and biases (runs, 1, out)."""
    parameters = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        weight = torch.randn(runs, fan_in, fan_out, generator=generator) / math.sqrt(fan_in)
        parameters += [weight.requires_grad_(), torch.zeros(runs, 1, fan_out, requires_grad=True)]
    return parameters


def mlp(parameters: list[Tensor], x: Tensor) -> Tensor:
    """Apply run r's network to run r's points: (runs, N, in) -> (runs, N, out)."""
    for i in range(0, len(parameters), 2):
        x = torch.baddbmm(parameters[i + 1], x, parameters[i])
        if i + 2 < len(parameters):
            x = F.leaky_relu(x, 0.2)
    return x


def centers() -> Tensor:
    """The eight means, (8, 2), on a circle of radius 2."""
    angle = torch.arange(MODES) * (2 * math.pi / MODES)
    return RADIUS * torch.stack([angle.cos(), angle.sin()], dim=1)


def ring(runs: int, n: int, generator: torch.Generator) -> Tensor:
    """Real points, (runs, n, 2): a mode at random plus normal noise."""
    mode = torch.randint(0, MODES, (runs, n), generator=generator)
    return centers()[mode] + STD * torch.randn(runs, n, 2, generator=generator)


# --8<-- [start:judge]
def judge(d: list[Tensor], x: Tensor, setting: str) -> Tensor:
    """Logits of the discriminator, one per point or per pack of four.

    x is (runs, N, 2), all real or all generated: so is every pack and statistic.
    """
    if setting == "packing":  # side by side: (runs, N, 2) -> (runs, N/4, 8)
        x = x.reshape(len(x), -1, 2 * PACK)
    if setting == "minibatch statistic":  # the batch's deviation, a third feature
        spread = x.std(dim=1, keepdim=True).mean(dim=2, keepdim=True)
        x = torch.cat([x, spread.expand(-1, x.shape[1], 1)], dim=2)
    return mlp(d, x)
# --8<-- [end:judge]


# --8<-- [start:losses]
def discriminator_loss(
    d: list[Tensor], real: Tensor, fake: Tensor, setting: str
) -> Tensor:
    """Cross-entropy, real as 1 and generated as 0, plus R1 if chosen."""
    real = real.requires_grad_(setting == "R1")
    score = judge(d, real, setting)
    score_fake = judge(d, fake.detach(), setting)
    loss = F.softplus(-score).mean() + F.softplus(score_fake).mean()
    if setting == "R1":  # half the squared slope of the logit at real points
        (slope,) = torch.autograd.grad(score.sum(), real, create_graph=True)
        loss = loss + 0.5 * R1 * slope.square().sum(dim=2).mean()
    return loss


def generator_loss(d: list[Tensor], fake: Tensor, setting: str) -> Tensor:
    """-log D(fake), or log(1 - D(fake)) for the minimax game."""
    score = judge(d, fake, setting)
    if setting == "minimax":
        return -F.softplus(score).mean()
    return F.softplus(-score).mean()
# --8<-- [end:losses]


def measure(points: Tensor) -> tuple[list[int], list[float]]:
    """Modes covered and share of high-quality points, per run, for (runs, N, 2).

    A point is of high quality within four standard deviations of a mean; a mode is covered if
    it gets at least 1 percent of all points, where a faithful generator gives it 12.5.
    """
    distance, mode = torch.cdist(points, centers().expand(len(points), -1, -1)).min(dim=2)
    good = distance < 4 * STD
    covered = [int((F.one_hot(m[ok], MODES).float().sum(dim=0) >= 0.01 * len(m)).sum())
               for m, ok in zip(mode, good, strict=True)]
    return covered, [round(v, 4) for v in good.float().mean(dim=1).tolist()]


def train(setting: str, runs: int, steps: int, seed: int) -> dict:
    """Train every run of one setting; the sum over runs keeps them independent under Adam."""
    generator = torch.Generator().manual_seed(seed)
    inputs = {"packing": 2 * PACK, "minibatch statistic": 3}.get(setting, 2)
    g = init_mlp(runs, [LATENT, HIDDEN, HIDDEN, 2], generator)
    d = init_mlp(runs, [inputs, HIDDEN, HIDDEN, 1], generator)
    step_g = torch.optim.Adam(g, LR, betas=(0.5, 0.999))
    step_d = torch.optim.Adam(d, LR, betas=(0.5, 0.999))
    noise = torch.randn(runs, 2000, LATENT, generator=generator)
    curve = []
    start = time.process_time()
    for step in range(steps + 1):
        if step % (steps // 20) == 0:
            with torch.no_grad():
                points = mlp(g, noise)
            covered, good = measure(points)
            curve.append([step, covered, good])
        if step == steps:
            break
        # --8<-- [start:step]
        real = ring(runs, BATCH, generator)
        fake = mlp(g, torch.randn(runs, BATCH, LATENT, generator=generator))
        step_d.zero_grad()
        (runs * discriminator_loss(d, real, fake, setting)).backward()
        step_d.step()

        step_g.zero_grad()  # the discriminator's gradients are cleared before its next step
        (runs * generator_loss(d, fake, setting)).backward()
        step_g.step()
        # --8<-- [end:step]
    worst = min(range(runs), key=covered.__getitem__)
    shown = [[round(v, 2) for v in point] for point in points[worst, :300].tolist()]
    return {"covered": covered, "good": good, "curve": curve, "worst": shown,
            "cpu_seconds": round(time.process_time() - start, 1)}


def run(runs: int = 8, steps: int = 5000, seed: int = 0, settings=SETTINGS) -> dict:
    """Train every setting; nothing is written."""
    return {
        "runs": runs, "steps": steps, "seed": seed, "python": platform.python_version(),
        "torch": torch.__version__, "threads": torch.get_num_threads(),
        "settings": {setting: train(setting, runs, steps, seed) for setting in settings},
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    record = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(record) + "\n", encoding="utf-8")
    for name, result in record["settings"].items():
        print(f"{name:20} modes {sorted(result['covered'])} good "
              f"{sorted(round(v, 2) for v in result['good'])} {result['cpu_seconds']} s")
