"""The page's long-run weights from the committed run and from a shorter one."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import adamw_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_table_on_the_page():
    assert RESULT["sigmas"] == [0.1, 1.0, 3.0, 10.0, 30.0]
    assert [round(value, 2) for value in RESULT["L2"]["mean"]] == [0.91, 0.91, 0.91, 0.91, 0.89]
    assert [round(value, 2) for value in RESULT["AdamW"]["mean"]] == [0.99, 0.91, 0.77, 0.5, 0.25]
    predicted = 1 / (1 + 0.1 * np.array(RESULT["AdamW"]["root_v"]))
    np.testing.assert_allclose(RESULT["AdamW"]["mean"], predicted, atol=0.001)


def test_pure_noise_settles_at_the_root_of_lr_over_two_lambda():
    np.testing.assert_allclose(RESULT["noise only"]["rms"], np.sqrt(0.01 / 0.2), rtol=0.015)


@pytest.mark.slow
def test_a_quarter_of_the_run_again():
    kinds = {name: experiment.settle(name == "AdamW", [0.1, 10.0], steps=16_000, copies=200)["mean"]
             for name in ("L2", "AdamW")}
    np.testing.assert_allclose(kinds["L2"], 1 / 1.1, atol=0.04)
    np.testing.assert_allclose(kinds["AdamW"], [0.99, 0.5], atol=0.04)
