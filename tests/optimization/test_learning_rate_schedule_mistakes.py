"""How each mistake fails."""

import numpy as np
import torch

from snippets.optimization.learning_rate_schedule import cosine
from snippets.optimization.learning_rate_schedule_mistakes import cosine_unclipped, rates_of_a_run


def test_past_its_end_the_cosine_climbs_and_so_does_torch_s():
    assert abs(cosine_unclipped(145.0, 1.0, 10, 100) - 0.5) < 1e-12
    assert float(cosine(145, 1.0, 10, 100)) == 0.0
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=90)
    for _ in range(135):
        optimizer.step()
        scheduler.step()
    assert abs(optimizer.param_groups[0]["lr"] - 0.5) < 1e-6


def test_stepped_per_epoch_the_run_ends_inside_the_warm_up():
    rates = rates_of_a_run(lambda t: float(cosine(t, 1.0, 100, 1000)), epochs=10, batches=100)
    assert len(rates) == 1000 and max(rates) == 0.1
    right = cosine(np.arange(1000), 1.0, 100, 1000)
    assert right.max() == 1.0
