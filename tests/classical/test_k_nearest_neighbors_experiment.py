"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from snippets.classical import k_nearest_neighbors_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())
MACHINES = json.loads(
    Path(experiment.__file__).with_name("support_vector_machine_experiment.json").read_text())


def test_the_table_of_dimensions():
    rows = {d: [f"{100 * row['share_1']:.1f}", round(1e6 * row["tree_seconds"]),
                round(1e6 * row["brute_seconds"]), row["contrast"] and float(f"{row['contrast']:.1f}")]
            for d, row in MEASURED["dimension"].items()}
    expected = {"2": ["0.1", 1, 25, 307.4], "4": ["0.4", 3, 25, 25.8], "8": ["2.8", 19, 27, 6.9],
                "10": ["5.7", 43, 27, 5.2], "16": ["44.1", 259, 30, 3.4], "30": ["99.9", 583, 34, 2.3]}
    assert {d: rows[d] for d in expected} == expected


def test_the_tree_is_faster_up_to_eight_dimensions_and_slower_from_ten():
    for dimension, row in MEASURED["dimension"].items():
        assert (row["tree_seconds"] < row["brute_seconds"]) == (int(dimension) <= 8), dimension


def test_more_points_and_fewer_hidden_dimensions_help():
    assert [f"{100 * MEASURED['points'][n]:.1f}" for n in ("1000", "100000")] == ["25.4", "0.5"]
    hidden = MEASURED["hidden"]
    assert (f"{100 * hidden['three_in_30']:.1f}", round(100 * hidden["digits"])) == ("0.2", 54)


def test_scikit_learn_turns_to_brute_force_above_fifteen_features():
    rng = np.random.default_rng(0)
    for features, method in [(15, "kd_tree"), (16, "brute")]:
        assert NearestNeighbors().fit(rng.normal(size=(100, features)))._fit_method == method


def test_the_table_of_k():
    assert MEASURED["k"] == {"1": [0, 18, 65], "3": [9, 16, 65], "5": [13, 17, 76],
                             "15": [19, 24, 79], "50": [56, 68, 113], "200": [148, 153, 203]}


def test_the_table_of_sizes():
    mean = {size: round(float(np.mean(errors)), 1) for size, errors in MEASURED["curve"].items()}
    assert [mean[size] for size in ("50", "100", "400", "1415")] == [116.0, 55.6, 29.2, 12.0]
    network = {size: np.mean(row["network"]) for size, row in MACHINES["curve"].items()}
    assert all((mean[size] < network[size]) == (int(size) >= 100) for size in mean)


def test_the_table_of_moves():
    rows = {}
    for name in ("pixels", "network", "features"):
        rows[name] = []
        for shown in ("plain", "copies"):
            same, left, right = MEASURED["moved"][shown][name]
            rows[name] += [same, (left + right) / 2]
    assert rows == {"pixels": [12, 150.5, 12, 12.0], "network": [21, 123.5, 15, 17.0],
                    "features": [15, 99.0, 13, 11.5]}


def test_noise_and_units():
    assert [MEASURED["noise"][columns] for columns in ("0", "64", "1024")] == [12, 53, 274]
    units = MEASURED["units"]
    assert (round(100 * units["raw"]), round(100 * units["standardized"])) == (66, 96)


def test_the_edge_of_a_cube_with_a_thousandth_of_the_points():
    assert (round(0.001 ** (1 / 2), 2), round(0.001 ** (1 / 30), 2)) == (0.03, 0.79)


def test_the_components_that_hold_the_digits():
    images, _, _, _ = experiment.digits()
    variance = np.linalg.svd(images - images.mean(axis=0), compute_uv=False) ** 2
    assert np.searchsorted(np.cumsum(variance) / variance.sum(), 0.95) + 1 == 29


def test_the_standard_error_of_five_votes():
    assert round((0.5 * 0.5 / 5) ** 0.5, 2) == 0.22


@pytest.mark.slow
def test_a_small_part_measured_again():
    again = experiment.by_dimension(dimensions=(2, 10, 30), points=2000, queries=10)
    shares = [row["share_1"] for row in again.values()]
    assert shares[0] < 0.02 < shares[1] < 0.6 < 0.95 < shares[2]
    assert experiment.by_k() == MEASURED["k"]
    assert experiment.units() == pytest.approx(MEASURED["units"])
