"""What the page states about the measured runs."""

import json
from pathlib import Path

import pytest

from snippets.classical import k_means_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def test_the_table_of_seedings():
    rows = {}
    for k in ("3", "9", "25"):
        row = MEASURED["seeding"][k]
        found = [round(100 * row["found"][name], 1) for name in experiment.SEEDINGS]
        rows[k] = [*found, round(row["seeded_ratio"], 1), round(row["bound"], 1)]
    assert rows == {
        "3": [73.6, 97.4, 99.9, 3.2, 24.8],
        "9": [12.5, 68.0, 99.0, 4.1, 33.6],
        "25": [0.0, 14.0, 93.7, 4.4, 41.8],
    }
    assert MEASURED["run"]["runs"] == 1000


def test_the_seeds_keep_the_bound():
    assert all(1 <= row["seeded_ratio"] <= row["bound"] for row in MEASURED["seeding"].values())


def test_restarts_multiply_the_failures():
    p = MEASURED["seeding"]["25"]["found"]["k-means++"]
    assert [round(100 * (1 - (1 - p) ** runs)) for runs in (10, 20)] == [78, 95]


def test_the_table_of_criteria():
    blobs, uniform = MEASURED["choosing"]["blobs"], MEASURED["choosing"]["uniform"]
    names = ("silhouette", "gap", "largest_gap")
    assert [blobs[name].count(4) for name in names] == [20, 8, 20]
    assert [uniform[name].count(1) for name in names] == [0, 19, 3]
    assert [len(blobs[name]) for name in names] == [20, 20, 20]
    assert (round(blobs["widest"], 2), round(uniform["widest"], 2)) == (0.61, 0.42)
    assert round(100 * uniform["losses"][3]) == 24
    assert sorted(uniform["losses"], reverse=True) == uniform["losses"]


def test_the_shapes():
    shapes = MEASURED["shapes"]
    right = {name: round(100 * value["agreement"], 1) for name, value in shapes.items()}
    assert [round(right["moons"]), round(right["unequal"]), round(right["scales"])] == [75, 86, 53]
    assert right["standardized"] == 99.6
    ratios = [round(shapes[name]["true_loss_ratio"], 1) for name in ("moons", "unequal")]
    assert ratios == [1.5, 1.2]


def test_noise_features():
    measured = MEASURED["dimensions"]
    assert round(100 * measured["100"]["agreement"], 1) == 99.9
    assert round(100 * measured["1000"]["agreement"]) == 84
    assert round(100 * measured["1000"]["after_pca"]) == 99
    assert measured["1000"]["true_loss_ratio"] < 1 < measured["100"]["true_loss_ratio"]


@pytest.mark.slow
def test_the_order_holds_when_measured_again():
    result = experiment.run(runs=60, datasets=2, clusters=[9])
    found = result["seeding"]["9"]["found"]
    assert found["random"] < found["k-means++"] < found["greedy"]
    assert result["choosing"]["blobs"]["silhouette"] == [4, 4]
    assert 1 not in result["choosing"]["uniform"]["silhouette"]
    assert result["shapes"]["moons"]["true_loss_ratio"] > 1.2
    noisy = result["dimensions"]["1000"]
    assert noisy["after_pca"] > 0.95 and noisy["true_loss_ratio"] < 1
