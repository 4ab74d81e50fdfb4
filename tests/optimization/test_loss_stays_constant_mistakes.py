"""The wrong ways do what the page says they do."""

import torch
from torch import nn

from snippets.optimization.loss_stays_constant_mistakes import (
    backward_of_a_new_leaf,
    load_quietly,
    squared_error,
)


def test_a_new_leaf_gets_the_gradient_and_the_model_none():
    model = nn.Linear(3, 2)
    loss = backward_of_a_new_leaf(model(torch.ones(5, 3)).sum())
    assert loss.grad is not None
    assert all(p.grad is None for p in model.parameters())


def test_broadcasting_makes_the_mean_the_best_answer():
    targets = torch.tensor([-1.0, 1.0, 3.0])
    perfect, mean = targets[:, None], torch.full((3, 1), 1.0)
    variance = targets.var(correction=0)
    assert torch.isclose(squared_error(perfect, targets), 2 * variance)
    assert torch.isclose(squared_error(mean, targets), variance)
    assert squared_error(targets, targets) == 0


def test_a_prefix_loads_nothing_without_a_word():
    torch.manual_seed(0)
    trained, model = nn.Linear(3, 2), nn.Linear(3, 2)
    before = model.weight.detach().clone()
    load_quietly(model, {f"module.{n}": v for n, v in trained.state_dict().items()})
    assert torch.equal(model.weight, before)
    load_quietly(model, trained.state_dict())
    assert torch.equal(model.weight, trained.weight)
