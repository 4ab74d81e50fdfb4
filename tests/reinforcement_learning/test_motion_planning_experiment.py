"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from snippets.reinforcement_learning import motion_planning_experiment as experiment
from snippets.reinforcement_learning.motion_planning_torch import GaussianPolicy

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def percent(name: str, what: str, row=lambda run: run["bare"]) -> list[int]:
    runs = MEASURED[name] if isinstance(MEASURED[name], list) else [MEASURED[name]]
    return sorted(round(100 * row(run)[what]) for run in runs)


def test_the_table():
    assert MEASURED["rooms"] == MEASURED["possible"] == 400
    assert [percent(name, "success") for name in ("straight", "planner", "room frame", "goal frame")] == [
        [35], [100], [24, 27, 32], [86, 87, 88]]
    assert [percent(name, "collision") for name in ("straight", "planner", "room frame", "goal frame")] == [
        [65], [0], [58, 59, 60], [2, 2, 2]]
    lengths = [run["bare"]["length"] for run in MEASURED["goal frame"]]
    assert [round(min(lengths), 2), round(max(lengths), 2)] == [1.07, 1.09]
    assert round(MEASURED["planner"]["bare"]["length"], 2) == 1.01
    assert round(MEASURED["detour"], 2) == 1.10


def test_the_filter_prevents_every_collision_without_delay_and_few_with():
    for name in ("straight", "planner", "room frame", "goal frame", "delays", "steep"):
        assert percent(name, "collision", lambda run: run["shield"]) == [0] * len(percent(name, "collision"))
    for kind, expected in (("delay", [3.75, 4.25, 5.75]), ("shield_delay", [3.25, 4.0, 4.5])):
        found = sorted(100 * run[kind][1]["collision"] for run in MEASURED["goal frame"])
        np.testing.assert_allclose(found, expected)


def test_what_the_filter_does_for_arriving():
    def gain(name):
        return sorted(100 * (run["shield"]["success"] - run["bare"]["success"]) for run in MEASURED[name])

    assert gain("goal frame")[0] > 0 and gain("goal frame")[-1] < 0.51
    assert [round(x, 2) for x in gain("room frame")] == [5.25, 7.0, 9.5]
    assert percent("steep", "success", lambda run: run["shield"])[:2] == [0, 0]


def test_delays():
    def mean(name, delay):
        return round(100 * np.mean([run["delay"][delay]["collision"] for run in MEASURED[name]]))

    assert [mean("goal frame", d) for d in range(4)] == [2, 5, 13, 31]
    assert [mean("delays", d) for d in range(4)] == [10, 12, 15, 22]
    assert [round(100 * d["collision"]) for d in MEASURED["planner"]["delay"]] == [0, 0, 44, 67]
    assert [d["success"] for d in MEASURED["planner"]["predicting"]] == [1.0] * 4
    # Correcting all of the error each step: z ** (k + 1) = z ** k - 1 is stable for k = 0 only,
    # on the edge for 1, and grows for 2.
    sizes = [np.abs(np.roots([1, -1, *[0] * (k - 1), 1])).max() for k in (1, 2, 3)]
    assert abs(sizes[0] - 1) < 1e-9 and sizes[1] > 1.1 and sizes[2] > 1.1
    assert percent("goal frame", "collision", lambda run: run["delay"][3]) == [26, 28, 38]
    assert percent("delays", "collision", lambda run: run["delay"][3]) == [15, 20, 31]
    assert percent("delays", "collision") == [4, 7, 18]


def test_a_steep_potential_teaches_to_crash():
    assert percent("steep", "collision") == [29, 100, 100]
    assert percent("delays", "success") == [79, 80, 84]


def test_what_so_few_collisions_prove():
    counts = [round(400 * run["bare"]["collision"]) for run in MEASURED["goal frame"]]
    assert counts == [8, 8, 7] and round(100 * beta.ppf(0.95, 8 + 1, 400 - 8), 1) == 3.6
    waiting = [1 - run["bare"]["success"] - run["bare"]["collision"] for run in MEASURED["goal frame"]]
    assert round(100 * np.mean(waiting)) == 11


def test_what_eight_directions_cost_in_an_empty_room():
    angle = (np.arange(10_000) + 0.5) * np.pi / 4 / 10_000
    octile = np.cos(angle) + (np.sqrt(2) - 1) * np.sin(angle)
    assert round(100 * (octile.mean() - 1), 1) == 5.5


def test_what_one_in_a_million_takes():
    rooms = 3e6
    assert beta.ppf(0.95, 1, rooms) < 1e-6 and round(rooms * 10 / 86_400) == 347


def test_sizes():
    steps = 80 * experiment.ROBOTS * experiment.HORIZON
    assert steps == 327_680 and round(steps * 0.1 / 3600, 1) == 9.1
    policy = GaussianPolicy(4 + experiment.RAYS)
    assert sum(layer.weight.numel() for layer in policy.mean[::2]) == 5504


@pytest.mark.slow
def test_a_short_training_beats_the_straight_line():
    pool, unseen = experiment.rooms(0, 100), experiment.rooms(1, 100)
    unit = np.ones(100)
    policy = experiment.train(0, pool, "goal", rounds=12)
    ours = experiment.judge(experiment.learned(policy, "goal"), unseen, unit)
    straight = experiment.judge(experiment.straight, unseen, unit)
    assert ours["collision"] < straight["collision"] - 0.1
    assert experiment.judge(experiment.straight, unseen, unit, shield=True)["collision"] == 0
