"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.generative import boltzmann_machine_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def row(method: str) -> list[float]:
    """Means over the seeds: best and last log-likelihood, reconstruction error at the best and at the end."""
    found = []
    for record in MEASURED["curves"][method]:
        values, rebuilt = record["log_likelihood"], record["reconstruction"]
        best = int(np.argmax(values))
        found.append([values[best], values[-1], rebuilt[best], rebuilt[-1]])
    means = np.mean(found, axis=0)
    return [round(float(m), 2) for m in means[:2]] + [round(float(m), 3) for m in means[2:]]


def test_there_are_14_patterns_and_a_perfect_model_has_minus_log_14():
    assert experiment.bars_and_stripes().shape == (14, 9)
    assert round(MEASURED["ceiling"], 2) == -2.64 and abs(MEASURED["ceiling"] + np.log(14)) < 1e-12


def test_the_table():
    assert {method: row(method) for method in experiment.METHODS} == {
        "exact": [-2.69, -2.69, 0.033, 0.033],
        "CD-1": [-3.1, -3.16, 0.046, 0.029],
        "CD-1, falling rate": [-3.1, -3.11, 0.07, 0.067],
        "CD-10": [-2.7, -2.72, 0.028, 0.027],
        "PCD-1": [-2.87, -4.13, 0.074, 0.03],
        "PCD-1, falling rate": [-2.77, -2.77, 0.065, 0.065],
    }


def test_cd_1_falls_after_its_best_while_the_reconstruction_still_improves():
    for record in MEASURED["curves"]["CD-1"]:
        values, rebuilt = record["log_likelihood"], record["reconstruction"]
        best = int(np.argmax(values))
        assert values[-1] < values[best] - 0.04 and rebuilt[-1] < 0.8 * rebuilt[best]


@pytest.mark.slow
def test_the_first_steps_come_out_the_same_again():
    for method in ("exact", "CD-1", "PCD-1"):
        again = experiment.train(method, 500, 0)
        np.testing.assert_allclose(again["log_likelihood"],
                                   MEASURED["curves"][method][0]["log_likelihood"][:3], atol=2e-4)
