"""The page's numbers from the committed run, and a part of the run again."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from snippets.transformers import causal_mask_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def last_hundred(kind):
    return np.array(RESULT["runs"][kind])[:, -5:].mean(axis=1)  # five blocks of 20 steps


def test_the_table_on_the_page():
    assert RESULT["steps"] == 600 and round(RESULT["floor"], 3) == round(math.log(16), 3) == 2.773
    for kind, low, high in (("right", "2.78", "2.78"), ("multiplied", "0.53", "0.65"),
                            ("renormalized", "2.78", "2.78"), ("one ahead", "0.23", "0.23"),
                            ("unshifted", "0.00", "0.00")):
        found = last_hundred(kind)
        assert len(found) == 3
        assert (f"{found.min():.2f}", f"{found.max():.2f}") == (low, high), (kind, found)
    # One ahead: only the last of 12 positions has to guess.
    assert round(math.log(16) / 12, 2) == 0.23


@pytest.mark.slow
def test_a_part_of_the_run_again():
    assert sum(experiment.train("multiplied", 300)[-20:]) / 20 < 2
    assert sum(experiment.train("right", 100)[-20:]) / 20 > 2.75
