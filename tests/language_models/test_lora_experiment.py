"""The numbers that the page takes from the experiment, and a part of it again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.language_models import lora_experiment as experiment
from snippets.language_models.lora import count_lora

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
ROWS = RESULT["rows"]


def test_the_table_of_the_page():
    table = {"1": (80.9, 78.9, 83.6), "2": (87.5, 84.6, 91.0), "4": (91.8, 89.6, 94.5),
             "8": (93.6, 90.7, 96.9), "16": (93.7, 92.4, 94.9), "0": (97.4, 97.4, 97.6)}
    for rank, expected in table.items():
        new = 100 * np.array(ROWS[rank]["new"])
        np.testing.assert_allclose([new.mean(), new.min(), new.max()], expected, atol=0.051)
        assert len(new) == 5 and ROWS[rank]["lr"] not in (RESULT["rates"][0], RESULT["rates"][-1])
    by_rate = dict(zip(RESULT["rates"], ROWS["8"]["by_rate"], strict=True))
    assert ROWS["8"]["lr"] == 0.01
    assert abs(by_rate[0.01] - by_rate[0.003] - 0.165) < 1e-3 and by_rate[0.1] < 0.1  # a follow-up
    old = [100 * np.mean(row["old"]) for row in ROWS.values()]
    assert round(min(old)) == 11 and round(max(old)) == 19
    assert abs(np.mean(RESULT["untouched"]) - 0.107) < 5e-4 and abs(np.mean(RESULT["before"]) - 0.972) < 5e-4


def test_the_counts_of_the_table():
    shapes = [(128, 64), (128, 128), (10, 128)]
    counts = [sum(count_lora([one], min(r, one[0])) for one in shapes) for r in experiment.RANKS]
    assert counts == [586, 1172, 2344, 4688, 8548]
    assert sum(out * (into + 1) for out, into in shapes) == 26122


def test_the_first_step_by_rank():
    expected = {"sgd 1": [1, 0.29, 0.065, 0.017], "adam 1": [1, 1.05, 1.00, 1.02],
                "sgd 0.5": [1, 1.15, 1.04, 1.06], "adam 0.5": [1, 2.1, 4.0, 8.2]}
    for key, relative in expected.items():
        name, exponent = key.split()
        found = [experiment.one_step(r, name, float(exponent)) for r in (4, 16, 64, 256)]
        np.testing.assert_allclose(np.array(found) / found[0], relative, rtol=0.03)
        np.testing.assert_allclose(found, RESULT["one_step"][key], rtol=1e-3)


@pytest.mark.slow
def test_rank_1_falls_short_again():
    upright, turned = experiment.data()
    base = experiment.pretrained(100, upright)
    full = experiment.tune(base, 0, 0.01, 100, turned, upright)[0]
    low = experiment.tune(base, 1, 0.03, 100, turned, upright)[0]
    assert full > 0.95 and 0.6 < low < 0.9
