"""What the page states about the measured run, and a short run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.deployment import deploy_to_hardware_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def test_the_table_of_files():
    rows = {name: [round(row["bytes"] / 1000, 1), row["errors"], row["labels"], row["refused"]]
            for name, row in MEASURED["compared"].items()}
    assert rows == {"float": [52.1, 10, 0, 16], "dynamic": [20.4, 10, 0, 16], "static": [23.4, 10, 0, 17],
                    "one_image": [23.4, 10, 0, 17], "pixels_from_0_to_1": [23.4, 86, 81, 242]}
    logits = {name: row["logits"] for name, row in MEASURED["compared"].items()}
    assert f"{logits['float']:.1e}" == "3.8e-06" and f"{logits['dynamic']:.2f}" == "0.14"
    assert [f"{logits[name]:.1f}" for name in ("static", "one_image", "pixels_from_0_to_1")] == [
        "2.7", "16.0", "19.3"]
    assert round(MEASURED["compared"]["float"]["margin"], 3) == 0.039
    assert MEASURED["weights"] == 9930
    assert round(MEASURED["metadata_bytes"] / 1000) == 9


def test_equal_labels_follow_from_the_margin():
    row = MEASURED["compared"]["float"]
    assert 2 * row["logits"] < row["margin"] / 1000
    for other in (MEASURED["strange"], MEASURED["unoptimized"]):
        assert 2 * other["logits"] < other["margin"] / 1000 and other["labels"] == 0
    assert list(MEASURED["batches"]) == ["1", "2", "7", "64"]
    assert max(MEASURED["batches"].values()) < 1e-5


def test_the_saturated_logits():
    row = MEASURED["saturation"]
    assert (row["logits_outside"], row["logits"]) == (12, 3820)
    assert round(row["inside"], 2) == 0.19 and round(row["outside"], 1) == 2.7


def test_the_table_of_latencies():
    rows = {name: [round(1000 * row[key]) for key in ("first", "mean", "p50", "p95", "p99")]
            for name, row in MEASURED["latency"]["1"].items()}
    assert rows == {"torch": [473, 367, 90, 175, 12347],
                    "float": [115, 43, 15, 17, 35],
                    "dynamic": [171, 107, 30, 33, 98],
                    "static": [132, 58, 17, 18, 28]}
    for first, mean, p50, _, _ in rows.values():
        assert 5 < first / p50 < 8 and 2.8 < mean / p50 < 4.2
    assert MEASURED["run"]["int8_instructions"]


def test_the_table_of_processor_time():
    cost = {name: [1000 * row[name]["cpu"] / int(batch) for batch, row in MEASURED["latency"].items()]
            for name in ("torch", "float", "dynamic", "static")}
    assert list(MEASURED["latency"]) == ["1", "8", "64", "382"]
    shown = {name: [float(f"{value:.2g}") for value in values] for name, values in cost.items()}
    assert shown == {"torch": [93, 29, 12, 10], "float": [15, 6, 4.9, 5.6],
                     "dynamic": [31, 17, 19, 19], "static": [18, 5.8, 4.4, 4.6]}
    assert round(100 * (1 - cost["static"][3] / cost["float"][3])) == 18
    assert round(cost["torch"][0] / cost["float"][0]) == 6


def test_the_table_of_monitors():
    rows = {name: [row["errors"], round(row["mean_pixel"], 2), round(row["confidence"], 3),
                   round(100 * row["refused"]), float(f"{row['stability']:.2g}")]
            for name, row in MEASURED["monitored"].items()}
    assert rows == {
        "as tested": [10, 4.87, 0.975, 4, 0], "moved by two columns": [89, 4.68, 0.871, 28, 0.29],
        "pixels from 0 to 1": [343, 0.3, 0.995, 0, 5.8], "inverted": [335, 11.13, 0.775, 51, 1.4],
        "turned by 90 degrees": [343, 4.87, 0.993, 1, 5.8]}


def test_the_alarms_that_see_each_fault():
    tested, *faults = MEASURED["monitored"].values()
    assert [row["refused"] > 2 * tested["refused"] for row in faults] == [True, False, True, False]
    assert [abs(row["mean_pixel"] - tested["mean_pixel"]) > 1 for row in faults] == [False, True, True, False]
    assert all(row["stability"] > 2 * 9 * 2 / 382 for row in faults)  # twice its mean without drift
    assert round(faults[0]["stability"], 2) == 0.29


def test_the_refusal_does_not_catch_an_image_without_a_digit():
    answers = MEASURED["featureless"]
    assert round(answers["blank"], 3) == 0.998 and round(answers["full"], 2) == 0.95
    assert min(answers.values()) > experiment.THRESHOLD
    with np.errstate(invalid="ignore"):
        assert not np.nan < experiment.THRESHOLD and not np.nan >= experiment.THRESHOLD


def test_a_threshold_of_a_tenth_rings_by_chance():
    # For two equal multinomials the index times n / 2 is close to a chi-square with 9 degrees of freedom.
    chi_square = np.random.default_rng(0).chisquare(9, size=100_000)
    assert round(np.mean(chi_square * 2 / 191 > 0.1), 1) == 0.4


def test_the_counts_of_the_checklist():
    assert 64 * 9 * 16 + 64 * 9 * 16 * 32 + 512 * 10 == 309_248
    assert (16 * 64, 32 * 64) == (1024, 2048)
    assert 16 * 9 + 32 * 16 * 9 + 10 * 512 + (16 + 32 + 10) == 9930 and round(4 * 58 / 1000, 1) == 0.2
    assert (round(3072 / 1000, 1), round(4 * 3072 / 1000, 1), round(4 * 9930 / 1000, 1)) == (3.1, 12.3, 39.7)


def test_the_arithmetic_of_the_answers():
    assert round(100 * (1 - 0.05 ** (1 / 382)), 1) == 0.8
    assert round(4 * 0.01 / 0.005**2) == 1600
    assert round(4 * 2 * 0.97 * 0.03 / 0.005**2, -2) == 9300
    assert round(100 * (1 - 0.99**100)) == 63


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_short_run_again():
    again = experiment.run(epochs=2, repeats=0)
    assert again["weights"] == 9930 and again["metadata_bytes"] >= 0
    assert again["featureless"].keys() == MEASURED["featureless"].keys()
    files = again["compared"]
    assert files["float"]["labels"] == 0 and files["float"]["logits"] < 1e-4
    assert files["float"]["errors"] < 80  # after 2 of 20 epochs
    for name in ("dynamic", "static"):
        assert files[name]["bytes"] < files["float"]["bytes"] / 2
        assert abs(files[name]["errors"] - files["float"]["errors"]) < 8
    assert files["pixels_from_0_to_1"]["labels"] > 40
    for name, row in MEASURED["compared"].items():
        # The exporter writes the paths of the source into the file, so the folder's name changes its size.
        assert abs(files[name]["bytes"] / row["bytes"] - 1) < 0.2
    turned, tested = again["monitored"]["turned by 90 degrees"], again["monitored"]["as tested"]
    assert turned["mean_pixel"] == pytest.approx(tested["mean_pixel"]) and turned["errors"] > 200
    assert np.isfinite(turned["stability"]) and tested["stability"] == 0
