"""What the page states about the measured remedies."""

import json
from pathlib import Path

import pytest

from snippets.optimization import black_box_model_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def mean(box: str, what: str) -> float:
    return round(MEASURED["errors"][box][what][0], 1)


def test_the_table_of_errors():
    rows = {
        "alone": [20.4, 9.9, 1.1],
        "training error": [19.7, 0.0, 0.0],
        "400 more images": [20.5, 8.2, 0.9],
        "bagging": [20.3, 5.3, 1.1],
        "boosting": [9.0, 2.8, 2.7],
        "shifted copies": [21.1, 9.4, 1.0],
        "test-time shifts alone": [20.8, 17.9, 4.1],
        "both": [21.9, 4.7, 1.1],
        "noisy labels, alone": [20.4, 19.2, 10.9],
        "noisy labels, bagging": [20.3, 6.7, 10.7],
        "noisy labels, boosting": [12.2, 6.6, 18.0],
    }
    for what, expected in rows.items():
        assert [mean(box, what) for box in experiment.BOXES] == expected, what
    assert (MEASURED["run"]["splits"], MEASURED["run"]["rounds"]) == (20, 50)
    worst = max(row[1] for errors in MEASURED["errors"].values() for row in errors.values())
    assert worst < 0.95


def test_the_threshold_table():
    found = MEASURED["detection"]
    rows = {
        name: [round(found[name][key], 1) for key in ("missed", "alarms")] + [
            round(found[name]["cost"])]
        for name in ("majority", "tuned")
    }
    assert rows == {"majority": [30.0, 3.4, 303], "tuned": [8.7, 51.4, 139]}
    assert found["tuned_wins"] == 20
    # A mean vote of v is a share of (1 + v) / 2 of the trees.
    assert round(50 * (1 + found["threshold"])) == 18
    right = [100 - (found[n]["missed"] + found[n]["alarms"]) / 10 for n in ("majority", "tuned")]
    assert [round(r, 1) for r in right] == [96.7, 94.0]


@pytest.mark.slow
def test_the_order_holds_when_measured_again():
    errors = experiment.run(seed=1, splits=2, rounds=15)["errors"]
    stump, tree, nearest = (errors[name] for name in ("stump", "full tree", "1-NN"))
    assert stump["boosting"][0] < 0.8 * stump["alone"][0] < stump["bagging"][0]
    assert tree["boosting"][0] < tree["bagging"][0] < tree["alone"][0]
    assert tree["test-time shifts alone"][0] > tree["alone"][0] > tree["both"][0]
    assert abs(nearest["bagging"][0] - nearest["alone"][0]) < 1
