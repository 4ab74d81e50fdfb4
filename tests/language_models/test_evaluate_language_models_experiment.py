"""The page's numbers from the committed run, and the run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.language_models import evaluate_language_models_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_numbers_on_the_page():
    inside = {name: value[0] for name, value in RESULT["coverage"].items()}
    assert inside == {"questions": 0.724, "passages": 0.937}
    widths = {name: round(100 * value[1], 1) for name, value in RESULT["coverage"].items()}
    assert widths == {"questions": 4.1, "passages": 7.1}
    assert round(RESULT["order"]["spread"]) == 49 and round(RESULT["order"]["top_changes"], 2) == 0.55
    assert [round(value) for value in RESULT["order"]["fit"]] == [43, 8, 10, -31, -30]


@pytest.mark.slow
def test_the_run_again():
    again = experiment.run()
    for name, values in RESULT["coverage"].items():
        np.testing.assert_allclose(again["coverage"][name], values, atol=0.005)
    np.testing.assert_allclose(again["order"]["fit"], RESULT["order"]["fit"], atol=1e-6)
    assert abs(again["order"]["spread"] - RESULT["order"]["spread"]) < 0.5
