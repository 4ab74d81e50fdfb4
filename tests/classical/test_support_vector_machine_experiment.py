"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.classical import support_vector_machine_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def rows(curve: str) -> dict[str, list[float]]:
    return {size: [round(float(np.mean(row[name])), 1) for name in ("svm", "network")]
            + [round(float(np.mean(row["support"])))] for size, row in MEASURED[curve].items()}


def test_the_table_of_errors():
    assert rows("curve") == {
        "50": [86.4, 90.0, 49], "100": [49.8, 63.2, 93], "200": [32.6, 38.8, 159],
        "400": [28.8, 38.8, 256], "800": [19.8, 23.6, 411], "1415": [15.0, 20.0, 551]}
    assert rows("shifted") == {"200": [24.0, 30.0, 463], "1415": [12.0, 11.3, 1526]}


def test_the_machine_is_ahead_in_most_pairs():
    pairs = [pair for row in MEASURED["curve"].values()
             for pair in zip(row["svm"], row["network"], strict=True)]
    assert (sum(a < b for a, b in pairs), len(pairs)) == (25, 28)


def test_the_seconds():
    row = MEASURED["curve"]["1415"]
    assert round(np.mean(row["svm_seconds"]), 2) == 0.07
    assert round(np.mean(row["network_seconds"])) == 5


def test_the_table_of_gamma():
    table = {row["gamma"]: [row["support"], row["train"], row["test"]] for row in MEASURED["gamma"]["rows"]}
    assert MEASURED["gamma"]["default"] == pytest.approx(2**-6)  # the entries have variance 1
    expected = {2**-14: [400, 93, 134], 2**-10: [281, 8, 47], 2**-6: [261, 0, 30],
                2**-2: [400, 0, 168], 1.0: [400, 0, 343]}
    assert {gamma: table[gamma] for gamma in expected} == expected


def test_the_units():
    units = MEASURED["units"]
    assert (round(100 * units["raw"]), round(100 * units["standardized"])) == (66, 98)
    assert (round(units["smallest_std"], 2), round(units["largest_std"])) == (0.12, 314)


def test_the_split_is_by_form():
    images, labels, test_images, test_labels = experiment.digits()
    assert (len(images), len(labels), len(test_images), len(test_labels)) == (1415, 1415, 382, 382)
    copies = experiment.sideways(images[:2]).reshape(3, 2, 8, 8)
    assert (copies[1] == images[:2].reshape(2, 8, 8)).all()
    assert (copies[0, :, :, 1:] == copies[1, :, :, :-1]).all()
    assert (copies[2, :, :, :-1] == copies[1, :, :, 1:]).all()


def test_the_network_has_the_notebooks_parameters():
    assert sum(p.numel() for p in experiment.network(torch.Generator()).parameters()) == 9930


@pytest.mark.slow
def test_a_small_part_measured_again():
    again = experiment.learning_curve(sizes=(100,), draws=1, steps=40)["100"]
    committed = MEASURED["curve"]["100"]
    assert abs(again["svm"][0] - committed["svm"][0]) <= 1
    assert again["support"][0] == pytest.approx(committed["support"][0], abs=2)
    assert abs(again["network"][0] - committed["network"][0]) < 30  # 40 of 460 steps
    gamma = experiment.by_gamma([2**-6])["rows"]
    assert gamma == [row for row in MEASURED["gamma"]["rows"] if row["gamma"] == 2**-6]
    assert experiment.units() == pytest.approx(MEASURED["units"])
