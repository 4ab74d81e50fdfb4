"""The same rates from PyTorch's schedulers, step after step."""

import numpy as np
import torch
from torch.optim.lr_scheduler import ConstantLR, LambdaLR, LinearLR, SequentialLR

from snippets.optimization.learning_rate_schedule import cosine, inverse_sqrt, linear, wsd
from snippets.optimization.learning_rate_schedule_torch import warmup_cosine


def walk(make, steps, peak=0.3):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=peak)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def test_warm_up_and_cosine():
    rates = walk(lambda o: warmup_cosine(o, 11, 101), 102)
    np.testing.assert_allclose(rates, cosine(np.arange(102), 0.3, 11, 101), rtol=1e-9, atol=1e-12)


def test_warm_up_and_linear_decay():
    def make(o):
        up = LinearLR(o, start_factor=1 / 11, total_iters=10)
        down = LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=90)
        return SequentialLR(o, [up, down], milestones=[11])

    rates = walk(make, 120)
    np.testing.assert_allclose(rates, linear(np.arange(120), 0.3, 11, 101, floor=0.03), rtol=1e-9)


def test_warmup_stable_decay():
    def make(o):
        parts = [LinearLR(o, start_factor=1 / 11, total_iters=10), ConstantLR(o, factor=1.0, total_iters=1),
                 LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=20)]
        return SequentialLR(o, parts, milestones=[11, 81])

    rates = walk(make, 105)
    np.testing.assert_allclose(rates, wsd(np.arange(105), 0.3, 11, 101, decay=20), rtol=1e-9, atol=1e-12)


def test_inverse_square_root_as_a_lambda():
    rates = walk(lambda o: LambdaLR(o, lambda t: float(inverse_sqrt(t, 1.0, 7))), 60)
    np.testing.assert_allclose(rates, inverse_sqrt(np.arange(60), 0.3, 7), rtol=1e-12)
