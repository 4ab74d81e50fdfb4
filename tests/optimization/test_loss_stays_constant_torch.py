"""Each check by itself, on models small enough to know the answer."""

import math

import pytest
import torch
from torch import nn

from snippets.optimization.loss_stays_constant import stuck_share
from snippets.optimization.loss_stays_constant_torch import (
    gradient_norms,
    overfit_one_batch,
    relative_updates,
    squashed,
    stuck_units,
    untrained_parameters,
)


def small() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))


def test_an_optimizer_that_holds_everything_leaves_nothing():
    model = small()
    assert untrained_parameters(model, torch.optim.SGD(model.parameters())) == {}


def test_a_copy_with_equal_values_is_not_held():
    model, twin = small(), small()
    found = untrained_parameters(model, torch.optim.SGD(twin.parameters()))
    assert set(found.values()) == {"not in the optimizer"} and len(found) == 4


def test_all_groups_are_searched_and_frozen_is_told_apart():
    model = small()
    groups = [{"params": [model[0].weight]}, {"params": [model[2].weight, model[0].bias]}]
    optimizer = torch.optim.SGD(groups)
    model[0].bias.requires_grad_(False)
    assert untrained_parameters(model, optimizer) == {
        "0.bias": "frozen", "2.bias": "not in the optimizer"}


def test_moving_a_module_to_another_dtype_keeps_it_in_the_optimizer():
    model = small()
    optimizer = torch.optim.SGD(model.parameters())
    model.to(torch.float64)  # the data of the parameters are exchanged, not the parameters
    assert untrained_parameters(model, optimizer) == {}


def test_gradient_norms_equal_those_of_backward_and_touch_nothing():
    model, x = small(), torch.randn(7, 3, generator=torch.Generator().manual_seed(1))
    loss = model(x).square().sum()
    found = gradient_norms(model, loss)
    assert all(p.grad is None for p in model.parameters())
    loss.backward()  # the graph is still there
    for name, parameter in model.named_parameters():
        assert math.isclose(found[name], parameter.grad.norm().item(), rel_tol=1e-6)


def test_none_where_no_path_leads_and_zero_where_nothing_passes():
    model, x = small(), torch.ones(7, 3)
    cut = gradient_norms(model, model[2](model[0](x).detach()).sum())
    assert cut["0.weight"] is None and cut["0.bias"] is None and cut["2.weight"] > 0
    nn.init.zeros_(model[2].weight)
    zero = gradient_norms(model, model(x).sum())
    assert zero["0.weight"] == 0.0 and zero["2.bias"] > 0
    with torch.no_grad():
        nothing = gradient_norms(model, model(x).sum())
    assert set(nothing.values()) == {None} and len(nothing) == 4


def test_frozen_parameters_are_left_out_of_the_norms():
    model = small()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    assert gradient_norms(model, model(torch.ones(2, 3)).sum()) == {}


def test_relative_updates_by_hand():
    model = nn.Linear(2, 1)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[3.0, 4.0]]))
        model.bias.zero_()

    def step():
        with torch.no_grad():
            model.weight[0, 0] += 0.5
    assert relative_updates(model, step) == {"weight": pytest.approx(0.1), "bias": 0.0}

    def move_bias():
        with torch.no_grad():
            model.bias += 1
    assert relative_updates(model, move_bias)["bias"] == math.inf


def test_broken_weights_are_not_reported_as_unmoved():
    model = nn.Linear(2, 1)

    def break_it():
        with torch.no_grad():
            model.weight.fill_(math.nan)
    assert math.isnan(relative_updates(model, break_it)["weight"])


def test_one_batch_returns_the_first_and_the_last_loss():
    losses = iter([3.0, 2.0, 1.0, 0.5])
    assert overfit_one_batch(lambda: torch.tensor(next(losses)), 3) == (3.0, 1.0)
    again = iter([3.0, 2.0])
    assert overfit_one_batch(lambda: torch.tensor(next(again)), 2) == (3.0, 2.0)
    count = iter(range(1000))
    assert overfit_one_batch(lambda: torch.tensor(float(next(count)))) == (0.0, 199.0)  # the page's 200 steps
    with pytest.raises(ValueError, match="steps"):
        overfit_one_batch(lambda: torch.tensor(0.0), 1)


def test_probabilities_are_told_from_logits():
    logits = torch.randn(7, 3, generator=torch.Generator().manual_seed(0))
    assert squashed(logits) == ""
    assert squashed(logits.softmax(1)) == "softmax"
    assert squashed(logits.sigmoid()) == "sigmoid"
    assert squashed(logits[:, 0].sigmoid()) == "sigmoid"
    assert squashed(logits.log_softmax(1)) == ""
    assert squashed(torch.full((2, 3), math.nan)) == ""
    assert squashed(torch.tensor([[0.0, 1.0], [1.0, 0.0]])) == "softmax"  # two classes, quite sure
    assert squashed(torch.tensor([[0.50005, 0.5]])) == "softmax"  # as rounded as float16 leaves it
    assert squashed(torch.tensor([[0.2, 0.3]])) == "sigmoid"
    assert squashed(torch.ones(3, 1)) == "sigmoid"  # one column of ones is no softmax over classes
    assert squashed(torch.tensor([[0.5, 1.5]])) == ""


def test_zero_logits_are_no_probabilities_and_maps_of_classes_are_seen():
    assert squashed(torch.zeros(5, 3)) == ""
    maps = torch.randn(2, 3, 5, 7, generator=torch.Generator().manual_seed(0))
    assert squashed(maps) == "" and squashed(maps.softmax(1)) == "softmax"


def test_stuck_units_leave_the_statistics_of_batch_norm_alone():
    model = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2)).train()
    stuck_units(model, torch.randn(7, 3, generator=torch.Generator().manual_seed(0)) + 4)
    assert model.training and model[1].num_batches_tracked == 0
    with pytest.raises(ValueError, match="output of 1"):
        stuck_units(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), torch.ones(1, 1, 5, 5))


def test_a_slope_of_just_the_smallest_is_not_stuck():
    x = torch.zeros(3, 2)  # where the sigmoid's slope is a quarter
    assert stuck_units(nn.Sequential(nn.Sigmoid()), x, smallest=0.25) == {"0": 0.0}
    assert stuck_units(nn.Sequential(nn.Sigmoid()), x, smallest=0.26) == {"0": 1.0}


@pytest.mark.parametrize("activation", [nn.ReLU, nn.Sigmoid, nn.Tanh])
def test_stuck_units_agree_with_the_slopes_that_autograd_gives(activation):
    generator = torch.Generator().manual_seed(2)
    model = nn.Sequential(nn.Linear(3, 200), activation(), nn.Linear(200, 2))
    with torch.no_grad():
        model[0].weight.copy_(torch.randn(200, 3, generator=generator) * 3)
        model[0].bias.copy_(torch.randn(200, generator=generator) * 12)
    x = torch.randn(11, 3, generator=generator)
    z = model[0](x).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(activation()(z).sum(), z)
    found = stuck_units(model, x)
    assert list(found) == ["1"] and 0.05 < found["1"] < 0.95
    assert found["1"] == pytest.approx(stuck_share(slopes.numpy()))
    assert not model[1]._forward_hooks
