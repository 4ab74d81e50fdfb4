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


def pairs(optimizer, peak, *names):
    return np.array([RESULT[optimizer][name][peak]["loss"] for name in names])


def test_the_warm_up_wins_every_start_at_0_03_and_no_majority_below():
    plain, warm = pairs("Adam", "0.03", "linear", "warm-up, linear")
    assert np.round([(plain / warm).min(), (plain / warm).max()], 1).tolist() == [1.4, 5.1]
    for peak in ("0.003", "0.01"):
        plain, warm = pairs("Adam", peak, "linear", "warm-up, linear")
        assert 2 <= np.sum(warm < plain) <= 3


def test_warmed_averages_do_not_replace_the_warm_up_in_any_start():
    averages, warm = pairs("Adam", "0.03", "warmed averages, linear", "warm-up, linear")
    assert np.round([averages.min(), averages.max()], 2).tolist() == [0.12, 0.18]
    assert np.round([warm.min(), warm.max()], 3).tolist() == [0.019, 0.045]


def test_sgd_gains_nothing_from_the_warm_up():
    plain, warm = pairs("SGD", "0.3", "linear", "warm-up, linear")
    assert np.round([plain.min(), plain.max()], 3).tolist() == [0.007, 0.025]
    assert np.round([warm.min(), warm.max()], 3).tolist() == [0.009, 0.067]
    assert [f"{losses('SGD', name)[2]:.2g}" for name in ("constant", "linear")] == ["0.0046", "0.016"]


def test_the_best_accuracies_cannot_be_told_apart():
    best = [max(100 * np.mean(one["accuracy"]) for one in RESULT["Adam"][name].values())
            for name in ("constant", "linear", "warm-up, linear", "warm-up, cosine", "WSD")]
    assert min(best) > 96.6 and max(best) < 97.6


@pytest.mark.slow
def test_decay_helps_again():
    # Pixels changed by 1e-6, four times: the ratio of medians lay between 12 and 53.
    again = experiment.train("Adam", ["constant", "linear"], [0.01], seeds=3)
    ends = {name: median(one["0.01"]["loss"]) for name, one in again.items()}
    assert ends["linear"] < ends["constant"] / 3
