"""The page's numbers stand in the committed run, and a small run shows the same."""

import json
from pathlib import Path

import pytest
import torch

from snippets.convolution import resnet_experiment
from snippets.convolution.resnet_experiment import (
    Block,
    group,
    network,
    rate,
    run,
    table,
    train,
)

RESULT = json.loads(
    Path(resnet_experiment.__file__).with_suffix(".json").read_text(encoding="utf-8")
)


def summary(key: str, *which) -> str:
    """Mean and range over the seeds, as the page prints them."""
    values = [r[key] for r in group(RESULT, *which)]
    assert len(values) == 3
    mean = sum(values) / 3
    return f"{mean:.1f} ({min(values):.1f} to {max(values):.1f})"


def test_the_table_of_the_page():
    expected = {
        (8, False): ("0.0 (0.0 to 0.0)", "1.3 (0.9 to 1.6)"),
        (20, False): ("0.0 (0.0 to 0.0)", "1.9 (1.1 to 2.4)"),
        (32, False): ("7.2 (0.6 to 15.2)", "11.4 (4.7 to 20.7)"),
        (44, False): ("25.5 (7.1 to 43.0)", "29.9 (10.0 to 48.7)"),
        (8, True): ("0.0 (0.0 to 0.0)", "1.8 (1.1 to 2.4)"),
        (20, True): ("0.0 (0.0 to 0.0)", "1.9 (1.6 to 2.4)"),
        (32, True): ("0.0 (0.0 to 0.0)", "1.9 (1.3 to 2.7)"),
        (44, True): ("0.0 (0.0 to 0.0)", "2.3 (2.2 to 2.4)"),
    }
    for which, (train_error, test_error) in expected.items():
        assert summary("train_error", *which) == train_error, which
        assert summary("test_error", *which) == test_error, which


def test_neither_a_smaller_rate_nor_more_epochs_saves_the_deep_plain_network():
    assert summary("train_error", 44, False, 30, 0.02) == "28.4 (18.7 to 42.6)"
    assert summary("train_error", 44, True, 30, 0.02) == "0.0 (0.0 to 0.0)"
    assert summary("train_error", 44, False, 90) == "32.4 (1.1 to 55.4)"


def test_the_shortcut_is_faster_at_20_layers_too():
    loss = {flag: sum(r["loss"][4] for r in group(RESULT, 20, flag)) / 3 for flag in (False, True)}
    assert f"{loss[False]:.2f} {loss[True]:.2f}" == "0.84 0.09"  # after five epochs
    last = [r["loss"][-1] for r in group(RESULT, 44, False)]
    assert sum(last) / 3 > 0.5


def test_the_first_gradient_explodes_in_the_plain_network():
    means = {which: sum(r["first_gradient"] for r in group(RESULT, *which)) / 3
             for which in ((8, False), (44, False), (8, True), (44, True))}
    assert {which: f"{mean:.2f}" for which, mean in means.items()} == {
        (8, False): "0.05", (44, False): "6.94", (8, True): "0.05", (44, True): "0.26"}


def test_plain_and_residual_start_from_the_same_weights():
    plain, residual = (network(20, flag, torch.Generator().manual_seed(3))
                       for flag in (False, True))
    assert len(list(plain.parameters())) == len(list(residual.parameters()))
    for a, b in zip(plain.parameters(), residual.parameters(), strict=True):
        assert torch.equal(a, b)


def test_convolutions_start_with_the_variance_that_he_derived():
    weight = network(8, True, torch.Generator().manual_seed(4))[5].conv1.weight
    assert weight.shape == (32, 16, 3, 3)  # 4,608 numbers: their deviation is known to 1 percent
    assert abs(weight.std().item() / (2 / (32 * 9)) ** 0.5 - 1) < 0.04


def test_the_rate_falls_after_two_thirds():
    assert [rate(step, 6, 0.1) for step in range(6)] == [0.1] * 4 + [0.01] * 2


def test_the_first_gradient_is_the_committed_one():
    again = train(8, True, 1, 1)["first_gradient"]
    assert abs(again / group(RESULT, 8, True)[1]["first_gradient"] - 1) < 1e-3


def test_depth_counts_the_weighted_layers():
    for depth in (8, 20):
        layers = [m for m in network(depth, True, torch.Generator()).modules()
                  if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))]
        assert len(layers) == depth
    with pytest.raises(ValueError, match=r"depth.*21"):
        network(21, True, torch.Generator())


def test_the_shortcut_is_subsampled_and_filled_with_zeros():
    block = Block(2, 5, 2, residual=True)
    torch.nn.init.zeros_(block.bn2.weight)  # what is left is the shortcut
    x = torch.rand(3, 2, 6, 4)
    y = block(x)
    assert y.shape == (3, 5, 3, 2)
    assert torch.equal(y[:, :2], x[:, :, ::2, ::2])
    assert (y[:, 2:] == 0).all()
    plain = Block(2, 5, 2, residual=False)
    torch.nn.init.zeros_(plain.bn2.weight)
    assert (plain(x) == 0).all()


@pytest.mark.slow
def test_a_short_run_shows_the_degradation_again():
    result = run(depths=(8, 44), seeds=(0,), epochs=6, checks=False)
    loss = {(r["depth"], r["residual"]): r["loss"][-1] for r in result["runs"]}
    assert loss[44, False] > 5 * loss[8, False]
    assert loss[44, True] < 0.2 * loss[44, False]
    assert len(table({"runs": result["runs"]}).splitlines()) == 4
    again = train(8, False, 0, 6)
    assert again == result["runs"][0]
