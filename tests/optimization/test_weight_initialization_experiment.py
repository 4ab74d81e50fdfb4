"""The page's claims about the starts, from the committed run and from a shorter one."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import weight_initialization_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def scores(name: str) -> list[float]:
    return [100 * run["accuracy"] for run in RESULT["runs"][name]]


def final_ranks(runs: list[dict]) -> list[list[int]]:
    return [run["rank"][-1] for run in runs]


def test_accuracies_of_the_page():
    assert RESULT["steps"] == 600 and len(RESULT["seeds"]) == 5
    expected = {"zero": (9.2, 0.4), "zero, sigmoid": (27.4, 2.6), "constant": (34.3, 4.3),
                "constant, random last": (41.7, 3.4), "constant, random first": (66.8, 4.1),
                "constant, dropout": (96.4, 1.0), "random": (97.1, 0.4),
                "random, zero last": (96.9, 0.5), "constant, 33 units, float32": (56.3, 5.4)}
    assert set(expected) == set(RESULT["runs"])
    for name, (mean, deviation) in expected.items():
        assert round(float(np.mean(scores(name))), 1) == mean, name
        assert round(float(np.std(scores(name), ddof=1)), 1) == deviation, name


def test_ranks_of_the_page():
    expected = {"zero": [0, 0, 0], "zero, sigmoid": [1, 1, 1], "constant": [1, 1, 1],
                "constant, random last": [1, 1, 10], "constant, random first": [32, 1, 1]}
    for name, ranks in expected.items():
        assert final_ranks(RESULT["runs"][name]) == [ranks] * 5, name
        assert all(run["rank"][20] == ranks for run in RESULT["runs"][name]), name
    for name, low in (("constant, dropout", 29), ("random", 31), ("random, zero last", 31)):
        for first, second, last in final_ranks(RESULT["runs"][name]):
            assert first == 32 and low <= second <= 32, name
            assert last == (9 if name == "random, zero last" else 10), name


def test_copies_were_exact_and_rounding_broke_them():
    for run in RESULT["runs"]["constant"]:
        assert np.max(run["spread"]) == 0
    for run in RESULT["runs"]["constant, 33 units, float32"]:
        at = dict(zip(run["step"], run["spread"], strict=True))
        assert run["step"][-1] == 2400 and run["rank"][-1] == [2, 2, 2]
        assert at[0][0] == 0 and 5e-8 < at[200][0] < 6e-7
        assert at[1000][0] > 0.5 and at[2400][0] > 2
        assert run["rank"][0] == [1, 1, 1]


def test_dropout_reaches_rank_30_within_300_steps():
    for run in RESULT["runs"]["constant, dropout"]:
        rank = {step: ranks[0] for step, ranks in zip(run["step"], run["rank"], strict=True)}
        assert rank[0] == 1 and 14 <= rank[80] <= 18 and rank[300] >= 30


@pytest.mark.slow
def test_a_shorter_run_shows_the_same():
    names = ["zero", "constant", "constant, dropout", "random"]
    runs = experiment.run(seeds=1, steps=200, names=names)["runs"]
    ranks = {name: runs[name][0]["rank"][-1] for name in names}
    assert ranks["zero"] == [0, 0, 0] and ranks["constant"] == [1, 1, 1]
    assert ranks["constant, dropout"][0] > 20 and ranks["random"][0] > 28
    accuracy = {name: runs[name][0]["accuracy"] for name in names}
    assert accuracy["zero"] < 0.2 and accuracy["constant"] < 0.6 and accuracy["random"] > 0.9
