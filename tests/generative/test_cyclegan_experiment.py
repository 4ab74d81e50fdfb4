"""What the page says about the experiment is what was measured."""

import json
from pathlib import Path

import pytest
import torch

from snippets.generative.cyclegan_experiment import (
    OUTCOMES,
    level_of,
    outcome,
    patch_judge,
    recovered,
    run,
    squares,
    train_images,
    translator,
)

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
    record = run(runs=3, steps=150, seed=1, settings=["adversarial only", "cycle"])["settings"]
    start, end = record["cycle"]["curve"][0][1], record["cycle"]["curve"][-1][1]
    assert end < 0.15 * start
    assert record["adversarial only"]["curve"][-1][1] > 2 * end


def test_squares_have_one_square_of_the_stated_level():
    for white in (False, True):
        image, mask, level = squares(50, torch.Generator().manual_seed(0), white)
        assert image.shape == mask.shape == (50, 1, 16, 16) and level.shape == (50,)
        assert torch.equal(mask.sum(dim=(1, 2, 3)), torch.full((50,), 36.0))
        # 36 pixels of grain 0.05: the mean is known to 0.0083
        assert (level_of(image, mask) - level).abs().max() < 5 * 0.05 / 6
        assert (level_of(image, 1 - mask) + 0.8).abs().max() < 5 * 0.05 / 220**0.5
    assert (level == 0.8).all()
    level = squares(500, torch.Generator().manual_seed(1), white=False)[2]
    assert 0 <= level.min() < 0.02 and 0.78 < level.max() <= 0.8


def test_networks_keep_the_size_and_judge_patches():
    x = torch.zeros(3, 1, 16, 16)
    assert translator()(x).shape == x.shape
    assert patch_judge()(x).shape == (3, 1, 4, 4)


def test_recovered_is_the_squared_correlation():
    level = torch.tensor([0.0, 1.0, 2.0])
    assert recovered(level, 5 - 3 * level) == 1.0
    assert recovered(level, torch.tensor([1.0, 0.0, 1.0])) == 0.0
    assert recovered(level, torch.tensor([0.0, 0.0, 1.0])) == 0.75


@pytest.mark.slow
def test_a_short_run_on_squares_starts_as_the_committed_one_and_its_cycle_error_falls():
    first = train_images(5.0, 20, 1)
    committed = RECORD["images"]["runs"]["5.0"][1]["curve"]
    assert abs(first["curve"][0][1] - committed[0][1]) < 1e-3  # the same start
    assert first["curve"][-1][1] < 0.7 * first["curve"][0][1]


def between(weight: str, value) -> str:
    """Smallest and largest value over the seeds, in the digits of the page."""
    values = [value(one) for one in RECORD["images"]["runs"][weight]]
    assert len(values) == 3
    return f"{min(values):.2f} {max(values):.2f}"


def test_the_squares_on_the_page():
    assert RECORD["images"]["steps"] == 800
    assert between("0.0", lambda one: one["curve"][0][1]) == "0.66 0.82"
    table = {weight: [between(weight, value) for value in (
        lambda one: one["curve"][-1][1],
        lambda one: one["square"][1],
        lambda one: one["recovered"]["untouched"],
        lambda one: one["recovered"]["noise 0.3"],
        lambda one: one["recovered"]["cleaned"],
    )] for weight in ("0.0", "5.0")}
    assert table == {
        "0.0": ["0.09 0.11", "0.08 0.16", "0.19 0.65", "0.16 0.59", "0.00 0.00"],
        "5.0": ["0.03 0.03", "0.20 0.24", "0.95 0.97", "0.89 0.90", "0.01 0.05"],
    }
    assert all(one["right_pixels"] > 0.999 for one in RECORD["images"]["runs"]["5.0"])


def test_the_spread_of_squares_in_both_domains():
    image, mask, _ = squares(5000, torch.Generator().manual_seed(2), white=False)
    assert f"{level_of(image, mask).std():.2f}" == "0.23"  # 0.8 / sqrt(12)
    image, mask, _ = squares(5000, torch.Generator().manual_seed(3), white=True)
    assert f"{level_of(image, mask).std():.2f}" == "0.01"  # 0.05 / 6
