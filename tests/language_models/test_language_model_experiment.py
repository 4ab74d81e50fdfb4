"""The page's numbers come from the committed run, and a short run agrees with it."""

import json
import math
from pathlib import Path

import pytest

from snippets.language_models import language_model_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = Path("docs/language_models/language_model.md").read_text(encoding="utf-8")


def test_the_table_on_the_page():
    for order, loss in RESULT["ngrams"].items():
        assert f"| {order}-gram | {loss:.3f} | {math.exp(loss):.2f} |" in PAGE, order
    for loss in RESULT["transformer"]:
        assert f"{loss:.3f}" in PAGE
    assert RESULT["parameters"] == 59_616 and RESULT["tokens"] == 768_000
    assert round(RESULT["floor"], 3) == 0.578 and round(math.exp(RESULT["floor"]), 2) == 1.78
    assert all(0 < first - math.log(14) < 0.15 for first in RESULT["first"])
    assert RESULT["overfit"][-1] < 0.03
    assert max(RESULT["transformer"]) < 0.7 < RESULT["ngrams"]["4"]  # all three starts copy


@pytest.mark.slow
def test_ngrams_again():
    again = experiment.run(steps=100, seeds=0, orders=(2, 4))["ngrams"]
    for order, loss in again.items():
        assert abs(loss - RESULT["ngrams"][order]) < 0.02
