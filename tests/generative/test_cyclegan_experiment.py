"""What the page says about the experiment is what was measured."""

import json
from pathlib import Path

import pytest

from snippets.generative.cyclegan_experiment import OUTCOMES, outcome, run

RECORD = json.loads(
    (Path(__file__).parents[2] / "snippets/generative/cyclegan_experiment.json").read_text(encoding="utf-8")
)


def outcomes(setting: str) -> list[str]:
    result = RECORD["settings"][setting]
    return [outcome(*pair) for pair in zip(result["same_side"], result["height"], strict=True)]


def cycles(setting: str, kind: str) -> list[float]:
    pairs = zip(RECORD["settings"][setting]["cycle"], outcomes(setting), strict=True)
    return sorted(cycle for cycle, learned in pairs if learned == kind)


def test_outcome_is_read_from_side_and_height():
    runs = ((1.0, 2.0), (0.0, 2.0), (0.5, 2.0), (1.0, 1.1), (1.0, 0.1))
    assert [outcome(*run) for run in runs] == OUTCOMES


def test_counts_on_the_page():
    table = {setting: [outcomes(setting).count(kind) for kind in OUTCOMES] for setting in RECORD["settings"]}
    assert table == {
        "adversarial only": [13, 11, 0, 0, 0],
        "cycle": [10, 9, 5, 0, 0],
        "cycle, identity": [19, 1, 1, 3, 0],
        "five times heavier": [4, 0, 1, 12, 7],
    }
    assert (RECORD["runs"], RECORD["steps"]) == (24, 2000)


def test_half_lifted_means_one_cluster_and_stayed_means_none():
    heights = [h for result in RECORD["settings"].values() for h in result["height"] if h < 1.5]
    half, none = [h for h in heights if h >= 0.5], [h for h in heights if h < 0.5]
    assert min(half) > 0.75 and max(half) < 1.11  # one of two clusters at height 2 makes about 1
    assert max(abs(h) for h in none) < 0.03


def test_cycle_error_is_the_same_for_the_intended_and_the_crossed_map():
    intended, crossed = cycles("cycle", "intended"), cycles("cycle", "crossed")
    assert [round(v, 3) for v in (intended[0], intended[-1], crossed[0], crossed[-1])] == [0.002, 0.007] * 2


def test_without_cycle_loss_the_two_maps_agree_only_by_chance():
    values = sorted(RECORD["settings"]["adversarial only"]["cycle"])
    apart = [v for v in values if v > 0.5]
    assert len(apart) == 12
    assert min(values) > 0.13 and max(values) < 1.19


def test_median_cycle_error_on_the_page():
    ends = {setting: round(result["curve"][-1][1], 3) for setting, result in RECORD["settings"].items()}
    assert ends == {
        "adversarial only": 0.237,
        "cycle": 0.004,
        "cycle, identity": 0.006,
        "five times heavier": 0.004,
    }


@pytest.mark.slow
def test_again_smaller_cycle_error_falls_with_the_cycle_loss_only():
    record = run(runs=6, steps=400, seed=1, settings=["adversarial only", "cycle"])["settings"]
    start, end = record["cycle"]["curve"][0][1], record["cycle"]["curve"][-1][1]
    assert end < 0.1 * start
    assert record["adversarial only"]["curve"][-1][1] > 3 * end
