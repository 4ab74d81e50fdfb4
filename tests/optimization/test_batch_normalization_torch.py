"""Freezing and recomputing statistics."""

import torch
from torch import nn

from snippets.optimization.batch_normalization_torch import freeze_batch_norm, recompute_statistics


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(5, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2))


def test_frozen_layers_keep_statistics_and_parameters_and_the_rest_trains():
    generator = torch.Generator().manual_seed(0)
    model = network()
    model.train()
    freeze_batch_norm(model)
    model(torch.randn(7, 5, generator=generator) + 3).sum().backward()
    assert torch.equal(model[1].running_mean, torch.zeros(3)) and model[1].weight.grad is None
    assert model[0].weight.grad is not None and model.training
    model.train()
    model(torch.randn(7, 5, generator=generator) + 3)
    assert not torch.equal(model[1].running_mean, torch.zeros(3)), "train() switched it back"


def test_recomputed_statistics_are_the_average_of_the_batches():
    generator = torch.Generator().manual_seed(1)
    model = network()
    model(torch.randn(7, 5, generator=generator) - 9)  # leaves old statistics behind
    model.eval()
    batches = [torch.randn(n, 5, generator=generator) * 2 + 3 for n in (7, 11)]
    recompute_statistics(model, batches)
    with torch.no_grad():
        hidden = [model[0](batch) for batch in batches]
    mean = sum(h.mean(dim=0) for h in hidden) / 2
    var = sum(h.var(dim=0) for h in hidden) / 2
    torch.testing.assert_close(model[1].running_mean, mean)
    torch.testing.assert_close(model[1].running_var, var)
    assert model[1].momentum == 0.1 and not any(module.training for module in model.modules())


def test_recomputing_keeps_dropout_out_and_gives_every_mode_back():
    model = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(3), nn.BatchNorm1d(3)).train()
    model[2].eval()
    batch = torch.ones(400, 3)
    recompute_statistics(model, [batch])
    torch.testing.assert_close(model[1].running_var, torch.zeros(3))  # with dropout: about 1
    assert [module.training for module in model] == [True, True, False]
