"""The page's numbers from the committed run, and parts of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.evaluation import confidence_intervals_experiment as experiment
from snippets.evaluation.confidence_intervals import mcnemar

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_seeds_and_splits_on_the_page():
    assert RESULT["example"] == [1134, 14, 13, 36] and mcnemar(14, 13) == 1.0
    for name, deviation, mean, better, significant in (("seeds", 0.27, 0.36, 26, 0),
                                                       ("splits", 0.39, 0.28, 21, 1)):
        counts = np.array(RESULT[name])
        difference = 100 * (counts[:, 2] - counts[:, 1]) / 1197
        assert len(counts) == 30 and np.all(counts.sum(axis=1) == 1197)
        found = [difference.std(ddof=1), difference.mean()]
        np.testing.assert_allclose(found, [deviation, mean], atol=0.0051)
        assert np.sum(difference > 0) == better
        assert sum(mcnemar(*row[1:3]) < 0.05 for row in counts.tolist()) == significant
    b = (np.array(RESULT["splits"])[:, 0] + np.array(RESULT["splits"])[:, 2]) / 1197
    assert round(100 * b.std(ddof=1), 2) == 0.59
    assert RESULT["power"] == {"mcnemar": 0.705, "two proportions": 0.1455}


def test_the_table_of_coverages_on_the_page():
    assert {k: round(100 * v, 1) for k, v in RESULT["coverage"]["accuracy"].items()} == {
        "wald": 87.7, "wilson": 96.6, "percentile": 95.9, "bca": 98.3}
    assert {k: round(100 * v, 1) for k, v in RESULT["coverage"]["f1"].items()} == {
        "percentile": 94.5, "bca": 95.8}
    assert {k: round(100 * v, 1) for k, v in RESULT["coverage"]["mean"].items()} == {
        "t": 87.6, "percentile": 87.6, "bca": 88.5}


@pytest.mark.slow
def test_parts_of_the_run_again():
    again = experiment.compare(0, 0)
    assert sum(again) == 1197 and abs(again[2] - again[1]) < 20
    for name, function, n in (("f1", experiment.coverage_f1, 200), ("mean", experiment.coverage_mean, 30)):
        for method, value in function(n, 200).items():
            # 200 simulations against 2,000: five standard deviations.
            assert abs(value - RESULT["coverage"][name][method]) < 5 * np.sqrt(0.1 / 200), (name, method)
