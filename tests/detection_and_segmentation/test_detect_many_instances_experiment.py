"""The page's numbers stand in the committed run, and a short run repeats its first losses."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.detection_and_segmentation import detect_many_instances_experiment as experiment
from snippets.detection_and_segmentation.detect_many_instances_experiment import (
    CASES,
    TEST_IMAGES,
    TEST_SEED,
    data,
    mean,
    score,
    train,
)

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_table_of_the_page():
    keys = ("nms_50", "nms_coco", "raw_50", "raw_coco")
    table = {case: tuple(f"{mean(RESULT, case, key)[0]:.3f}" for key in keys) for case in CASES}
    assert table == {
        "one cell": ("0.941", "0.697", "0.885", "0.679"),
        "middle half": ("0.947", "0.735", "0.616", "0.513"),
    }
    spread = [high - low for case in CASES for _, low, high in (mean(RESULT, case, k) for k in keys)]
    assert max(spread) < 0.033
    assert all(len({r["seed"] for r in RESULT["runs"] if r["case"] == case}) == 3 for case in CASES)


def test_the_numbers_in_the_text():
    assert RESULT["objects"] == 877 and RESULT["parameters"] == 32_919
    assert RESULT["positives"] == {"one cell": 876, "middle half": 3434}
    one, several = ({key: mean(RESULT, case, key)[0] for key in ("raw_50", "nms_50", "nms_coco")}
                    for case in CASES)
    assert abs(several["raw_50"] / several["nms_50"] - 2 / 3) < 0.02  # a third is lost
    assert f"{one['nms_50'] - one['raw_50']:.3f}" == "0.056"
    assert f"{several['nms_coco'] - one['nms_coco']:.3f}" == "0.038"
    assert [round(mean(RESULT, case, "kept")[0] / 300) for case in CASES] == [13, 12]
    seconds = [run["cpu_seconds"] for run in RESULT["runs"]]
    assert min(seconds) > 20 and max(seconds) < 22


def test_the_data_hold_what_the_boxes_say():
    images, classes, targets, truths = data(TEST_SEED, 7, 0.5)
    assert images.shape == (7, 1, 64, 64) and classes.shape == (7, 3, 16, 16)
    for n, (boxes, labels) in enumerate(truths):
        for label, row, column in np.argwhere(classes[n].numpy() == 1):
            index = np.abs(boxes - targets[n, row, column].numpy()).sum(axis=1).argmin()
            assert np.allclose(boxes[index], targets[n, row, column], atol=1e-4)
            assert labels[index] == label
    assert sum(len(boxes) for boxes, _ in data(TEST_SEED, TEST_IMAGES, 0.0)[3]) == 877


@pytest.mark.slow
def test_a_short_run_repeats_the_first_losses_and_needs_suppression():
    losses = train(0.5, 0, 30, 100)[1][:10]  # later steps multiply what another processor rounds
    assert max(abs(a - b) for a, b in zip(losses, RESULT["short"][:10], strict=True)) < 0.05
    model, losses = train(0.5, 0, 100, 200)
    assert np.mean(losses[-10:]) < 0.7 * np.mean(losses[:10])
    images, _, _, truths = data(TEST_SEED, 100, 0.5)
    found = score(model, images, truths)
    assert found["nms_50"] > found["raw_50"] + 0.05, found
