"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.generative import autoencoder_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
ERRORS = MEASURED["errors"]


def mean(name: str, digits: int) -> float:
    return round(float(np.mean(ERRORS[name])), digits)


def test_the_table():
    assert mean("variance", 3) == 0.937
    assert mean("pca", 3) == mean("linear_decoder", 3) == 0.327
    assert mean("deep", 4) == 0.0009
    found = [mean(name, 3) for name in ("nothing", "plain", "denoising", "best")]
    assert found == [0.181, 0.142, 0.087, 0.086]
    assert {len(values) for values in ERRORS.values()} == {5}


def test_points_far_from_the_data():
    assert mean("plain_center", 4) == 0.0017 and mean("deep_center", 2) == 0.89
    assert max(ERRORS["plain_clean"]) < 1e-4


def test_each_seed_agrees_with_the_means():
    for pca, flat, deep in zip(*(ERRORS[n] for n in ("pca", "linear_decoder", "deep")), strict=True):
        assert deep < 0.01 * pca and abs(flat - pca) < 0.001
    for best, denoising, plain in zip(*(ERRORS[n] for n in ("best", "denoising", "plain")), strict=True):
        assert best < denoising < 1.05 * best < plain


@pytest.mark.slow
def test_the_order_holds_when_measured_again():
    found = {name: values[0] for name, values in experiment.run(seeds=1, steps=700, count=150).items()}
    assert found["deep"] < 0.1 * found["pca"] and abs(found["linear_decoder"] - found["pca"]) < 0.02
    assert found["best"] < found["denoising"] < found["plain"] < found["nothing"]
    assert found["plain_center"] < 0.05 < 0.5 < found["deep_center"]
