"""Frozen modules stay, and rates fall with depth."""

import torch
from torch import nn

from snippets.representation.transfer_learning_torch import freeze, parameter_groups


def test_a_frozen_module_keeps_every_number_of_its_state():
    torch.manual_seed(0)
    body = freeze(nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Dropout(0.5)))
    head = nn.Linear(5, 2)
    before = {key: value.clone() for key, value in body.state_dict().items()}
    start = head.weight.detach().clone()
    optimizer = torch.optim.AdamW(parameter_groups([body, head], 0.1, 0.5), weight_decay=0.1)
    x = torch.randn(7, 3)
    assert torch.equal(body(x), body(x))  # dropout is off
    for _ in range(3):
        optimizer.zero_grad()
        head(body(x)).square().sum().backward()
        optimizer.step()
    assert all(torch.equal(before[key], value) for key, value in body.state_dict().items())
    assert not torch.equal(start, head.weight)


def test_the_head_has_the_full_rate_and_each_layer_below_a_share_of_it():
    layers = [nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(2, 5)]
    groups = parameter_groups(layers, 0.1, 0.5)
    assert [group["lr"] for group in groups] == [0.1, 0.05, 0.025]
    assert [sum(p.numel() for p in group["params"]) for group in groups] == [15, 8, 15]
    freeze(layers[1])
    assert [group["lr"] for group in parameter_groups(layers, 0.1, 0.5)] == [0.1, 0.025]
