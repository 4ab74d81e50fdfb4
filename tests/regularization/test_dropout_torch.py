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


def test_every_dropout_layer_is_switched_on():
    for layer, shape in ((nn.Dropout, (5, 7)), (nn.Dropout1d, (5, 7, 2)),
                         (nn.Dropout2d, (5, 7, 2, 3)), (nn.Dropout3d, (5, 7, 2, 3, 2)),
                         (nn.AlphaDropout, (5, 7)), (nn.FeatureAlphaDropout, (5, 7, 2))):
        torch.manual_seed(0)
        model = nn.Sequential(layer(0.5), nn.Flatten(), nn.LazyLinear(3))
        _, spread = mc_dropout(model, torch.randn(shape), 20)
        assert (spread > 0).all(), layer


def test_dropout_inside_attention_stays_off():
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(0.0)
            self.attention = nn.MultiheadAttention(6, 2, dropout=0.5, batch_first=True)

        def forward(self, x):
            return self.drop(self.attention(x, x, x)[0][:, 0])

    _, spread = mc_dropout(Attention(), torch.randn(2, 5, 6), 3)
    torch.testing.assert_close(spread, torch.zeros(2, 6))


def test_two_samples_have_a_spread():
    torch.manual_seed(0)
    _, spread = mc_dropout(nn.Sequential(nn.Dropout(0.5), nn.Linear(64, 3)), torch.ones(1, 64), 2)
    assert (spread > 0).all()


def test_what_has_no_spread_is_refused():
    with pytest.raises(ValueError, match="samples"):
        mc_dropout(nn.Sequential(nn.Dropout(), nn.Linear(2, 3)), torch.ones(1, 2), 1)
    with pytest.raises(ValueError, match="no dropout layer"):
        mc_dropout(nn.Linear(2, 3), torch.ones(1, 2), 5)
