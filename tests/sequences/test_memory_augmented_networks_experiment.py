"""The page's numbers from the committed run, the task, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.sequences import memory_augmented_networks_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # parameters, rate, and right answers in percent for 1, 2, 4, 6, 8, 12, 16 pairs
    "memory": (1449, 0.003, (100, 100, 100, 99.9, 99.9, 99.8, 99.6)),
    "LSTM, 10 units": (1568, 0.03, (99.9, 76.1, 51.4, 41.2, 34.9, 28.1, 25.4)),
    "LSTM, 64 units": (23816, 0.01, (100, 99.2, 86.1, 73.0, 61.9, 50.1, 42.0)),
}


def percent(rows):
    return [100 * float(np.mean(row)) for row in rows.values()]


def test_the_table_on_the_page():
    assert (RESULT["steps"], RESULT["batch"], RESULT["seeds"], RESULT["choose"]) == (1500, 32, 5, 2)
    for kind, (parameters, rate, accuracy) in PAGE.items():
        one = RESULT["runs"][kind]
        assert (one["parameters"], one["rate"]) == (parameters, rate)
        assert [int(pairs) for pairs in one["accuracy"]] == experiment.TEST_PAIRS
        np.testing.assert_allclose(percent(one["accuracy"]), accuracy, atol=0.051, err_msg=kind)


def test_a_rate_beyond_the_grid_was_no_better():
    rates = experiment.RATES
    assert experiment.OUTSIDE["memory"] < min(rates) and experiment.OUTSIDE["LSTM, 10 units"] > max(rates)
    for kind in experiment.OUTSIDE:
        assert RESULT["runs"][kind]["outside"] < max(RESULT["runs"][kind]["by_rate"])


def test_the_right_row_s_weight_among_sixteen():
    largest = sorted(max(row) for row in RESULT["runs"]["memory"]["weights"])
    assert [round(value, 2) for value in largest] == [0.54, 0.70, 0.78]
    items, question, _ = experiment.recall_task(16, 3, torch.Generator().manual_seed(3))
    right = (items[:, :, :16] == question[:, :16]).all(2).float().argmax(0)
    assert [row.index(max(row)) for row in RESULT["runs"]["memory"]["weights"]] == right.tolist()


def test_the_oldest_pairs_are_gone_when_the_slots_run_out():
    six = dict(zip(experiment.TEST_PAIRS, percent(RESULT["runs"]["memory"]["six slots"]), strict=True))
    assert [round(six[pairs], 1) for pairs in (8, 12, 16)] == [76.8, 53.6, 46.8]
    for pairs in (8, 12, 16):  # six are kept, of the others one in eight is guessed
        expected = 100 * (6 + (pairs - 6) / 8) / pairs
        # At most 10,000 answers, but the same 2,000 questions: four deviations of 2,000.
        assert abs(six[pairs] - expected) < 4 * 100 * (0.25 / 2000) ** 0.5


def test_the_strengths_that_were_learned():
    assert all(5.9 < value < 6.2 for value in RESULT["runs"]["memory"]["strength"])


def test_the_task_asks_for_what_it_showed():
    items, question, targets = experiment.recall_task(6, 50, torch.Generator().manual_seed(0))
    assert items.shape == (6, 50, 25) and question.shape == (50, 25)
    assert torch.all(question[:, 16:24] == 0) and torch.all(question[:, 24] == 1)
    assert torch.all(items[:, :, 24] == 0)
    same = (items[:, :, :16] == question[:, :16]).all(2)  # (T, N)
    for n in range(50):
        assert items[same[:, n], n, 16:24].argmax(1).eq(targets[n]).any()


@pytest.mark.slow
def test_the_memory_learns_again():
    model = experiment.train("memory", 0.01, 3, 200)
    assert experiment.measure(model, 6) > 0.9 and experiment.measure(model, 16) > 0.8
