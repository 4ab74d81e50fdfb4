"""The page's accuracies from the committed run, and a shorter run with the same outcome."""

import json
from pathlib import Path

import pytest

from snippets.backpropagation import vanishing_gradients_remedies_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PERCENT = {  # test accuracy in percent, as on the page
    "sigmoid": {"plain": 9.7, "adam": 8.7, "matched": 53.7, "centered": 95.1, "layer norm": 9.7,
                "batch norm": 95.3, "residual": 95.4, "pre-norm residual": 96.1},
    "tanh": {"plain": 8.7, "adam": 30.9, "matched": 91.7, "layer norm": 96.0,
             "batch norm": 95.2, "residual": 96.3, "pre-norm residual": 97.3},
    "relu": {"plain": 8.7, "clip": 8.7, "adam": 21.8, "matched": 71.5, "layer norm": 82.7,
             "batch norm": 92.5, "residual": 94.1, "pre-norm residual": 97.9},
    "explode": {"plain": 23.5, "clip": 25.3, "adam": 32.6, "layer norm": 70.6,
                "batch norm": 92.9, "residual": 10.1, "pre-norm residual": 94.9},
}


def test_the_table_on_the_page():
    assert (RESULT["seeds"], RESULT["epochs"], RESULT["depth"]) == (3, 12, 20)
    assert sum(map(len, PERCENT.values())) == len(RESULT["runs"])
    for name, row in PERCENT.items():
        for remedy, value in row.items():
            mean = experiment.best(RESULT["runs"][f"{name}, {remedy}"])[1]
            assert abs(100 * mean - value) < 0.06, (name, remedy, mean)


def test_the_ranges_and_rates_on_the_page():
    chosen = {name: experiment.best(one) for name, one in RESULT["runs"].items()}
    assert [round(100 * v, 1) for v in chosen["relu, matched"][2:]] == [62.2, 77.8]
    assert [round(100 * v, 1) for v in chosen["relu, layer norm"][2:]] == [70.8, 89.6]
    for name in ("sigmoid", "tanh", "relu", "explode"):
        assert chosen[f"{name}, pre-norm residual"][0] == 0.64
    assert chosen["explode, plain"][0] == 1e-8 and chosen["relu, residual"][0] == 0.01


def test_no_rate_outside_the_grid_is_better():
    assert set(RESULT["outside"]) == set(experiment.OUTSIDE)
    for name, one in RESULT["outside"].items():
        inside, (valid,) = RESULT["runs"][name], one["valid"]
        end = min if one["rates"][0] < inside["rates"][0] else max
        assert experiment.best(inside)[0] == end(inside["rates"]), name
        assert sum(valid) / 3 < max(sum(row) / 3 for row in inside["valid"]), name
        if "pre-norm" in name:
            assert valid == [0, 0, 0]


@pytest.mark.slow
def test_a_shorter_run_shows_the_same():
    result = experiment.run(seeds=1, epochs=4, names=["tanh, plain", "tanh, pre-norm residual"])
    accuracy = {name: experiment.best(one)[1] for name, one in result["runs"].items()}
    assert accuracy["tanh, plain"] < 0.3 and accuracy["tanh, pre-norm residual"] > 0.85
