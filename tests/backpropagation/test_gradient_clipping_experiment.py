"""The page's numbers from the committed run, the derivative of the unit, and a shorter run."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.backpropagation import gradient_clipping_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_table_on_the_page():
    assert RESULT["starts"] == 63
    solved = {name: row["solved"] for name, row in RESULT["table"].items()}
    assert solved == {"0.03, none": 0, "0.03, norm 1": 8, "0.03, norm 0.1": 3,
                      "0.1, none": 3, "0.1, norm 1": 38, "0.1, norm 0.1": 13,
                      "0.3, none": 32, "0.3, norm 1": 63, "0.3, norm 0.1": 58}
    table = RESULT["table"]
    assert round(table["0.3, none"]["norm"], -2) == 31_300
    assert round(table["0.3, none"]["far"], -1) == 8410
    assert all(row["far"] < 6.5 for name, row in table.items() if "norm" in name)


def test_the_path_of_the_figure():
    assert RESULT["path_end"]["none"] == [1.591, -9.011]
    assert RESULT["path_norm"]["none"] == 73.52
    assert RESULT["path"]["norm 1"][-1] < 1e-3 < 0.4 < RESULT["path"]["none"][-1]


def test_what_an_outlier_does_to_adam():
    adam = RESULT["adam"]
    assert (adam["at"], adam["smallest"]) == (3.2766, 0.3122)
    assert adam["smallest_after"] == 73 and adam["below_90_until"] == 3750
    assert adam["sum_extra"] == -1504.8
    # By hand: v = 1 + 0.001 * 9999 * 0.999**k, and 1 / sqrt(v) < 0.9 while v > 1.2346.
    assert abs(np.log(0.2346 / 9.999) / np.log(0.999) - adam["below_90_until"]) < 2


def test_adam_forgets_a_constant_factor():
    grads = np.sin(np.arange(50.0))
    steps, small = experiment.adam_steps(grads[1:]), experiment.adam_steps(0.01 * grads[1:])
    np.testing.assert_allclose(steps, small, rtol=1e-4)


def test_the_derivative_of_the_unit():
    w, b, h = np.array([5.5, 2.0]), np.array([-2.2, -1.0]), 1e-6
    _, dw, db = experiment.loss_and_grad(w, b)
    loss = lambda w, b: experiment.loss_and_grad(w, b)[0]  # noqa: E731
    np.testing.assert_allclose(dw, (loss(w + h, b) - loss(w - h, b)) / (2 * h), rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(db, (loss(w, b + h) - loss(w, b - h)) / (2 * h), rtol=1e-5, atol=1e-9)


@pytest.mark.slow
def test_a_part_of_the_run_again():
    for name, max_norm in experiment.RULES.items():
        path = experiment.descend(0.3, max_norm)
        solved = int((path["loss"][-1] < 0.01).sum())
        assert abs(solved - RESULT["table"][f"0.3, {name}"]["solved"]) <= 6
