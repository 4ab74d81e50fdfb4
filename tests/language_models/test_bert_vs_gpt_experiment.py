"""What the page states about letters predicted from one side and from both."""

import json
from pathlib import Path

import numpy as np

from snippets.language_models import bert_vs_gpt_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_bits_per_letter():
    assert (MEASURED["train_letters"], MEASURED["held_out_letters"]) == (17_306, 6_854)
    assert [round(x, 2) for x in MEASURED["left"]] == [4.12, 3.59, 3.18, 2.95, 2.89]
    assert [round(x, 2) for x in MEASURED["both"]] == [4.12, 3.59, 2.80, 2.40, 2.21]


def test_the_same_again():
    seen, unseen = experiment.text(experiment.TRAIN), experiment.text(experiment.HELD_OUT)
    for name, offsets in (("left", experiment.LEFT), ("both", experiment.BOTH)):
        again = experiment.bits(seen, unseen, offsets)
        np.testing.assert_allclose(again, MEASURED[name][-1], atol=0.1)  # a version may reword a text
