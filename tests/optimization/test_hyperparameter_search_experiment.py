"""What the page states about the measured searches."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import hyperparameter_search_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def paired(first: str, second: str, key: str) -> tuple[float, float]:
    a, b = (np.array([pick[key] for pick in MEASURED["picks"][name]]) for name in (first, second))
    return round((a - b).mean(), 2), round((a - b).std(ddof=1) / np.sqrt(len(a)), 2)


def test_the_table_of_searches():
    expected = {
        "defaults": [6.23, 0.27, 5.84, 0.27, 5.76, 0.18],
        "grid": [5.88, 0.25, 6.55, 0.17, 9.46, 2.68],
        "random": [5.32, 0.25, 5.91, 0.24, 6.10, 0.24],
        "bayesian": [5.02, 0.24, 5.76, 0.19, 6.07, 0.23],
        "halving": [5.07, 0.28, 5.77, 0.18, 6.06, 0.21],
        "random, twice": [5.07, 0.24, 5.78, 0.26, 5.93, 0.21],
        "defaults, seeds": [4.53, 0.26, 5.58, 0.17, 5.82, 0.19],
    }
    for name, row in expected.items():
        chosen = MEASURED["chosen"][name]
        found = [round(v, 2) for key in ("validation", "test", "retrained") for v in chosen[key]]
        assert found == row, name
    assert (MEASURED["run"]["repetitions"], MEASURED["run"]["budget"]) == (20, 81)
    assert MEASURED["halving_spent"][-1] == 63 == (243 * 3 + 81 * 6 + 27 * 18) / 27


def test_the_paired_differences():
    assert paired("bayesian", "random", "validation") == (-0.30, 0.12)
    assert paired("bayesian", "random", "retrained") == (-0.03, 0.15)
    assert paired("bayesian", "defaults", "retrained") == (0.31, 0.14)
    assert paired("bayesian", "defaults", "test") == (-0.08, 0.15)
    assert paired("defaults, seeds", "bayesian", "validation") == (-0.48, 0.11)
    assert paired("defaults, seeds", "defaults", "validation")[0] == -1.70
    assert abs(paired("defaults, seeds", "defaults", "retrained")[0]) < 0.1
    assert round(MEASURED["seed_spread"], 1) == 0.7
    picks = MEASURED["picks"]
    pairs = zip(picks["bayesian"], picks["grid"], strict=True)
    assert all(a["validation"] < b["validation"] for a, b in pairs)


def test_the_curves():
    random, bayes = (np.array(MEASURED["curves"][n]) for n in ("random", "bayesian"))
    assert np.all(bayes[30:] < random[30:]) and np.mean(bayes[8:30] < random[8:30]) < 0.1
    assert round(MEASURED["curves"]["halving"][0], 1) == 5.9
    assert round(MEASURED["halving_spent"][0]) == 46


def test_the_box_and_what_mattered():
    assert round(100 * MEASURED["above_50_percent"]) == 53
    assert round(100 * MEASURED["below_10_percent"]) == 21
    lengths = {name: float(f"{value:.2g}") for name, value in MEASURED["lengths"].items()}
    assert lengths == {"learning rate": 0.16, "1 - momentum": 0.49, "weight decay": 1.2,
                       "initial scale": 0.41}


def test_one_grid_winner_was_fragile():
    fresh = sorted(pick["retrained"] for pick in MEASURED["picks"]["grid"])
    assert round(fresh[-1]) == 60 and fresh[-2] < 15
    rates = sorted({experiment.to_values(p)[0] for p in experiment.grid(3, 4)})
    assert [float(f"{rate:.1g}") for rate in rates[:2]] == [0.0007, 0.03]
    assert round(rates[2], 1) == 1.5 and len(rates) == 3


@pytest.mark.slow
def test_the_searches_beat_chance_again():
    result = experiment.run(seed=1, repetitions=2, budget=16, repeats=1)
    assert result["run"]["levels"] == 2
    for name in ("random", "bayesian", "halving"):
        assert result["chosen"][name]["validation"][0] < 20
    curve = result["curves"]["bayesian"]
    assert len(curve) == 16 and curve == sorted(curve, reverse=True)
