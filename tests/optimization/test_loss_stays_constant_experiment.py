"""Each fault is caught by its own check, and the numbers on the page come from the committed run."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import loss_stays_constant_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
FAULTS = RESULT["faults"]
# fault: the first check that fires, going down the tree
CAUGHT = {
    "healthy": "nothing found", "nan_in_one_image": "inputs", "integer_division": "inputs",
    "one_label": "labels", "shuffled_labels": "pairs", "sorted_data": "order",
    "softmax_twice": "outputs", "sigmoid_twice": "outputs", "broadcast": "shapes",
    "frozen_and_replaced": "optimizer", "old_parameters": "optimizer",
    "detached_loss": "connection", "body_without_grad": "connection", "zero_weights": "start",
    "saturated": "units", "rate_too_high": "units", "rate_of_zero": "update",
    "gradient_cleared": "update", "rate_too_low": "update", "training_mode": "mode",
    "stale_copy": "weights", "prefix": "weights", "slow_average": "weights",
    "not_normalized": "code", "class_order": "test labels", "leak": "columns"}


def end(name: str, curve: str = "losses") -> list[float]:
    return [round(run[curve][-1], 2) for run in FAULTS[name]["runs"]]


def test_every_fault_is_caught_first_by_its_own_check_with_every_seed():
    found = {name: {run["first"] for run in entry["runs"]} for name, entry in FAULTS.items()}
    assert found == {name: {check} for name, check in CAUGHT.items()}
    assert all(len(entry["runs"]) == 3 for entry in FAULTS.values())
    assert len(CAUGHT) == 1 + 18 + 7 == 1 + len(experiment.TRAINING) + len(experiment.TESTING)


def test_other_checks_that_fire_are_those_that_the_page_names():
    more = {name: sorted({c for run in entry["runs"] for c in run["found"]} - {CAUGHT[name]})
            for name, entry in FAULTS.items()}
    assert {name: checks for name, checks in more.items() if checks} == {
        "nan_in_one_image": ["units"],
        "integer_division": ["gradient", "pairs", "units", "update"],
        "one_label": ["gradient", "update"],
        "sorted_data": ["gradient", "units", "update"],
        "frozen_and_replaced": ["update"], "old_parameters": ["update"],
        "detached_loss": ["update"],
        "zero_weights": ["gradient", "units", "update"],
        "rate_too_high": ["gradient", "update"],
        "stale_copy": ["code"], "prefix": ["code"], "slow_average": ["code"]}


def test_exactly_constant_means_that_nothing_is_applied():
    exact = {name for name, entry in FAULTS.items()
             if {run["kind"] for run in entry["runs"]} == {"exactly constant"}}
    assert exact == {"frozen_and_replaced", "old_parameters", "detached_loss", "rate_of_zero",
                     "gradient_cleared"}
    plateau = {name for name, entry in FAULTS.items()
               if {run["kind"] for run in entry["runs"]} == {"plateau"}}
    assert plateau == {"integer_division", "one_label", "sorted_data",
                       "zero_weights", "rate_too_low"}


def test_ends_of_the_training_losses():
    assert max(end("healthy")) == 0.0 and max(FAULTS["healthy"]["runs"][0]["losses"][-1:]) < 4e-4
    for name in ("integer_division", "zero_weights"):
        assert set(end(name)) == {2.3}
    assert end("softmax_twice") == [1.57, 1.65, 1.64]
    assert end("sigmoid_twice") == [0.51, 0.5, 0.52]
    assert end("broadcast") == [1.03, 1.05, 1.07]
    assert end("sorted_data") == [2.38, 2.38, 2.38]
    assert end("rate_too_high") == [2.49, 2.57, 2.45]
    assert end("saturated") == [2.26, 2.29, 2.23]
    assert end("body_without_grad") == [1.21, 1.58, 1.57]
    assert end("shuffled_labels") == [2.1, 2.13, 2.17]
    assert [round(r["losses"][5], 2) for r in FAULTS["shuffled_labels"]["runs"]] == [2.29, 2.29, 2.3]
    assert end("one_label") == [0.0, 0.0, 0.0]
    low = FAULTS["rate_too_low"]["runs"][0]["losses"]
    assert 1e-5 < low[0] - low[-1] < 3e-5


def test_ends_of_the_test_losses():
    assert end("healthy", "tests") == [0.09, 0.13, 0.2]
    assert end("training_mode", "tests") == [7.93, 7.53, 8.88]
    assert end("stale_copy", "tests") == [2.31, 2.32, 2.3]
    assert end("prefix", "tests") == [2.31, 2.31, 2.32]
    assert end("slow_average", "tests") == [2.16, 2.16, 2.13]
    assert end("not_normalized", "tests") == [1.24, 0.75, 0.33]
    assert end("class_order", "tests") == [27.65, 29.08, 26.98]
    assert end("leak", "tests") == [1.35, 1.56, 1.95]
    for name in ("stale_copy", "prefix"):
        assert {run["test kind"] for run in FAULTS[name]["runs"]} == {"exactly constant"}
    assert {run["found"]["test labels"] for run in FAULTS["class_order"]["runs"]} <= {
        "0.003", "0.001", "0.000", "0.004", "0.005"}


def test_what_one_batch_finds_and_what_it_misses():
    last = {name: [b[1] for b in entry["one batch"]] for name, entry in FAULTS.items()
            if entry["one batch"]}
    passed = {name for name, losses in last.items() if max(losses) < 0.01}
    assert passed == {"healthy", "nan_in_one_image", "one_label", "shuffled_labels", "sorted_data"}
    failed = {name for name, losses in last.items() if min(losses) > 0.4}
    assert set(last) - passed - failed == {"saturated"}


def test_table_of_one_batch():
    seed_0 = {name: round(entry["one batch"][0][1], 2) for name, entry in FAULTS.items()
              if entry["one batch"]}
    assert seed_0 == {
        "healthy": 0.0, "nan_in_one_image": 0.0, "integer_division": 2.15, "one_label": 0.0,
        "old_parameters": 2.32, "frozen_and_replaced": 2.33, "detached_loss": 2.32,
        "body_without_grad": 1.64, "rate_of_zero": 2.32, "gradient_cleared": 2.32,
        "rate_too_low": 2.32, "zero_weights": 2.15, "rate_too_high": 2.15, "saturated": 0.06,
        "broadcast": 0.98, "softmax_twice": 1.62, "sigmoid_twice": 0.48, "shuffled_labels": 0.0,
        "sorted_data": 0.0}
    assert {run["losses"][-1] for run in FAULTS["nan_in_one_image"]["runs"]} == {None}
    assert end("rate_too_low")[0] == 2.31


def test_accuracy_stands_still_while_the_ranking_is_learned():
    for entry in RESULT["threshold"]:
        assert {round(a, 6) for a in entry["accuracy"]} == {round(entry["base rate"], 6)}
        assert entry["auc"][0] < 0.46 and entry["auc"][-1] > 0.9
    aucs = np.mean([[e["auc"][0], e["auc"][-1]] for e in RESULT["threshold"]], axis=0)
    losses = np.mean([[e["loss"][0], e["loss"][-1]] for e in RESULT["threshold"]], axis=0)
    rate = np.mean([entry["base rate"] for entry in RESULT["threshold"]])
    assert [round(float(v), 2) for v in (*aucs, *losses)] == [0.41, 0.92, 0.57, 0.27]
    assert round(100 * float(rate), 1) == 89.9


@pytest.mark.slow
def test_every_fault_again_in_a_shorter_run():
    faults = [None, *experiment.TRAINING, *experiment.TESTING]
    # Saturation comes late, when depends on the processor's rounding; 8 of 8 seeds have it after 40 epochs.
    epochs = {experiment.saturated: 40}
    found = {fault.__name__ if fault else "healthy":
             experiment.diagnose(fault, 5, epochs.get(fault, 6))["first"] for fault in faults}
    assert found == CAUGHT
