"""What the page states about vocabulary size and other languages."""

import json
from pathlib import Path

import pytest

from snippets.language_models import tokenization_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_text_and_where_training_ends():
    assert MEASURED["sizes"] == experiment.SIZES == [256, 320, 384, 512, 768, 1024, 1519]
    assert (MEASURED["train_bytes"], MEASURED["held_out_bytes"]) == (18_622, 7_679)
    assert MEASURED["merges"] == 1519 - 256


def test_bytes_per_token():
    assert [round(x, 2) for x in MEASURED["train"]] == [1, 1.48, 1.69, 2.0, 2.42, 2.74, 3.23]
    assert [round(x, 2) for x in MEASURED["held_out"]] == [1, 1.39, 1.55, 1.76, 1.98, 2.12, 2.25]
    assert [round(100 * x) for x in MEASURED["unused"]] == [0, 0, 5, 13, 34, 46, 63]


def test_the_same_sentence_in_other_languages():
    counts = {name: (one["bytes"], one["tokens"][-1]) for name, one in MEASURED["rights"].items()}
    assert counts == {"English": (63, 28), "German": (65, 36), "Greek": (154, 154), "Hindi": (233, 233),
                      "Chinese": (55, 55)}
    assert MEASURED["rights"]["Chinese"]["characters"] == 19
    assert round(233 / 28, 1) == 8.3 and round(36 / 28, 1) == 1.3 and round(55 / 28, 1) == 2.0


@pytest.mark.slow
def test_the_small_vocabularies_again():
    sizes = [256, 320, 384]
    again = experiment.run(sizes)
    for name in ("train", "held_out"):
        for new, old in zip(again[name], MEASURED[name], strict=False):
            assert abs(new - old) < 0.1  # another version may reword a description
