"""The page's numbers from the committed run, and a part of it again."""

import json
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from snippets.optimization import learning_rate_schedule_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def losses(optimizer, schedule):
    return [median(one["loss"]) for one in RESULT[optimizer][schedule].values()]


def test_the_table_on_the_page():
    page = {
        "constant": ["0.0028", "0.0075", "0.081", "0.92"],
        "warm-up": ["0.0024", "0.02", "0.042", "2"],
        "linear": ["0.017", "0.0012", "0.0042", "0.09"],
        "warmed averages, linear": ["0.0099", "0.002", "0.0056", "0.14"],
        "warm-up, linear": ["0.011", "0.00088", "0.0026", "0.023"],
        "warm-up, cosine": ["0.013", "0.0015", "0.0047", "0.041"],
        "WSD": ["0.0036", "0.0025", "0.019", "0.61"],
    }
    assert (RESULT["steps"], RESULT["warmup"], RESULT["seeds"]) == (400, 80, 5)
    for name, row in page.items():
        assert [f"{loss:.2g}" for loss in losses("Adam", name)[:4]] == row, name
    assert all(losses("Adam", name)[4] > 2.29 for name in page)  # ln 10 is 2.30


def test_the_highest_loss_at_the_rate_that_fails():
    top = {name: median(RESULT["Adam"][name]["0.1"]["highest"]) for name in RESULT["Adam"]}
    found = [f"{top[name]:.2g}" for name in ("linear", "warmed averages, linear", "warm-up, linear")]
    assert found == ["1.4e+02", "19", "4.3"]


def test_sgd_gains_less_from_the_warm_up():
    assert [f"{losses('SGD', name)[3]:.2g}" for name in ("linear", "warm-up, linear")] == ["0.017", "0.013"]
    assert [f"{losses('SGD', name)[2]:.2g}" for name in ("constant", "linear")] == ["0.0046", "0.016"]


def test_the_best_accuracies_cannot_be_told_apart():
    best = [max(100 * np.mean(one["accuracy"]) for one in RESULT["Adam"][name].values())
            for name in ("constant", "linear", "warm-up, linear", "warm-up, cosine", "WSD")]
    assert min(best) > 96.6 and max(best) < 97.6


@pytest.mark.slow
def test_decay_and_warm_up_help_at_a_high_rate_again():
    again = experiment.train("Adam", ["constant", "linear", "warm-up, linear"], [0.02], seeds=3)
    ends = {name: median(one["0.02"]["loss"]) for name, one in again.items()}
    assert ends["linear"] < 0.5 * ends["constant"] and ends["warm-up, linear"] < 0.5 * ends["constant"]
