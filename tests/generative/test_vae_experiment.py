"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.generative import vae_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_table_of_betas():
    rows = {beta: [round(row["reconstruction"], 1), round(row["kl"], 1), sum(k > 0.1 for k in row["latents"])]
            for beta, row in MEASURED["betas"].items()}
    assert rows == {"0.25": [1.8, 8.1, 4], "1.0": [3.1, 5.4, 3], "4.0": [7.6, 2.9, 2],
                    "16.0": [33.3, 0.0, 0], "100.0": [33.3, 0.0, 0]}


def test_unused_latents_are_unused():
    unused = [k for row in MEASURED["betas"].values() for k in row["latents"] if k <= 0.1]
    assert max(unused) < 0.01 and len(unused) == 11
    assert [round(k, 1) for k in MEASURED["traversal"]["kl"]] == [2.3, 1.8, 1.2, 0.0]


def test_the_bounds():
    bounds = MEASURED["betas"]["1.0"]["bounds"]
    assert [round(bounds[k], 2) for k in ("1", "10", "100", "1000")] == [-8.48, -8.13, -8.00, -7.94]


def test_samples_and_reconstructions():
    assert [round(MEASURED[k], 1) for k in ("sample", "plain_fitted")] == [0.7, 0.4]
    assert MEASURED["rebuilt"] < 0.01 and MEASURED["plain_rebuilt"] < 0.01


def test_disks_lie_inside_the_image():
    sizes = experiment.disks(2000, np.random.default_rng(0)).sum(axis=1)
    # The area is 16.6 pixels; a disk cut by the border would lose a column of 3 or more.
    assert sizes.min() >= 14 and sizes.max() <= 21, f"{sizes.min()} to {sizes.max()}"


@pytest.mark.slow
def test_a_heavy_divergence_collapses_again():
    row = experiment.run(steps=500, betas=[100.0])["betas"]["100.0"]
    assert max(row["latents"]) < 0.01 and 30 < row["reconstruction"] < 37


def test_score_and_path_gradients_have_the_variances_of_the_page():
    # d/dmu E[z^2] = 2 mu. Path: 2 z, variance 4. Score: z^2 times noise, mu^4 + 14 mu^2 + 15.
    noise = np.random.default_rng(1).standard_normal(200_000)
    for mu, expected in [(1.0, 30.0), (3.0, 222.0)]:
        z = mu + noise
        assert expected == mu**4 + 14 * mu**2 + 15
        for draws, variance in [(2 * z, 4.0), (z**2 * noise, expected)]:
            assert abs(draws.mean() - 2 * mu) < 5 * np.sqrt(variance / 200_000)
            spread = np.std((draws - 2 * mu) ** 2) / np.sqrt(200_000)
            assert abs(draws.var() - variance) < 6 * spread
    # sin(10 z) turns the order: 10 cos has variance 50, sin times noise 0.5.
    path, score = 10 * np.cos(10 * noise), np.sin(10 * noise) * noise
    assert abs(path.var() - 50) < 0.5 and abs(score.var() - 0.5) < 0.02
