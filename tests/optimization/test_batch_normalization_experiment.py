"""The page's claims about learning rates and group sizes, from the committed run and a shorter one."""

import json
from pathlib import Path
from statistics import mean, median, stdev

import pytest

from snippets.optimization import batch_normalization_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PLAIN, NORM, NOISE = (RESULT["sweep"][kind] for kind in experiment.KINDS)


def ends(runs: list[dict]) -> list[float]:
    return [run["losses"][-1] for run in runs]


def accuracies(runs: list[dict]) -> tuple[float, float]:
    scores = [100 * run["accuracy"] for run in runs]
    return round(mean(scores), 1), round(stdev(scores), 1)


def epochs_to(runs: list[dict], loss: float) -> list[int]:
    return [next(i for i, value in enumerate(run["losses"], 1) if value < loss) for run in runs]


def test_losses_of_the_page():
    expected = {"0.001": (2.22, 1.86, 2.05), "0.01": (0.288, 0.334, 0.837),
                "0.003": (1.77, 1.11, 1.58), "0.03": (0.054, 0.052, 0.293),
                "0.1": (0.0044, 0.0051, 0.081), "0.3": (0.0020, 0.0034, 0.053),
                "1.0": (2.30, 0.0069, 0.055), "10.0": (None, 2.34, 2.38)}
    for lr, row in expected.items():
        for sweep, value in zip((PLAIN, NORM, NOISE), row, strict=True):
            if value is None:
                assert ends(sweep[lr]) == [None] * 5
            else:
                assert abs(median(ends(sweep[lr])) / value - 1) < 0.02, (lr, value)
    assert ends(PLAIN["3.0"]) == [None] * 5
    assert round(median(ends(NORM["3.0"])), 3) == 0.048
    assert round(median(ends(NOISE["3.0"])), 2) == 0.18


def test_range_of_rates_that_reach_a_loss_of_a_tenth_in_all_runs():
    def good(sweep):
        return [lr for lr in sweep if all(end is not None and end < 0.1 for end in ends(sweep[lr]))]

    assert good(PLAIN) == ["0.03", "0.1"] and good(NORM) == ["0.03", "0.1", "0.3", "1.0"]
    assert good(NOISE) == ["0.1", "0.3", "1.0"]
    assert sum(end < 0.1 for end in ends(PLAIN["0.3"])) == 4
    assert round(max(ends(PLAIN["0.3"])), 3) == 0.113
    assert sum(end < 0.1 for end in ends(NORM["3.0"])) == 3


def test_epochs_to_a_loss_of_a_tenth():
    assert sorted(epochs_to(PLAIN["0.1"], 0.1)) == [6, 6, 7, 7, 8]
    assert sorted(epochs_to(NORM["0.1"], 0.1)) == [5, 5, 5, 5, 6]
    assert epochs_to(NORM["0.3"], 0.1) == [3] * 5
    assert sorted(epochs_to(NOISE["0.3"], 0.1)) == [8, 8, 8, 9, 11]


def test_accuracies_of_the_page():
    assert accuracies(PLAIN["0.1"]) == (96.7, 0.5) and accuracies(PLAIN["0.3"]) == (96.7, 0.6)
    assert accuracies(NORM["0.3"]) == (97.4, 0.4)


def test_groups_of_the_page():
    expected = {"2": (2.17, 2.22, 20.6, 5.2), "5": (0.336, 0.732, 93.7, 2.8),
                "10": (0.049, 0.286, 97.2, 0.6), "25": (0.0091, 0.078, 97.3, 0.6),
                "50": (0.0051, 0.026, 97.0, 0.5)}
    assert set(expected) == set(RESULT["groups"])
    for group, (loss, noisy, accuracy, deviation) in expected.items():
        runs = RESULT["groups"][group]
        assert abs(median(ends(runs)) / loss - 1) < 0.02
        assert abs(median(run["train_mode_loss"] for run in runs) / noisy - 1) < 0.02
        assert accuracies(runs) == (accuracy, deviation)


@pytest.mark.slow
def test_a_shorter_run_shows_the_same():
    result = experiment.run(seeds=1, epochs=5, rates=[1.0], groups=[2])
    (plain,), (norm,) = (result["sweep"][kind]["1.0"] for kind in experiment.KINDS[:2])
    assert norm["losses"][-1] < 0.5
    assert plain["losses"][-1] is None or plain["losses"][-1] > 1.5
    assert result["groups"]["2"][0]["losses"][-1] > 1.5
