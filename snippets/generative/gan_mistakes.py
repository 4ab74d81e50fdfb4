"""Two ways to write a GAN that does not learn, shown to fail."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


# --8<-- [start:log]
def generator_loss_from_probability(fake: np.ndarray) -> float:
    """WRONG: the sigmoid first, its logarithm after.

    In float32 exp overflows beyond 88.7: the sigmoid is 0, its logarithm infinite.
    Right: log(1 + exp(-logit)) in one piece, as logaddexp and softplus compute it.
    """
    prob = 1 / (1 + np.exp(-np.asarray(fake, np.float32)))
    return float(-np.log(prob).mean())
# --8<-- [end:log]


# --8<-- [start:mixed]
def scores_of_a_mixed_batch(judge: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """WRONG with batch norm in the judge: real and generated points in one batch.

    Both kinds share one mean and variance. A judge that is shown the generated
    batch alone in the generator's step sees other numbers than it was trained on.
    """
    both = torch.cat([real, fake])  # right: judge(real) and judge(fake)
    return judge(both)[len(real):]
# --8<-- [end:mixed]


# --8<-- [start:detached]
def generator_gradient(fake: Tensor, judge: nn.Module) -> Tensor | None:
    """WRONG: detach belongs in the discriminator's step; here it cuts G off."""
    loss = F.softplus(-judge(fake.detach())).mean()
    loss.backward()
    return fake.grad
# --8<-- [end:detached]


if __name__ == "__main__":
    print("loss at logit -120:", generator_loss_from_probability(np.array([-120.0])),
          "instead of 120")
    generator = torch.Generator().manual_seed(0)
    judge = nn.BatchNorm1d(1, affine=False)
    real = torch.randn(64, 1, generator=generator)
    fake = torch.randn(64, 1, generator=generator) + 4
    print("mean score of fakes, mixed batch", scores_of_a_mixed_batch(judge, real, fake).mean().item(),
          "alone", judge(fake).mean().item())
