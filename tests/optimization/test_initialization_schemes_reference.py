"""The same fans, gains, bounds and deviations as torch.nn.init."""

import numpy as np
import pytest
import torch

from snippets.optimization import initialization_schemes as ours


@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "relu", "leaky_relu"])
def test_gains(name):
    assert abs(ours.calculate_gain(name) - torch.nn.init.calculate_gain(name)) < 1e-12


@pytest.mark.parametrize("shape", [(120, 330), (64, 32, 3, 5)])
def test_deviations_and_fans(shape):
    generator, rng = torch.Generator().manual_seed(0), np.random.default_rng(0)
    empty = torch.empty(shape, dtype=torch.float64)
    pairs = [
        (torch.nn.init.xavier_uniform_(empty.clone(), 1.5, generator=generator),
         ours.xavier_uniform(shape, rng, 1.5)),
        (torch.nn.init.kaiming_normal_(empty.clone(), nonlinearity="relu", generator=generator),
         ours.kaiming_normal(shape, rng)),
        (torch.nn.init.kaiming_normal_(empty.clone(), mode="fan_out", nonlinearity="linear",
                                       generator=generator),
         ours.kaiming_normal(shape, rng, "fan_out", "linear")),
    ]
    for theirs, mine in pairs:
        assert abs(theirs.std().item() / mine.std() - 1) < 0.03
    assert abs(pairs[0][0].abs().max().item() / np.abs(pairs[0][1]).max() - 1) < 1e-3
    assert torch.nn.init._calculate_fan_in_and_fan_out(empty) == ours.calculate_fan(shape)


def test_torch_s_linear_has_a_third_of_one_over_fan_in():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weight = torch.nn.Linear(300, 200).weight
    assert abs(weight.var().item() * 900 - 1) < 0.03


def test_the_deviation_of_a_normal_cut_at_two():
    from scipy.stats import truncnorm

    assert abs(truncnorm.std(-2, 2) - 0.87962566103423978) < 1e-9
