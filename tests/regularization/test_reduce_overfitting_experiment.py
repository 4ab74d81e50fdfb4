"""The page's numbers, from the committed run."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.regularization import reduce_overfitting_experiment as experiment
from snippets.regularization.reduce_overfitting import examples_for, paired_gain, power_law
from snippets.regularization.reduce_overfitting_mistakes import best_on_the_test_set

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
CLEAN, NOISY = RESULT["clean"], RESULT["noisy"]
REMEDIES = [name for name in CLEAN[0] if name not in ("none", "sizes")]


def scores(runs, name, part="test", what="error"):
    return np.array([run[name][part][what] for run in runs])


def row(runs, name) -> tuple:
    gain, error, wins = paired_gain(scores(runs, "none"), scores(runs, name))
    return (round(float(scores(runs, name).mean()), 1), round(gain, 1), round(error, 1), wins)


def test_table_with_right_labels():
    assert {name: row(CLEAN, name) for name in REMEDIES} == {
        "early stopping": (9.1, -0.2, 0.2, 1),
        "augmentation": (8.4, 0.5, 0.4, 4),
        "pretraining": (8.7, 0.2, 0.3, 4),
        "weight decay": (8.7, 0.2, 0.1, 5),
        "dropout": (8.6, 0.3, 0.2, 5),
        "smaller model": (11.4, -2.5, 0.7, 0),
        "label smoothing": (7.1, 1.8, 0.4, 8),
        "ensemble of 6": (8.5, 0.4, 0.2, 5),
        "augmentation + dropout": (10.1, -1.2, 1.5, 4),
        "augmentation, 6 averaged": (7.1, 1.8, 0.5, 7)}
    assert round(float(scores(CLEAN, "none").mean()), 2) == 8.89
    assert len(CLEAN) == 8 and len(NOISY) == 4


def test_losses_and_training_errors():
    losses = {name: round(float(scores(CLEAN, name, what="loss").mean()), 2)
              for name in ["none", *REMEDIES]}
    assert losses == {
        "none": 0.30, "early stopping": 0.31, "augmentation": 0.27, "pretraining": 0.28,
        "weight decay": 0.30, "dropout": 0.30, "smaller model": 0.39, "label smoothing": 0.30,
        "ensemble of 6": 0.29, "augmentation + dropout": 0.34, "augmentation, 6 averaged": 0.24}
    assert scores(CLEAN, "none", "train").max() == 0
    together = scores(CLEAN, "augmentation + dropout", "train")
    assert together.max() == 12.0 and together[together > 0].min() > 1
    assert (together > 0).sum() == 5
    harm = scores(CLEAN, "augmentation + dropout") - scores(CLEAN, "none")
    assert harm.max() > 0.5 * harm[harm > 0].sum()


def test_only_two_differences_are_more_than_two_errors_to_the_good():
    clear = [name for name in REMEDIES
             if (lambda g: g[0] > 2 * g[1])(paired_gain(scores(CLEAN, "none"), scores(CLEAN, name)))]
    assert clear == ["label smoothing", "augmentation, 6 averaged"]
    within = [name for name in REMEDIES
              if (lambda g: abs(g[0]) < 2 * g[1])(paired_gain(scores(CLEAN, "none"), scores(CLEAN, name)))]
    assert len(within) == 7
    assert (scores(CLEAN, "smaller model", "train") == 0).sum() == 6


def test_more_data():
    errors = {size: {name: round(float(np.mean([
        run["sizes"][str(size)][name]["test"]["error"] for run in CLEAN])), 1)
        for name in ("none", "augmentation")} for size in experiment.SIZES}
    assert errors == {150: {"none": 8.9, "augmentation": 8.4},
                      300: {"none": 6.0, "augmentation": 6.0},
                      600: {"none": 4.2, "augmentation": 4.9}}
    none = [np.mean([run["sizes"][str(size)]["none"]["test"]["error"] for run in CLEAN])
            for size in experiment.SIZES]
    a, b = power_law(np.array(experiment.SIZES), np.array(none))
    assert round(b, 2) == 0.54
    best = [float(scores(CLEAN, name).mean()) for name in
            ("label smoothing", "augmentation, 6 averaged")]
    assert [round(examples_for(error, a, b)) for error in best] == [224, 226]
    assert round(a) == 129
    assert round(100 * (1 - 2 ** -b)) == 31


def test_doubling_the_data_beats_every_remedy_on_average():
    doubled = np.mean([run["sizes"]["300"]["none"]["test"]["error"] for run in CLEAN])
    assert doubled < min(scores(CLEAN, name).mean() for name in REMEDIES) - 1
    more = np.array([run["sizes"]["300"]["none"]["test"]["error"] for run in CLEAN])
    gain, error, wins = paired_gain(scores(CLEAN, "none"), more)
    assert (round(gain, 1), round(error, 1), wins) == (2.9, 0.5, 8)
    assert round(100 * (0.09 * 0.91 / experiment.VALIDATION) ** 0.5, 1) == 2.3


def test_table_with_wrong_labels():
    names = [name for name in NOISY[0] if name != "none"]
    assert {name: row(NOISY, name) for name in names} == {
        "augmentation": (15.2, 1.6, 1.3, 3), "pretraining": (15.6, 1.2, 0.7, 3),
        "weight decay": (17.4, -0.6, 0.7, 1), "dropout": (15.9, 0.9, 1.1, 3),
        "smaller model": (22.1, -5.2, 2.7, 0), "label smoothing": (15.9, 0.9, 0.4, 4),
        "augmentation, 6 averaged": (12.6, 4.2, 1.9, 3), "relabeled": (9.5, 7.3, 0.7, 4)}
    assert round(float(scores(NOISY, "none").mean()), 1) == 16.8


def test_without_early_stopping_the_rate_decides():
    last = {name: round(float(np.mean([run[name]["last"]["test"]["error"] for run in NOISY])), 1)
            for name in ("none", "pretraining", "weight decay", "label smoothing")}
    assert last == {"none": 17.0, "pretraining": 24.4, "weight decay": 22.1, "label smoothing": 22.4}
    train = {name: round(float(np.mean([run[name]["last"]["train"]["error"] for run in NOISY])))
             for name in last}
    assert train == {"none": 22, "pretraining": 8, "weight decay": 12, "label smoothing": 5}
    assert {run["none"]["last"]["setting"][0] for run in NOISY} == {3e-4}
    assert min(run["pretraining"]["last"]["setting"][0] for run in NOISY) == 1e-3


def test_choosing_on_the_test_set_flatters():
    rates = np.array([[run[str(lr)]["error"] for lr in experiment.RATES] for run in RESULT["rates"]])
    assert round(float(best_on_the_test_set(rates).mean()), 1) == 8.6
    assert [round(float(v), 1) for v in rates.mean(axis=0)] == [10.7, 9.1, 8.8, 9.0, 9.0, 9.5]


@pytest.mark.slow
def test_four_times_the_data_again():
    few, more = experiment.split(30, 150), experiment.split(30, 600)
    plain = experiment.train(few, 30, 1e-3)
    doubled = experiment.train(more, 30, 1e-3, epochs=25)
    assert plain["train"]["error"] == 0 and plain["test"]["error"] > 4
    assert doubled["test"]["error"] < plain["test"]["error"] - 1
