"""The page's numbers stand in the committed run, and a short run repeats its first losses."""

import json
from pathlib import Path

import pytest
import torch

from snippets.detection_and_segmentation import detect_single_instances_experiment as experiment
from snippets.detection_and_segmentation.detect_single_instances_experiment import (
    CASES,
    TEST_SEED,
    collapse,
    mean,
    run,
    score,
)
from snippets.detection_and_segmentation.detect_single_instances_torch import SIZE, make_images

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_table_of_the_page():
    table = {name: (f"{mean(RESULT, name, 'iou')[0]:.2f}", f"{100 * mean(RESULT, name, 'both_50')[0]:.1f}",
                    f"{100 * mean(RESULT, name, 'both_75')[0]:.1f}") for name in CASES}
    assert table == {
        "slots": ("0.55", "44.5", "2.1"),
        "slots, L1 only": ("0.61", "65.9", "2.7"),
        "slots, 3 x steps": ("0.75", "93.5", "30.5"),
        "pooled": ("0.35", "7.1", "0.1"),
        "heatmap": ("0.84", "98.3", "70.0"),
        "heatmap, L1 only": ("0.84", "98.4", "70.1"),
        "heatmap, random order": ("0.44", "8.8", "0.2"),
    }
    assert all(len({r["seed"] for r in RESULT["runs"] if r["case"] == name}) == 3 for name in CASES)


def test_the_ranges_of_the_figure():
    low, high = (100 * value for value in mean(RESULT, "slots", "both_50")[1:])
    assert 18 < low < 19 and 57 < high < 58
    seconds = [r["cpu_seconds"] for r in RESULT["runs"] if r["steps"] == 600]
    assert min(seconds) > 7.5 and max(seconds) < 11


def test_both_slots_settle_on_one_object_if_the_order_is_random():
    means = {key: sum(r[key] for r in RESULT["random_order"]) / 3
             for key in ("each_other", "nearer", "other")}
    assert {key: f"{value:.2f}" for key, value in means.items()} == {
        "each_other": "0.95", "nearer": "0.71", "other": "0.18"}


def test_the_learning_rates_that_were_not_chosen():
    found = {(r["head"], r["lr"], r["seed"]): f"{100 * r['both_50']:.1f}" for r in RESULT["rates"]}
    assert found == {
        ("slots", 3e-4, 0): "9.6", ("slots", 3e-4, 1): "10.5",
        ("slots", 3e-3, 0): "21.1", ("slots", 3e-3, 1): "66.5",
        ("heatmap", 1e-3, 0): "96.4", ("heatmap", 1e-3, 1): "96.0",
    }


def test_collapse_tells_one_object_from_two():
    _, targets = make_images(1000, torch.Generator().manual_seed(TEST_SEED))

    class First(torch.nn.Module):
        def forward(self, images):
            return targets[:, :1].expand(-1, 2, -1)

    found = collapse(First())
    assert found["each_other"] > 0.999 and found["nearer"] > 0.999 and found["other"] < 0.2


def test_the_score_counts_images_with_both_boxes_right():
    _, targets = make_images(1000, torch.Generator().manual_seed(TEST_SEED))

    class Answer(torch.nn.Module):
        def forward(self, images):
            boxes = targets.clone()
            boxes[:100, 0] = torch.tensor([0.0, 0, 1, 1])  # the rectangle of a tenth is missed
            boxes[100:300, 1, 2] -= 0.4 * (boxes[100:300, 1, 2] - boxes[100:300, 1, 0])  # IoU 0.6
            return boxes

    found = score(Answer())
    assert found["both_50"] == 0.9 and found["both_75"] == 0.7
    assert abs(found["iou"] - (1 - 100 / 2000 - 200 * 0.4 / 2000)) < 2e-3
    assert SIZE == 48


@pytest.mark.slow
def test_a_short_run_repeats_the_first_losses_and_orders_the_heads():
    cases = {name: (CASES[name][0], 70, True, False) for name in ("pooled", "heatmap")}
    result = run(cases, seeds=(0,))
    pairs = zip(result["short"], RESULT["short"], strict=True)
    assert max(abs(a - b) for a, b in pairs) < 0.02
    assert mean(result, "heatmap", "loss")[0] < mean(result, "pooled", "loss")[0] - 0.1
