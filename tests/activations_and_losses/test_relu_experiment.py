"""The page's numbers from the committed run, and the two claims from a shorter one."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.activations_and_losses import relu_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def column(slope: float, what: str, value: float) -> list[dict]:
    return RESULT["slopes"][str(slope)][what][RESULT[what].index(value)]


def test_learning_rates_on_the_page():
    assert RESULT["seeds"] == 5 and RESULT["epochs"] == 20
    for lr, shares, errors in ((0.3, (0, 0, 0), (0.024, 0.024, 0.023)),
                               (0.7, (0.053, 0.050, 0.009), (0.024, 0.023, 0.023)),
                               (1.0, (0.286, 0.305, 0.031), (0.025, 0.023, 0.020))):
        for slope, share, error in zip(experiment.SLOPES, shares, errors, strict=True):
            runs = column(slope, "rates", lr)
            found = [experiment.second_layer(runs, "end"), experiment.error(runs)]
            np.testing.assert_allclose(found, [share, error], atol=6e-4, err_msg=f"{lr} {slope}")
            assert sum(one["finite"] for one in runs) == (4 if (lr, slope) == (1.0, 0.1) else 5)


def test_nothing_died_in_the_first_layer():
    for table in RESULT["slopes"].values():
        for runs in table["rates"]:
            assert all(one["end"][0] == 0 for one in runs)


def test_shifts_on_the_page():
    for shift, slope, start, end, error in ((1.5, 0.0, 0.283, 0.028, 0.071),
                                            (2.0, 0.0, 0.952, 0.900, 0.888),
                                            (2.0, 0.01, 0.950, 0.834, 0.821),
                                            (2.0, 0.1, 0.892, 0.011, 0.054),
                                            (3.0, 0.0, 1.0, 1.0, 0.915),
                                            (3.0, 0.1, 1.0, 0.255, 0.119)):
        runs = column(slope, "shifts", shift)
        found = [experiment.second_layer(runs, "start"), experiment.second_layer(runs, "end"),
                 experiment.error(runs)]
        np.testing.assert_allclose(found, [start, end, error], atol=6e-4, err_msg=f"{shift} {slope}")


@pytest.mark.slow
def test_a_shorter_run_shows_the_same():
    result = experiment.run(seeds=2, epochs=10, rates=[0.1, 1.0], shifts=[2.0], slopes=[0.0, 0.1])
    relu, leaky = result["slopes"]["0.0"], result["slopes"]["0.1"]
    assert experiment.second_layer(relu["rates"][0], "end") == 0
    assert experiment.second_layer(relu["rates"][1], "end") > 0.05
    assert experiment.error(relu["rates"][1]) < 0.06
    assert experiment.error(relu["shifts"][0]) > 0.7
    assert experiment.error(leaky["shifts"][0]) < 0.2
