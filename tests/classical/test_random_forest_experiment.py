"""What the page states about the measured runs."""

import json
from pathlib import Path

import pytest

from snippets.classical import random_forest_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def test_the_errors_by_trees():
    test = {count: round(row["test"], 1) for count, row in MEASURED["trees"].items()}
    assert [test[count] for count in ("1", "5", "10", "50", "200")] == [8.1, 6.1, 5.7, 5.0, 4.8]
    oob = MEASURED["trees"]
    assert (round(oob["5"]["oob"], 1), round(oob["200"]["oob"], 1)) == (7.3, 4.1)
    assert round(100 * (0.048 * 0.952 / 189) ** 0.5, 1) == 1.6


def test_the_table_of_features():
    rows = {count: [round(row["tree"], 1), round(row["correlation"], 2), round(row["forest"] + 1e-9, 1)]
            for count, row in MEASURED["features"].items()}
    expected = {"1": [10.9, 0.34, 4.8], "2": [9.3, 0.38, 4.6], "5": [8.5, 0.41, 4.9],
                "10": [8.1, 0.43, 5.0], "30": [8.3, 0.47, 5.2]}
    assert {count: rows[count] for count in expected} == expected


def test_out_of_bag_and_by_form():
    assert MEASURED["writers"] == {"oob": 26, "by_form": 101, "images": 1415}


def test_the_importances():
    importance = MEASURED["importance"]
    assert [round(value, 2) for value in importance["impurity"]] == [0.35, 0.65]
    assert [round(value, 3) for value in importance["shuffled"]] == [0.193, -0.003]
    accuracies = [importance[f"accuracy{what}"] for what in ("", "_of_25_trees", "_of_large_leaves")]
    assert accuracies == [0.681, 0.682, 0.805]


def test_the_table_against_the_network():
    noise = {columns: [round(row["forest"], 1), round(row["network"], 1)]
             for columns, row in MEASURED["network"]["noise"].items()}
    expected = {"0": [4.4, 2.6], "30": [5.0, 4.7], "100": [5.1, 6.2], "1000": [6.2, 19.4]}
    assert {columns: noise[columns] for columns in expected} == expected
    rotated = MEASURED["network"]["rotated"]
    assert (round(rotated["forest"], 1), round(rotated["network"], 1)) == (3.8, 2.7)


def test_the_variance_of_a_mean_of_correlated_trees():
    assert [round(0.3 + 0.7 / count, 3) for count in (1, 10, 100)] == [1.0, 0.37, 0.307]


@pytest.mark.slow
def test_a_small_part_measured_again():
    trees = experiment.by_trees(splits=3, sizes=(1, 25))
    assert trees["25"]["test"] < trees["1"]["test"] and trees["25"]["oob"] < trees["1"]["oob"]
    features = experiment.by_features(splits=2, trees=12, features=(1, 30))
    assert features["1"]["correlation"] < features["30"]["correlation"]
    assert features["1"]["tree"] > features["30"]["tree"]
