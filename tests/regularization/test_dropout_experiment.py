"""The page's numbers, from the committed run, and the claims again from a smaller one."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.regularization import dropout_experiment
from snippets.regularization.dropout_experiment import SAMPLES, mean

PATH = Path(dropout_experiment.__file__).with_suffix(".json")
RESULT = json.loads(PATH.read_text(encoding="utf-8"))


def column(scores: list[dict], what: str) -> np.ndarray:
    return np.array([seed["test"][what] for seed in scores])


def test_table_of_the_page():
    assert (RESULT["seeds"], RESULT["num_train"], RESULT["epochs"]) == (10, 300, 200)
    table = {"0.0": (0.0, 5.24, 0.228), "0.25": (0.0, 5.09, 0.224), "0.5": (0.0, 4.66, 0.197),
             "0.75": (0.0, 4.78, 0.178), "0.9": (0.2, 5.44, 0.182)}
    for p, (train_error, test_error, test_loss) in table.items():
        scores = RESULT["rates"][p]
        assert abs(mean(scores, "train", "error") - train_error) < 0.05, p
        assert abs(mean(scores, "test", "error") - test_error) < 0.006, p
        assert abs(mean(scores, "test", "loss") - test_loss) < 0.0006, p


def test_half_lowers_the_test_loss_on_every_split():
    assert (column(RESULT["rates"]["0.5"], "loss") < column(RESULT["rates"]["0.0"], "loss")).all()


def test_average_of_subnetworks_has_the_lower_loss_and_no_lower_error():
    by_samples = {k: [scores[i] for scores in RESULT["monte_carlo"]] for i, k in enumerate(SAMPLES)}
    whole = RESULT["rates"]["0.5"]
    loss = {k: mean(scores, "loss") for k, scores in by_samples.items()}
    assert loss[2] > mean(whole, "test", "loss") > loss[5]
    assert abs(loss[5] - 0.186) < 0.0006 and abs(loss[200] - 0.164) < 0.0006
    assert abs(mean(by_samples[200], "error") - 4.72) < 0.006
    # "less than one image of 1,497"
    assert 0 < mean(by_samples[200], "error") - mean(whole, "test", "error") < 100 / 1497


def test_differences_of_the_page():
    # Paired by split: mean and standard error, in points of test error, against p = 0.
    without = column(RESULT["rates"]["0.0"], "error")
    for p, expected, error in (("0.25", -0.15, 0.14), ("0.5", -0.58, 0.14), ("0.75", -0.46, 0.15),
                               ("0.9", 0.20, 0.16)):
        difference = column(RESULT["rates"][p], "error") - without
        assert abs(difference.mean() - expected) < 0.006, p
        assert abs(difference.std(ddof=1) / np.sqrt(10) - error) < 0.006, p
    late = column(RESULT["rates"]["0.9"], "error") - column(RESULT["rates"]["0.75"], "error")
    assert abs(late.mean() - 0.66) < 0.006
    assert abs(late.std(ddof=1) / np.sqrt(10) - 0.17) < 0.006


def test_the_average_gains_more_the_longer_the_training():
    at_20 = np.array([scores[SAMPLES.index(20)]["loss"] for scores in RESULT["monte_carlo"]])
    gains = {60: np.array(RESULT["gains"]["60"]), 100: np.array(RESULT["gains"]["100"]),
             200: column(RESULT["rates"]["0.5"], "loss") - at_20}
    for epochs, expected, error in ((60, -0.002, 0.002), (100, 0.016, 0.004), (200, 0.026, 0.004)):
        assert abs(gains[epochs].mean() - expected) < 0.0006, epochs
        assert abs(gains[epochs].std(ddof=1) / np.sqrt(10) - error) < 0.0006, epochs
    assert (gains[100] > gains[60]).all() and (gains[200] > 0).all()


@pytest.mark.slow
def test_smaller_runs_dropout_helps_and_the_average_gains_with_training(monkeypatch):
    monkeypatch.setattr(dropout_experiment, "RATES", [0.0, 0.5])
    gains = {}
    for epochs in (60, 100):
        result = dropout_experiment.run(seeds=2, epochs=epochs, samples=20)
        whole = mean(result["rates"]["0.5"], "test", "loss")
        assert whole < mean(result["rates"]["0.0"], "test", "loss")
        average = [scores[SAMPLES.index(20)] for scores in result["monte_carlo"]]
        gains[epochs] = whole - mean(average, "loss")
    # Paired by split, 100 epochs gain 0.018 more than 60, with a standard deviation of 0.009.
    assert gains[100] > gains[60]
