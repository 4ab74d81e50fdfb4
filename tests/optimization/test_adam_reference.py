"""The same numbers as torch.optim.Adam and AdamW, step after step."""

import numpy as np
import pytest
import torch

from snippets.optimization.adam import adam_step, adam_steps

SHAPES = [(2, 3), (5,), (7, 1, 2)]
SETTINGS = [
    {},
    {"lr": 0.1, "beta1": 0.0, "beta2": 0.5},
    {"lr": 0.03, "beta1": 0.9, "beta2": 0.95, "eps": 1e-3},
    {"lr": 0.01, "beta1": 0.99, "beta2": 0.9, "eps": 1e-12},
    {"lr": 0.01, "beta1": 0.5, "beta2": 0.999, "weight_decay": 0.1},
]


def gradient(x, scale):
    """Of a bumpy loss, different in scale for every parameter; works for arrays and tensors."""
    return scale * (x**3 - 2 * x + 0.3)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_500_steps_match_torch(setting):
    generator = torch.Generator().manual_seed(0)
    theirs = [torch.nn.Parameter(torch.randn(s, generator=generator, dtype=torch.float64))
              for s in SHAPES]
    scales = [1e-4, 1.0, 1e3]
    ours = [p.detach().numpy().copy() for p in theirs]
    moments = [(np.zeros(s), np.zeros(s)) for s in SHAPES]
    defaults = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0}
    options = {**defaults, **setting}
    kind = torch.optim.AdamW if options["weight_decay"] else torch.optim.Adam
    optimizer = kind(theirs, lr=options["lr"], betas=(options["beta1"], options["beta2"]),
                     eps=options["eps"], weight_decay=options["weight_decay"])
    for t in range(1, 501):
        for i, (parameter, scale) in enumerate(zip(theirs, scales, strict=True)):
            # Both get torch's gradient: a loop of its own would amplify the last digit's rounding.
            parameter.grad = gradient(parameter.detach(), scale)
            grad = parameter.grad.numpy()
            ours[i], *moments[i] = adam_step(ours[i], grad, *moments[i], t, **options)
        optimizer.step()
    for mine, parameter in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, parameter.detach().numpy(), rtol=1e-10, atol=1e-12)


def test_torch_keeps_two_states_of_the_parameters_size():
    parameter = torch.nn.Parameter(torch.zeros(2, 3))
    optimizer = torch.optim.Adam([parameter])
    parameter.grad = torch.ones(2, 3)
    optimizer.step()
    shapes = [tuple(s.shape) for s in optimizer.state[parameter].values() if s.ndim]
    assert shapes == [(2, 3), (2, 3)]


def test_torch_adam_weight_decay_is_l2_and_adamw_is_decoupled():
    # One step on a weight of 2 with no data gradient: L2 moves by lr whatever the decay.
    moved = {}
    for kind in (torch.optim.Adam, torch.optim.AdamW):
        for decay in (0.001, 0.1):
            weight = torch.nn.Parameter(torch.tensor(2.0, dtype=torch.float64))
            weight.grad = torch.zeros_like(weight)
            kind([weight], lr=0.01, weight_decay=decay).step()
            moved[kind.__name__, decay] = 2.0 - weight.item()
    np.testing.assert_allclose([moved["Adam", 0.001], moved["Adam", 0.1]], [0.01, 0.01], rtol=1e-5)
    decoupled = [moved["AdamW", 0.001], moved["AdamW", 0.1]]
    np.testing.assert_allclose(decoupled, [2e-5, 2e-3], rtol=1e-9)


def test_sparse_adam_stops_where_adam_coasts():
    # An embedding of 2 rows; row 0 is used at step 1 only, row 1 at every step.
    moved = {}
    for kind, sparse in ((torch.optim.Adam, False), (torch.optim.SparseAdam, True)):
        table = torch.nn.Embedding(2, 3, sparse=sparse, dtype=torch.float64)
        optimizer = kind(table.parameters(), lr=0.1)
        positions = []
        for t in range(5):
            optimizer.zero_grad()
            table(torch.tensor([0, 1] if t == 0 else [1])).sum().backward()
            optimizer.step()
            positions.append(table.weight.detach()[0].clone())
        moved[kind.__name__] = (positions[4] - positions[0]).abs().max().item()
    assert moved["SparseAdam"] == 0
    steps = adam_steps(np.array([1.0, 0, 0, 0, 0]), lr=0.1)
    np.testing.assert_allclose(moved["Adam"], -steps[1:].sum(), rtol=1e-9)


def test_a_decay_outside_its_range_is_refused_with_its_name_and_value():
    zero = np.zeros(2)
    for options, message in (({"beta1": 1.0}, r"^beta1 must lie in \[0, 1\), got 1\.0$"),
                             ({"beta2": -0.1}, r"^beta2 must lie in \[0, 1\), got -0\.1$")):
        with pytest.raises(ValueError, match=message):
            adam_step(zero, zero, zero, zero, t=1, **options)
