"""Monte Carlo dropout draws sub-networks and leaves everything else as it was."""

import numpy as np
import pytest
import torch
from torch import nn

from snippets.regularization.dropout import arithmetic_mean, subnetworks
from snippets.regularization.dropout_torch import mc_dropout


def test_mean_approaches_the_average_over_all_subnetworks():
    x = np.array([1.0, 2.0, -1.0, 0.5])
    linear = nn.Linear(4, 3).double()
    weight, bias = (parameter.detach().numpy() for parameter in linear.parameters())
    exact = arithmetic_mean(*subnetworks(x, weight, bias, 0.5))
    torch.manual_seed(0)
    mean, spread = mc_dropout(nn.Sequential(nn.Dropout(0.5), linear), torch.tensor(x)[None], 4000)
    assert mean.shape == spread.shape == (1, 3)
    error = np.abs(mean.numpy()[0] - exact)
    assert (error < 5 * spread.numpy()[0] / np.sqrt(4000)).all()


def test_batch_norm_and_modes_are_left_alone():
    model = nn.Sequential(nn.Linear(2, 7), nn.BatchNorm1d(7), nn.Dropout(0.5), nn.Linear(7, 3))
    model[1].eval()  # frozen by its owner, the rest in training mode
    before = [module.training for module in model.modules()]
    running = model[1].running_mean.clone()
    mc_dropout(model, torch.randn(5, 2), 3)
    assert [module.training for module in model.modules()] == before
    assert torch.equal(model[1].running_mean, running)


def test_one_sample_has_no_spread():
    with pytest.raises(ValueError, match="samples"):
        mc_dropout(nn.Linear(2, 3), torch.ones(1, 2), 1)
