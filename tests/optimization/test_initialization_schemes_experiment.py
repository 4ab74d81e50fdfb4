"""The page's numbers from the committed run, the theory beside them, and a part again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import initialization_schemes_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
CASES = RESULT["cases"]


def test_the_table_on_the_page():
    page = {  # mean square behind layers 10 and 50, and of the gradient before the first layer
        "tanh, std 0.01": ("1.1e-13", "2.5e-65", "2.6e-65"),
        "tanh, PyTorch default": ("8.8e-06", "7.1e-25", "8.1e-25"),
        "tanh, Xavier": ("0.052", "0.0093", "0.014"),
        "tanh, Xavier, gain 5/3": ("0.42", "0.42", "8.1e+03"),
        "tanh, He": ("0.31", "0.31", "69"),
        "tanh, orthogonal": ("0.052", "0.01", "0.015"),
        "ReLU, PyTorch default": ("1.2e-08", "4.1e-40", "7.5e-40"),
        "ReLU, Xavier": ("0.0011", "1.2e-15", "1e-15"),
        "ReLU, He": ("0.94", "0.95", "1.1"),
        "ReLU, orthogonal, gain sqrt 2": ("0.96", "1.1", "1.1"),
    }
    assert (RESULT["width"], RESULT["depth"]) == (512, 50)
    for name, row in page.items():
        one = CASES[name]
        found = (one["forward"][10], one["forward"][50], one["backward"][0])
        assert tuple(f"{value:.2g}" for value in found) == row, name


def test_theory_beside_the_table():
    assert abs(CASES["tanh, Xavier"]["forward"][50] / (1 / 100) - 1) < 0.1  # 1 / (2 l)
    assert abs(np.log(CASES["ReLU, Xavier"]["forward"][50] * 2.0**50)) < 0.5
    assert abs(np.log(CASES["ReLU, PyTorch default"]["forward"][50] * 6.0**50)) < 1.5
    he = CASES["ReLU, He"]
    assert he["spread"] == 0.716 and round(np.sqrt(50 * 5 / 512), 2) == 0.7
    assert len(he["ends"]) == 20 and (min(he["ends"]), max(he["ends"])) == (0.287, 2.98)


def test_the_residual_stacks():
    assert RESULT["residual"] == {"plain, not normalized": 1.18e7, "plain, normalized": 25.6,
                                  "scaled, not normalized": 2.63, "scaled, normalized": 1.98}
    assert 2**24 == 16_777_216 and round((1 + 1 / 24) ** 24, 2) == 2.66


@pytest.mark.slow
def test_two_cases_again_in_a_shallower_network():
    rng = np.random.default_rng(1)
    forward, _ = experiment.through(*experiment.CASES["tanh, Xavier"], rng, depth=10)
    assert 0.045 < forward[-1] < 0.06
    assert 1.7 < experiment.residual(24**-0.5, True, rng) < 2.3
