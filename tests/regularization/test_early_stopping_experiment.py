"""The page's numbers from the committed run, and a smaller run."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.regularization import early_stopping_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def rows(name: str, patience: int) -> np.ndarray:
    return np.array(RESULT["stopped"][name][str(patience)])


def test_page_table():
    assert RESULT["seeds"] == 30 and RESULT["epochs"] == 150
    table = {1: (21.6, 0.629, 10.8, 11.3), 3: (37.0, 0.561, 10.9, 11.4), 10: (57.8, 0.550, 12.1, 13.4),
             30: (82.2, 0.550, 12.4, 15.5)}
    for patience, row in table.items():
        trained, _, loss, error, _, last_error = rows("100 loss", patience).mean(axis=0)
        np.testing.assert_allclose([trained, 100 * error, 100 * last_error], [row[0], row[2], row[3]],
                                   atol=0.06)
        np.testing.assert_allclose(loss, row[1], atol=6e-4)
    end = np.mean(RESULT["end"], axis=0)
    np.testing.assert_allclose([end[0], 100 * end[1]], [0.667, 20.2], atol=0.05)
    assert round(100 * RESULT["mean"]["train"][-1][1], 1) == 3.4  # 20 % of the labels are wrong


def test_loss_and_error_have_their_minima_at_different_epochs():
    test = np.array(RESULT["mean"]["test"])
    assert test[:, 0].argmin() + 1 == 50 and test[:, 1].argmin() + 1 == 23
    np.testing.assert_allclose([test[49, 0], 100 * test[49, 1], 100 * test[22, 1]], [0.551, 12.3, 10.7],
                               atol=0.06)


def test_monitoring_the_error_stops_too_early_with_little_patience():
    for patience, trained, error in ((1, 7.5, 21.0), (3, 15.6, 12.3), (10, 28.4, 10.9), (30, 51.8, 10.8)):
        ours = rows("100 error", patience).mean(axis=0)
        np.testing.assert_allclose([ours[0], 100 * ours[3]], [trained, error], atol=0.06)


def test_the_best_score_is_optimistic():
    table = {50: (3.95, 0.74, 0.49, 3.46, 0.52), 100: (2.00, 0.59, 0.01, 1.99, 0.33),
             200: (1.08, 0.38, -0.48, 1.56, 0.32), 400: (1.00, 0.34, -0.17, 1.17, 0.24)}
    for size, row in table.items():
        both = RESULT["optimism"][f"{size} error"]
        chosen, average = (100 * np.array(both[key]) for key in ("chosen", "average"))
        difference = chosen - average
        ours = [chosen.mean(), chosen.std(ddof=1) / 30**0.5, average.mean(), difference.mean(),
                difference.std(ddof=1) / 30**0.5]
        np.testing.assert_allclose(ours, row, atol=6e-3)


def test_best_epoch_varies_between_splits():
    best = rows("100 loss", 10)[:, 1]
    assert (best.min(), best.max()) == (27, 82)


def test_impatience_stops_before_the_drop():
    stopped, restored, finished = np.mean(RESULT["stream"]["patience 5"], axis=0)
    np.testing.assert_allclose([stopped, restored, finished], [11.3, 1.269, 1.031], atol=0.04)
    assert all(row[0] <= 40 for row in RESULT["stream"]["patience 5"])
    assert all(row[2] < row[1] for row in RESULT["stream"]["patience 5"])


@pytest.mark.slow
def test_a_smaller_run_says_the_same():
    result = experiment.run(seeds=3, epochs=110, stream_seeds=2)
    loss = np.array(result["mean"]["test"])[:, 0]
    assert 25 < loss.argmin() + 1 < 85 and loss[-1] > loss.min() + 0.01
    both = result["optimism"]["50 error"]
    assert np.mean(both["chosen"]) > np.mean(both["average"])
    assert all(row[2] < row[1] for row in result["stream"]["patience 5"])
