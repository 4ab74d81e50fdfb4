"""The page's numbers from the committed run, and the run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import gradient_accumulation_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_page_s_table():
    assert (RESULT["micro"], RESULT["batch"], RESULT["seeds"]) == ([2, 4, 8, 16, 32, 64], 64, 20)
    norm = RESULT["kinds"]["batch norm"]
    assert [round(value, 2) for value in norm["error"]] == [2.69, 0.75, 0.42, 0.28, 0.17, 0.0]
    assert [round(value, 2) for value in norm["cosine"]] == [0.21, 0.74, 0.91, 0.96, 0.98, 1.0]
    for kind in ("none", "layer norm"):
        assert max(RESULT["kinds"][kind]["error"]) < 1e-15


@pytest.mark.slow
def test_the_run_again():
    again = experiment.run()["kinds"]
    for kind, one in RESULT["kinds"].items():
        np.testing.assert_allclose(again[kind]["error"], one["error"], rtol=1e-3, atol=1e-12)
