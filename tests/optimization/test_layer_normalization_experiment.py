"""The page's numbers from the committed run, and one of them again."""

import json
from pathlib import Path

import numpy as np

from snippets.optimization import layer_normalization_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_table_on_the_page():
    assert RESULT["batches"] == [2, 4, 8, 16, 32, 64, 256]
    assert [round(value, 2) for value in RESULT["batch"]] == [0.81, 0.58, 0.41, 0.3, 0.21, 0.15, 0.07]
    assert max(RESULT["layer"] + RESULT["rms"]) < 1e-12


def test_again_at_batch_8():
    again = experiment.wobble(experiment.batch_norm, 8, examples=10, draws=100)
    assert abs(again - RESULT["batch"][2]) < 0.1
    np.testing.assert_allclose(RESULT["batch"][4] / RESULT["batch"][6], 8**0.5, rtol=0.15)
