"""The page's numbers from the committed run, and a step again."""

import json
from pathlib import Path

import pytest

from snippets.optimization import second_order_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_table_on_the_page():
    def rows(name, step):
        return [float(f"{run['losses'][step]:.2g}") for run in RESULT[name]]

    assert rows("Newton", 0) == [0.97, 1.1, 1.1]
    assert rows("gradient descent", 1) == [0.76, 0.81, 0.79]
    assert rows("gradient descent", 10) == [0.38, 0.41, 0.38]
    assert rows("Newton", 1) == [540, 3.8, 47] and rows("Newton", 10) == [0.69, 0.45, 0.44]
    assert rows("Newton, damped", 1) == [0.97, 1.1, 1.1] and rows("Newton, damped", 10) == [0.26, 0.24, 0.22]
    assert rows("saddle-free, damped", 1) == [0.39, 0.42, 0.39]
    assert rows("saddle-free, damped", 10) == [0.17, 0.16, 0.16]
    assert rows("Gauss-Newton, damped", 1) == [0.34, 0.32, 0.36]
    assert rows("Gauss-Newton, damped", 10) == [0.14, 0.15, 0.16]
    assert [run["negative"] for run in RESULT["Newton"]] == [143, 143, 157]
    assert [run["negative"] for run in RESULT["Gauss-Newton, damped"]] == [0, 0, 0]


def test_as_many_gradients_as_products_reach_a_lower_loss():
    def rows(step):
        return [float(f"{run[step]:.2g}") for run in RESULT["momentum"]]

    assert rows("5920") == [0.094, 0.1, 0.099] and rows("592") == [0.12, 0.15, 0.14]
    best = min(run["losses"][10] for run in RESULT["Gauss-Newton, damped"])
    assert all(run["5920"] < best for run in RESULT["momentum"])


@pytest.mark.slow
def test_one_step_again():
    for name in ("Newton, damped", "Gauss-Newton, damped"):
        again = experiment.run(name, 0, steps=1)
        assert abs(again["losses"][1] - RESULT[name][0]["losses"][1]) < 0.01
        assert again["negative"] == RESULT[name][0]["negative"]
    assert abs(experiment.momentum(0, steps=600)["600"] - RESULT["momentum"][0]["592"]) < 0.01
