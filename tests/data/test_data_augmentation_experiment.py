"""The page's claims about digits, from the committed run and a smaller one."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.data import data_augmentation_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def accuracy(kind: str, size: int, what: str = "accuracy") -> np.ndarray:
    return np.array([value[what] for value in RESULT["runs"][f"{kind} | {size}"]])


def percent(kind: str, size: int) -> np.ndarray:
    counts = np.sum([value["counts"] for value in RESULT["runs"][f"{kind} | {size}"]], axis=0)
    return 100 * counts / counts.sum(axis=1, keepdims=True)


def test_accuracy_table():
    assert RESULT["seeds"] == 5 and RESULT["steps"] == 400 and RESULT["sizes"] == [5, 20, 100]
    table = {"none": (88.3, 95.1, 98.1), "shift": (91.8, 96.7, 98.1), "rotate 15": (88.8, 95.0, 97.8),
             "shift, rotate 15": (91.4, 95.7, 96.7), "mirror": (84.3, 91.9, 95.6),
             "upside down": (82.5, 90.9, 95.3), "half turn": (82.4, 91.9, 95.1)}
    for kind, row in table.items():
        np.testing.assert_allclose([accuracy(kind, size).mean() for size in (5, 20, 100)], row, atol=0.06)


def test_flips_hurt_and_shifts_help_in_every_run():
    for size in (5, 20, 100):
        for kind in ("mirror", "upside down", "half turn"):
            assert (accuracy(kind, size) < accuracy("none", size)).all()
    assert (accuracy("shift", 5) > accuracy("none", 5)).all()
    assert (accuracy("shift", 20) >= accuracy("none", 20)).all()
    spread = [accuracy(kind, size).std() for kind in RESULT["kinds"] for size in (5, 20, 100)]
    assert max(spread) < 1.7


def test_digits_that_pay():
    plain, turned, mirrored = percent("none", 5), percent("half turn", 5), percent("mirror", 5)
    nines = [plain[9, 9], turned[9, 9], plain[9, 6], turned[9, 6]]
    np.testing.assert_allclose(nines, [83, 62, 0, 11], atol=0.6)
    np.testing.assert_allclose([plain[6, 6], turned[6, 6]], [96, 88], atol=0.6)
    np.testing.assert_allclose([plain[0, 0], turned[0, 0]], [99, 99], atol=0.6)
    np.testing.assert_allclose([plain[5, 5], mirrored[5, 5]], [91, 70], atol=0.6)
    many, strong = percent("none", 100), percent("shift, rotate 15", 100)
    np.testing.assert_allclose([many[1, 1], strong[1, 1]], [98, 89], atol=0.6)


def test_strength():
    for angle, mean in (("30", 94.0), ("45", 92.9), ("90", 90.5), ("180", 77.8)):
        np.testing.assert_allclose(np.mean(RESULT["strength"][angle]), mean, atol=0.06)


def test_longer_training_takes_back_what_strength_cost():
    table = {"none | 20": 94.6, "rotate 180 | 20": 87.6, "none | 100": 98.5, "shift | 100": 99.1,
             "shift, rotate 15 | 100": 98.7, "half turn | 100": 97.1}
    for key, expected in table.items():
        np.testing.assert_allclose(np.mean(RESULT["longer"][key]), expected, atol=0.06)
    gains = [accuracy("rotate 15", size).mean() - accuracy("none", size).mean() for size in (5, 20, 100)]
    np.testing.assert_allclose(gains, [0.4, 0.0, -0.3], atol=0.06)


def test_averaging_over_shifts():
    table = {("none", 5): 81.8, ("none", 20): 88.1,
             ("shift", 5): 92.2, ("shift", 20): 96.8, ("shift", 100): 98.4}
    for (kind, size), mean in table.items():
        np.testing.assert_allclose(accuracy(kind, size, "nine shifts").mean(), mean, atol=0.06)


def test_the_shifts_and_rotations_of_the_experiment():
    image = torch.zeros(1, 1, 8, 8)
    image[0, 0, 2, 3] = 1.0
    moved = experiment.shift(image, torch.tensor([1]), torch.tensor([-1]))
    assert moved[0, 0, 1, 4] == 1.0 and moved.sum() == 1.0
    for angle, k in ((90.0, 1), (-90.0, -1), (180.0, 2)):
        turned = experiment.rotate(image, torch.tensor([angle]))
        same = [torch.allclose(turned, torch.rot90(image, j, (2, 3)), atol=1e-5) for j in (k, -k)]
        assert any(same)


@pytest.mark.slow
def test_a_smaller_run_says_the_same():
    kinds = ("none", "shift", "half turn")
    plain, shifted, turned = (experiment.one(kind, 0, 5, steps=150) for kind in kinds)
    assert plain["accuracy"] > turned["accuracy"] + 2
    assert shifted["nine shifts"] > plain["nine shifts"] + 4
