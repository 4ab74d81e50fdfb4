"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.reinforcement_learning import rl_generalization_experiment as experiment
from snippets.reinforcement_learning.rl_generalization import failure_bound
from snippets.reinforcement_learning.rl_generalization_torch import train_q

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def mean(part: str, kind: str, count: int) -> list[int]:
    return [round(100 * float(x)) for x in np.mean([run[kind][str(count)] for run in MEASURED[part]], axis=0)]


def test_the_table_of_tables():
    rows = {kind: [mean("tables", kind, count) for count in (1, 16, 256)]
            for kind in ("cell", "map and cell", "local view")}
    assert rows == {
        "cell": [[100, 8], [17, 5], [8, 6]],
        "map and cell": [[100, 6], [100, 6], [73, 6]],
        "local view": [[100, 13], [77, 44], [70, 64]],
    }
    assert len(MEASURED["tables"]) == 3 and MEASURED["run"]["unseen"] == 400


def test_other_kinds_of_maps():
    moved = {name: sorted(round(100 * run["moved"][name]) for run in MEASURED["tables"])
             for name in experiment.SHIFTS}
    assert moved == {"same": [66, 68, 72], "larger": [45, 46, 50], "fewer walls": [76, 77, 85],
                     "more walls": [62, 70, 75]}


def test_the_table_of_networks():
    assert [mean("networks", "fixed", count) for count in (16, 64, 256, 1024)] == [
        [100, 7], [99, 12], [74, 43], [61, 55]]
    assert [mean("networks", "centered", count) for count in (16, 64, 256, 1024)] == [
        [100, 51], [90, 77], [85, 80], [83, 80]]
    # Sixteen maps seen from the middle are about as good as a thousand in a fixed frame.
    assert len(MEASURED["networks"]) == 3
    assert [round(100 * x) for x in MEASURED["longer"]] == [76, 61]


def test_chance_helps_a_view_that_cannot_tell_where_it_is():
    pairs = sorted((run["local view"]["256"][1], run["wander"]) for run in MEASURED["tables"])
    assert [[round(100 * x) for x in pair] for pair in pairs] == [[59, 77], [62, 78], [70, 82]]
    assert round(100 * MEASURED["random"]) == 42
    gains = [100 * (after - before) for before, after in pairs]
    assert round(min(gains)) == 13 and round(max(gains)) == 18
    corridor = [(experiment.moves(np.ones((1, 3), dtype=bool)), np.zeros(3, dtype=int), 0, 2)] * 5
    stay = np.zeros((1, 4))  # of equal actions the first: up, which a corridor does not allow
    assert experiment.wander(stay, corridor, np.random.default_rng(0), chance=0.0) == 0.0
    assert experiment.wander(stay, corridor, np.random.default_rng(0), chance=1.0) > 0.0


def test_bounds():
    assert round(100 * failure_bound(0, 300), 2) == 0.99
    assert round(100 * failure_bound(80, 400), 1) == 23.6
    assert round(2 * np.sqrt(0.8 * 0.2 / 400), 2) == 0.04
    # Ten levels without a failure prove little.
    assert round(100 * failure_bound(0, 10)) == 26


@pytest.mark.slow
def test_the_order_of_the_frames_holds_when_measured_again():
    train, test = experiment.draw(16, 300), experiment.draw(200, 301)
    rates = {}
    for centered in (False, True):
        known, unseen = (experiment.tensors(maps, centered) for maps in (train, test))
        torch.manual_seed(0)
        network = train_q(*known, 250, torch.Generator().manual_seed(0), gamma=experiment.GAMMA)
        rates[centered] = experiment.rate(network, test, unseen)
    assert rates[False] < 0.25 and rates[True] > rates[False] + 0.1
