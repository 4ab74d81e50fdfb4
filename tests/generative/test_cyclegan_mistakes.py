"""Each mistake fails in the way the page says, and the right version does not."""

import pytest
import torch

from snippets.generative.cyclegan_mistakes import (
    cycle_loss_through_a_detached_fake,
    cycle_loss_to_the_other_domain,
    discriminator_loss_into_the_generator,
    identity_loss_on_the_source,
    step_with_one_optimizer,
)
from snippets.generative.cyclegan_torch import (
    CycleGAN,
    ImagePool,
    discriminator_loss,
    generator_losses,
    make_optimizers,
    train_step,
)


def small_model():
    generator = torch.Generator().manual_seed(0)
    model = CycleGAN(width=4, blocks=1, downs=2).initialize(generator, std=0.1)
    x, y = (torch.rand(2, 3, 16, 16, generator=generator) * 2 - 1 for _ in range(2))
    return model, x, y


def test_without_detach_the_judges_loss_pushes_the_generator_toward_being_caught():
    model, x, y = small_model()
    discriminator_loss(model.d_y, y, model.g(x)).backward()
    assert all(p.grad is None for p in model.g.parameters())

    discriminator_loss_into_the_generator(model.d_y, y, model.g(x)).backward()
    assert any(p.grad.abs().max() > 0 for p in model.g.parameters())

    # by hand: G(x) = theta x scores 0.5; the judge wants 0, the generator wants 1
    theta, source = torch.tensor(1.0, requires_grad=True), torch.tensor([0.5])
    score = torch.nn.Identity()
    leak = discriminator_loss_into_the_generator(score, source, theta * source)
    (wrong,) = torch.autograd.grad(leak, theta)
    (own,) = torch.autograd.grad(((score(theta * source) - 1) ** 2).mean(), theta)
    assert (wrong.item(), own.item()) == (0.25, -0.5)


def test_the_leak_reaches_the_generators_step_only_if_it_is_not_cleared():
    model, x, y = small_model()
    total = generator_losses(model, x, y)[0]["adversarial"]
    (own,) = torch.autograd.grad(total, [model.g[0].weight])
    polluted = {}
    for cleared in (False, True):  # the discriminator goes first, on a fake that is not detached
        model.zero_grad()
        discriminator_loss_into_the_generator(model.d_y, y, model.g(x)).backward()
        if cleared:
            model.zero_grad()
        generator_losses(model, x, y)[0]["adversarial"].backward()
        polluted[cleared] = (model.g[0].weight.grad - own).abs().max() / own.abs().max()
    assert polluted[True] < 1e-4 and polluted[False] > 0.01


def test_after_the_generators_step_the_leak_is_an_error():
    model, x, y = small_model()
    losses, fake_y, _ = generator_losses(model, x, y)
    losses["adversarial"].backward()
    with pytest.raises(RuntimeError, match="second time"):
        discriminator_loss_into_the_generator(model.d_y, y, fake_y).backward()


def test_one_optimizer_makes_the_judges_believe_the_fakes():
    model, x, y = small_model()
    with torch.no_grad():
        fake = model.g(x)
        before = ((model.d_y(fake) - 1) ** 2).mean()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, betas=(0.5, 0.999))
    step_with_one_optimizer(model, generator_losses(model, x, y)[0], optimizer)
    with torch.no_grad():
        assert ((model.d_y(fake) - 1) ** 2).mean() < before  # the same fake now scores nearer to real

    model, x, y = small_model()
    weights = [p.clone() for p in model.d_y.parameters()]
    step_g, _ = make_optimizers(model)
    frozen = torch.optim.SGD([*model.d_x.parameters(), *model.d_y.parameters()], lr=0.0)
    train_step(model, x, y, (step_g, frozen), (ImagePool(0), ImagePool(0)))
    for p, old in zip(model.d_y.parameters(), weights, strict=True):
        torch.testing.assert_close(p, old, rtol=0, atol=0)


def test_a_perfect_round_trip_is_punished_when_compared_with_y():
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([11.0, 15.0])
    g, f = lambda v: v + 10, lambda v: v - 10  # exact inverses
    assert (f(g(x)) - x).abs().mean() == 0
    assert cycle_loss_to_the_other_domain(x, y, g, f) == 11.5
    # the round trip that it likes best is not a round trip
    assert cycle_loss_to_the_other_domain(x, y, g, lambda v: torch.where(v < 11.5, v, v + 3)) == 0


def test_a_detached_fake_leaves_the_generator_without_cycle_gradient():
    model, x, _ = small_model()
    cycle_loss_through_a_detached_fake(x, model.g, model.f).backward()
    assert all(p.grad is None for p in model.g.parameters())
    assert any(p.grad.abs().max() > 0 for p in model.f.parameters())
    (model.f(model.g(x)) - x).abs().mean().backward()
    assert any(p.grad.abs().max() > 0 for p in model.g.parameters())


def test_identity_loss_on_the_source_punishes_a_perfect_translation():
    x, y = torch.tensor([-0.5, -0.25]), torch.tensor([0.75, 0.1])
    g = torch.abs  # translates negative numbers to positive ones and leaves positive ones alone
    assert (g(y) - y).abs().mean() == 0
    assert identity_loss_on_the_source(x, g) == 0.75
