"""The step trains, skips after an overflow, and what autocast leaves in float32."""

import torch
from torch import nn

from snippets.optimization.mixed_precision_torch import amp_step


def setup():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 7), nn.ReLU(), nn.Linear(7, 2))
    generator = torch.Generator().manual_seed(1)
    x, targets = torch.randn(11, 3, generator=generator), torch.randint(0, 2, (11,), generator=generator)
    return model, torch.optim.SGD(model.parameters(), lr=0.5), x, targets


def test_the_loss_falls_and_an_overflow_halves_the_scale():
    model, optimizer, x, targets = setup()
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10)
    losses = [amp_step(model, nn.functional.cross_entropy, optimizer, scaler, x, targets, 1.0,
                       torch.bfloat16) for _ in range(20)]
    assert losses[-1] < losses[0] - 0.05 and scaler.get_scale() == 1024
    before = [p.detach().clone() for p in model.parameters()]
    x = x * float("inf")
    amp_step(model, nn.functional.cross_entropy, optimizer, scaler, x, targets, 1.0, torch.bfloat16)
    assert scaler.get_scale() == 512
    for old, new in zip(before, model.parameters(), strict=True):
        assert torch.equal(old, new)


def test_weights_gradients_and_loss_stay_float32_under_autocast():
    model, _, x, targets = setup()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(x)
        loss = nn.functional.cross_entropy(logits, targets)
    loss.backward()
    assert logits.dtype == torch.bfloat16 and loss.dtype == torch.float32
    assert all(p.dtype == torch.float32 and p.grad.dtype == torch.float32 for p in model.parameters())


def test_adam_keeps_two_float32_states_for_a_float32_weight():
    model, _, x, targets = setup()
    optimizer = torch.optim.AdamW(model.parameters())
    scaler = torch.amp.GradScaler("cpu", enabled=False)
    amp_step(model, nn.functional.cross_entropy, optimizer, scaler, x, targets, 1.0, torch.bfloat16)
    for p in model.parameters():
        states = [v for v in optimizer.state[p].values() if v.shape == p.shape]
        size = sum(t.numel() * t.element_size() for t in (p, p.grad, *states))
        assert size == 16 * p.numel()


def test_the_forward_pass_runs_in_the_type_that_was_asked_for():
    for dtype in (torch.float16, torch.bfloat16):
        model, optimizer, x, targets = setup()
        seen = []
        model[0].register_forward_hook(lambda module, inputs, output, seen=seen: seen.append(output.dtype))
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10)
        amp_step(model, nn.functional.cross_entropy, optimizer, scaler, x, targets, 1.0, dtype)
        assert seen == [dtype]


def test_a_weight_that_takes_no_part_is_left_alone():
    """Its gradient is none, not zero, so weight decay does not pull at it either."""
    model, _, x, targets = setup()
    model.unused = nn.Parameter(torch.ones(2))
    model.unused.grad = torch.ones(2)  # of a step before
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, weight_decay=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10)
    amp_step(model, nn.functional.cross_entropy, optimizer, scaler, x, targets, 1.0, torch.bfloat16)
    assert model.unused.grad is None and torch.equal(model.unused, torch.ones(2))
