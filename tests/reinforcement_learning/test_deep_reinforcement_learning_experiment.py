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
    values = np.array(sorted_of("100", "start_error")) + MEASURED["optimum"]
    assert values.min() >= 0 and values.max() < 0.01
    assert round(float(np.median(sorted_of("2000", "start_error"))), 2) == -0.02


def test_reinforce_stalls_from_one_start_and_not_from_many():
    one, many = ([run[-1] for run in MEASURED["reinforce"][name]] for name in ("one start", "random starts"))
    assert len(one) == len(many) == 10
    assert sum(share > 0.9 for share in one) == 2 and sum(share < 0.03 for share in one) == 8
    assert [round(min(many), 2), round(max(many), 2)] == [0.83, 0.91]


def test_the_deep_learners():
    rounded = {name: sorted(round(run["share"], 2) for run in runs)
               for name, runs in MEASURED["deep"].items()}
    assert rounded["dqn"] == [-0.13, 0.39, 0.44, 0.46, 0.61, 0.67, 0.72, 0.73, 0.99, 0.99]
    assert rounded["no target network"] == [
        0.00, 0.26, 0.42, 0.65, 0.66, 0.70, 0.86, 0.97, 0.99, 0.99]
    assert max(map(abs, rounded["no replay"][:8])) <= 0.01 and rounded["no replay"][8:] == [0.27, 0.44]


def test_a_finding_of_five_seeds_shrinks_with_ten():
    pair = [[run["share"] for run in MEASURED["deep"][name]] for name in ("dqn", "no target network")]
    assert [round(float(np.mean(runs[:5])), 2) for runs in pair] == [0.51, 0.72]
    assert [round(float(np.mean(runs)), 2) for runs in pair] == [0.59, 0.65]
    error = np.sqrt(sum(np.var(runs, ddof=1) / len(runs) for runs in pair))
    assert round(float(error), 2) == 0.15


@pytest.mark.slow
def test_a_part_measured_again():
    again = experiment.tabular(0, episodes=(100,))["100"]
    first = MEASURED["q_learning"][0]["100"]
    assert abs(again["share"] - first["share"]) < 1e-9
    shares = experiment.reinforce(0, False, episodes=300)
    assert np.allclose(shares, MEASURED["reinforce"]["one start"][0][:3], atol=1e-9)


@pytest.mark.slow
def test_a_hundred_episodes_are_about_as_many_steps_as_the_networks_get():
    class Counter:
        def __init__(self):
            self.env, self.steps = experiment.make(), 0

        def reset(self, **options):
            return self.env.reset(**options)

        def step(self, action):
            self.steps += 1
            return self.env.step(action)

    steps = []
    for seed in range(10):
        counter = Counter()
        experiment.q_learning(counter, 49, 100, experiment.GAMMA, 0.2, np.random.default_rng(seed))
        steps.append(counter.steps)
    assert [min(steps), max(steps)] == [3806, 6154]
