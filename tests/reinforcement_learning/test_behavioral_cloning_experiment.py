"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.reinforcement_learning import behavioral_cloning_experiment as experiment
from snippets.reinforcement_learning.behavioral_cloning import (
    clone,
    drive,
    error_rate,
    expected_cost,
    expert_actions,
    random_road,
)

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def test_the_table():
    costs, errors = MEASURED["costs"]["4000"], MEASURED["errors"]["4000"]
    rows = {name: [round(100 * errors[name], 2), *(round(costs[name][h], 2) for h in ("10", "100", "1000"))]
            for name in ("cloned", "noise", "dagger")}
    assert rows == {
        "cloned": [0.43, 0.14, 5.70, 147.32],
        "noise": [1.00, 0.12, 1.74, 25.95],
        "dagger": [0.57, 0.09, 0.97, 9.84],
    }
    assert MEASURED["run"]["seeds"] == 20 and all(MEASURED["bound_holds"])


def test_the_slopes():
    costs = MEASURED["costs"]["4000"]
    slopes = {name: round(float(np.log10(costs[name]["100"] / costs[name]["10"])), 1) for name in costs}
    assert slopes == {"cloned": 1.6, "noise": 1.2, "dagger": 1.1}
    last = np.log(costs["dagger"]["1000"] / costs["dagger"]["300"]) / np.log(1000 / 300)
    assert round(float(last), 2) == 1.00
    assert round(costs["cloned"]["1000"] / costs["dagger"]["1000"]) == 15


@pytest.mark.slow
def test_a_car_that_stays_lost_would_have_slope_1_9():
    lost = []
    for seed in range(20):
        rng = np.random.default_rng(seed)  # the roads and clones of experiment.policies
        probs, shifts = random_road(experiment.BENDS, rng)
        expert = expert_actions(shifts)
        error = error_rate(clone(*drive(expert, probs, shifts, 4000, rng), expert), probs, shifts)
        lost.append(np.cumsum(1 - (1 - error) ** np.arange(1, 101)))
    mean = np.mean(lost, axis=0)
    assert round(float(np.log10(mean[99] / mean[9])), 1) == 1.9


def test_a_quarter_of_the_labels_suffices():
    few, many = MEASURED["costs"]["1000"], MEASURED["costs"]["4000"]
    assert [round(few["cloned"]["1000"]), round(few["dagger"]["1000"])] == [619, 130]
    assert few["dagger"]["1000"] < many["cloned"]["1000"]


def test_the_best_noise_is_in_the_middle():
    noises = {name: round(value, 1) for name, value in MEASURED["noises"].items()}
    assert noises == {"0.0": 32.1, "0.03": 9.5, "0.1": 7.0, "0.3": 6.9, "0.6": 12.6}


def test_one_road_measured_again():
    probs, shifts, learned = experiment.policies(4000, 0)
    cost = {name: expected_cost(policy, probs, shifts, 300)[-1] for name, policy in learned.items()}
    assert cost["dagger"] < cost["noise"] < cost["cloned"]
    assert error_rate(learned["cloned"], probs, shifts) < 0.02
