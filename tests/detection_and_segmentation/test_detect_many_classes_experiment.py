"""The page's numbers stand in the committed run, and a short run repeats its first losses."""

import json
from pathlib import Path

import pytest
import torch

from snippets.detection_and_segmentation import detect_many_classes_experiment as experiment
from snippets.detection_and_segmentation.detect_many_classes_experiment import (
    CASES,
    GROUPS,
    accuracy,
    mean,
    score,
)
from snippets.detection_and_segmentation.detect_many_classes_torch import CLASSES, Classifier, World, train

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_table_of_the_page():
    keys = ("natural", *GROUPS)
    table = {case: tuple(round(100 * mean(RESULT, case, key)[0]) for key in keys) for case in CASES}
    assert table == {
        "full": (86, 100, 62, 18),
        "sampled": (76, 93, 26, 4),
        "sampled, 5 x steps": (92, 98, 79, 53),
        "sampled, not corrected": (64, 67, 30, 9),
        "names": (90, 89, 80, 78),
    }
    assert round(100 * mean(RESULT, "names", "novel")[0]) == 79
    assert all(len({r["seed"] for r in RESULT["runs"] if r["case"] == case}) == 3 for case in CASES)


def test_the_differences_in_the_text():
    frequent = {case: 100 * mean(RESULT, case, "frequent")[0] for case in CASES}
    assert 25 < frequent["sampled"] - frequent["sampled, not corrected"] < 26
    assert round(frequent["full"] - frequent["names"]) == 11


def test_the_cost_of_the_page():
    seconds = {case: f"{mean(RESULT, case, 'cpu_seconds')[0]:.1f}" for case in CASES}
    assert seconds == {
        "full": "9.5",
        "sampled": "1.7",
        "sampled, 5 x steps": "8.3",
        "sampled, not corrected": "1.7",
        "names": "0.8",
    }
    assert RESULT["examples"] == {
        "frequent": 68.65,
        "middle": 5.89,
        "rare": 2.04,
    }


def test_accuracy_is_the_share_of_regions_with_the_right_row():
    world = World(torch.Generator().manual_seed(0))

    class Last(torch.nn.Module):
        def forward(self, features):
            return torch.ones(len(features), 1)

    weight = torch.zeros(CLASSES, 1)
    weight[7] = 1.0  # always answers class 7
    assert accuracy(Last(), world, torch.tensor([7, 7, 3, 7]), weight) == 0.75


def test_an_untrained_classifier_knows_nothing():
    world = World(torch.Generator().manual_seed(0))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        found = score(Classifier(world.names[:CLASSES]), world)
    assert set(found) == {"natural", *GROUPS, "novel"} and max(found.values()) < 0.02


@pytest.mark.slow
def test_a_short_run_repeats_the_first_losses_and_names_reach_novel_classes():
    world = World(torch.Generator().manual_seed(0))
    for case, options in CASES.items():
        losses = train(world, 0, **{**options, "steps": 8})[1]
        pairs = zip(losses, RESULT["short"][case], strict=True)
        assert max(abs(a - b) for a, b in pairs) < 0.02, case
    model, _ = train(world, 0, 150, num_sampled=256, by_name=True)
    found = score(model, world)
    assert found["novel"] > 0.2 and found["rare"] > 0.2, found  # chance: 0.0001
