"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.reinforcement_learning import deep_reinforcement_learning_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def test_the_optimum_is_value_iterations():
    assert abs(MEASURED["optimum"] - experiment.OPTIMUM) < 1e-9
    assert round(MEASURED["optimum"], 3) == 0.466


def test_q_learning_finds_the_way_before_the_values():
    def sorted_of(episodes, what):
        return sorted(run[episodes][what] for run in MEASURED["q_learning"])

    early, late = sorted_of("100", "share"), sorted_of("2000", "share")
    assert len(early) == 10
    assert [round(early[0], 2), round(early[1], 2)] == [0.42, 0.93]
    assert [round(late[0], 2), round(late[1], 2), round(late[-1], 2)] == [0.68, 0.98, 1.00]
    # After 100 episodes the start's value is still about zero.
    assert max(sorted_of("100", "start_error")) < -0.45
    assert round(float(np.median(sorted_of("2000", "start_error"))), 2) == -0.02


def test_reinforce_stalls_from_one_start_and_not_from_many():
    one, many = ([run[-1] for run in MEASURED["reinforce"][name]] for name in ("one start", "random starts"))
    assert len(one) == len(many) == 10
    assert sum(share > 0.9 for share in one) == 2 and sum(share < 0.03 for share in one) == 8
    assert [round(min(many), 2), round(max(many), 2)] == [0.83, 0.91]


def test_the_deep_learners():
    shares = {name: [round(run["share"], 2) for run in runs] for name, runs in MEASURED["deep"].items()}
    assert shares["dqn"] == [0.61, 0.39, 0.99, 0.67, -0.13]
    assert shares["no target network"] == [0.86, 0.97, 0.42, 0.70, 0.65]
    assert len(shares["no replay"]) == 5 and max(shares["no replay"]) <= 0
    assert [round(float(np.mean(shares[name])), 2) for name in ("dqn", "no target network")] == [0.51, 0.72]


@pytest.mark.slow
def test_a_part_measured_again():
    again = experiment.tabular(0, episodes=(100,))["100"]
    first = MEASURED["q_learning"][0]["100"]
    assert abs(again["share"] - first["share"]) < 1e-9
    shares = experiment.reinforce(0, False, episodes=300)
    assert np.allclose(shares, MEASURED["reinforce"]["one start"][0][:3], atol=1e-9)
