"""The numbers that the page takes from the experiment, and a part of it again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.language_models import dpo_experiment as experiment
from snippets.language_models.dpo import dpo_loss

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
ROWS = RESULT["rows"]


def at_five(name: str, which: str) -> float:
    return ROWS[name][which][ROWS[name]["margin"].index(5.0)]


def test_the_table_of_the_page():
    table = {"0.0": (1.63, 1, 0.08), "0.5": (0.75, 4, 0.16), "0.9": (-4.22, 20, 0.48),
             "0.98": (-17.4, 20, 0.75), "0.98 with NLL": (-10.8, 20, 0.59)}
    for name, (chosen, fell, other) in table.items():
        assert abs(at_five(name, "chosen") - chosen) < 0.051
        assert ROWS[name]["fell"] == fell and abs(ROWS[name]["other"] - other) < 0.0051
        assert ROWS[name]["reached"] > 8
        assert abs(at_five(name, "chosen") - at_five(name, "rejected") - 5) < 1e-3


def test_the_estimate_of_the_page():
    found = [2.5 - 25 * 4 / (4 * 32 * (1 - c)) for c in (0.0, 0.5, 0.9)]
    np.testing.assert_allclose(found, [1.72, 0.94, -5.31], atol=0.01)


def test_the_shortest_step_of_the_page():
    for cosine in (0.0, 0.5, 0.98):
        v = experiment.problem(cosine, 0)[0]
        theta = 5 / (2 * (1 - cosine)) * (v[0] - v[1])
        np.testing.assert_allclose([theta @ v[0], theta @ v[1]], [2.5, -2.5])
        assert abs(np.linalg.norm(theta) - 5 / np.sqrt(2 * (1 - cosine))) < 1e-10


def test_a_step_is_that_of_the_page_s_loss():
    x = experiment.problem(0.5, 1)
    path = experiment.train(x, steps=2)
    uniform = np.full(experiment.PROMPTS, -np.log(experiment.ANSWERS))
    _, grad, _ = dpo_loss(uniform, uniform, uniform, uniform, experiment.BETA)
    d = x[:, 0] - x[:, 1]
    theta = -(grad * experiment.PROMPTS) @ d / np.mean(np.sum(d**2, axis=1))
    logits = x @ theta
    logps = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert abs(path[1, 1] - (logps[:, 0] - uniform).mean()) < 1e-12
    assert np.allclose(np.sum(x[:, 0] * x[:, 1], axis=1), 0.5)


@pytest.mark.slow
def test_similar_pairs_fall_again():
    again = experiment.run([0.9], range(4))["rows"]["0.9"]
    assert again["fell"] == 4 and again["chosen"][20] < -1
