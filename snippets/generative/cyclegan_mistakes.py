"""Wrong code for CycleGAN: each function runs without an error and gives a wrong gradient.

The right versions are the losses and the step of https://arxiv.org/abs/1703.10593.
"""

from torch import Tensor


# --8<-- [start:detach]
def discriminator_loss_into_the_generator(
    judge, real: Tensor, fake: Tensor
) -> Tensor:
    """WRONG: fake still hangs on G: its gradient asks G to be easy to detect."""
    return 0.5 * ((judge(real) - 1) ** 2).mean() + 0.5 * (judge(fake) ** 2).mean()
# --8<-- [end:detach]


# --8<-- [start:optimizer]
def step_with_one_optimizer(model, losses: dict[str, Tensor], optimizer) -> None:
    """WRONG: optimizer holds all four: the judges learn to call fakes real."""
    total = losses["adversarial"] + 10 * losses["cycle"] + 5 * losses["identity"]
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
# --8<-- [end:optimizer]


# --8<-- [start:pair]
def cycle_loss_to_the_other_domain(x: Tensor, y: Tensor, g, f) -> Tensor:
    """WRONG: y is not the partner of x; the round trip has to end at x."""
    return (f(g(x)) - y).abs().mean()


def cycle_loss_through_a_detached_fake(x: Tensor, g, f) -> Tensor:
    """WRONG: only F is trained to undo; G gets no reason to keep what F needs."""
    return (f(g(x).detach()) - x).abs().mean()
# --8<-- [end:pair]


# --8<-- [start:identity]
def identity_loss_on_the_source(x: Tensor, g) -> Tensor:
    """WRONG: this asks G not to translate; feed it images of its target."""
    return (g(x) - x).abs().mean()
# --8<-- [end:identity]
