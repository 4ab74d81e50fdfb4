"""The page's claims about sweep, range test and sharpness, from the JSON and from short runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import learning_rate_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
SWEEP = RESULT["sweep"]


def row(lr: float) -> int:
    return int(np.argmin(np.abs(np.log(np.array(RESULT["lrs"]) / lr))))


def mean(optimizer: str, key: str, lr: float) -> float:
    return float(np.mean(np.array(SWEEP[optimizer][key][row(lr)], dtype=float)))


def test_protocol():
    assert len(RESULT["lrs"]) == 19 and RESULT["run"]["seeds"] == 5
    assert RESULT["run"]["epochs"] == 20 and RESULT["run"]["batch"] == 32
    assert np.isclose(RESULT["lrs"][0], 1e-5) and np.isclose(RESULT["lrs"][-1], 10)


def test_best_rates_lie_inside_the_sweep():
    best = {name: round(SWEEP[name]["best"], 2) for name in SWEEP}
    assert best == {"sgd": 0.46, "momentum": 0.1, "adam": 0.01}
    assert not any(SWEEP[name]["widen"] for name in SWEEP)


def test_table_of_test_accuracies():
    for name, best, expected in [("sgd", 0.464, (96.7, 94.2, 9.3)),
                                 ("momentum", 0.1, (96.9, 95.9, 84.4)),
                                 ("adam", 0.01, (96.9, 95.3, 96.4))]:
        found = tuple(round(100 * mean(name, "test", lr), 1)
                      for lr in (best, best / 10, best * 4.64))
        assert found == expected, f"{name}: {found}"


def test_momentum_is_sgd_at_ten_times_the_rate_while_rates_are_low():
    assert round(mean("momentum", "validation_loss", 1e-3), 3) == 0.943
    assert round(mean("sgd", "validation_loss", 1e-2), 3) == 0.927
    assert round(mean("momentum", "validation_loss", 1e-4), 3) == 2.232
    assert round(mean("sgd", "validation_loss", 1e-3), 3) == 2.229


def test_other_numbers_of_the_sweep():
    assert round(mean("adam", "validation_loss", 1e-3), 3) == 0.190
    assert round(mean("adam", "validation_loss", 1e-2), 3) == 0.089
    assert round(mean("sgd", "validation_loss", 2.154), 2) == 2.34
    assert round(mean("momentum", "validation_loss", 0.464), 3) == 0.561
    assert round(mean("sgd", "validation_loss", 0.464), 3) == 0.112
    spread = [round(100 * float(np.std(SWEEP["sgd"]["test"][row(lr)], ddof=1)), 1)
              for lr in (0.464, 1.0)]
    assert spread == [0.3, 3.1]
    assert mean("sgd", "test", 1.0) > 0.95
    best = [round(100 * float(np.std(SWEEP[name]["test"][row(lr)], ddof=1)), 1)
            for name, lr in [("sgd", 0.464), ("momentum", 0.1), ("adam", 0.01)]]
    assert best == [0.3, 1.2, 1.1]


def test_curves_of_the_figure():
    last = [round(SWEEP["sgd"]["curves"][row(lr)][-1], 2) for lr in (1e-3, 1e-2, 0.464, 2.154)]
    assert last == [2.1, 0.85, 0.03, 2.33]


def test_range_test_rules():
    rows = [entry for length in RESULT["range"].values() for entry in length]
    assert len(rows) == 15
    for key, low, high in [("last", 1.0, 27), ("lowest", 0.58, 1.5), ("steepest_trimmed", 1e-4, 0.98)]:
        values = [entry[key] for entry in rows]
        np.testing.assert_allclose([min(values), max(values)], [low, high], rtol=0.03)
    lowest = [entry["lowest"] / 3 for entry in rows]
    np.testing.assert_allclose([min(lowest), max(lowest)], [0.19, 0.50], rtol=0.02)
    trimmed = sorted(entry["steepest_trimmed"] for entry in rows)
    assert trimmed[1] > 0.06 and trimmed[-1] < 0.98 and round(0.98 / 0.061) == 16
    assert sum(entry["steepest"] < 1.1e-5 for entry in rows) == 5
    last = {length: max(e["last"] for e in entries) for length, entries in RESULT["range"].items()}
    assert last["1000"] < 1.6 < last["300"] < last["100"]


def test_curvature_settles_at_the_limit():
    for lr, low, high in [("0.4", 4.98, 5.10), ("0.33", 5.96, 6.12)]:
        record = RESULT["sharpness"][lr]
        late = np.array(record["sharpness"])[np.array(record["step"]) > 2000]
        assert (round(float(late.min()), 2), round(float(late.max()), 2)) == (low, high)
    assert round(RESULT["sharpness"]["0.2"]["sharpness"][-1], 2) == 6.36
    assert round(RESULT["sharpness"]["0.2"]["sharpness"][0], 1) == 4.8
    rises = {lr: int((np.diff(r["loss"]) > 0).sum()) for lr, r in RESULT["sharpness"].items()}
    for lr, top in [("0.4", 5.5), ("0.33", 6.3)]:  # overshoots before it settles
        assert round(max(RESULT["sharpness"][lr]["sharpness"]), 1) == top
    assert rises == {"0.2": 0, "0.33": 3, "0.4": 18}
    assert len(RESULT["sharpness"]["0.2"]["loss"]) == 61


@pytest.mark.slow
def test_sweep_again():
    with np.errstate(all="ignore"):
        rates = np.array([0.01, 0.464, 4.64])
        low, good, high = (experiment.train("sgd", lr, 0, epochs=10) for lr in rates)
    assert good["validation"] > low["validation"] > high["validation"]
    assert high["validation"] < 0.2


@pytest.mark.slow
def test_curvature_falls_below_where_it_started_and_then_rises():
    record = experiment.sharpness(0.4, steps=600, every=200)
    assert record["sharpness"][-1] > record["sharpness"][1] + 0.5
