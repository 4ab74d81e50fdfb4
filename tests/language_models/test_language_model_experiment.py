"""The page's numbers come from the committed run, and a short run agrees with it."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from snippets.language_models import language_model_experiment as experiment
from snippets.language_models.language_model import count_ngrams, ngram_probability
from snippets.language_models.language_model_torch import PASSAGE

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = Path("docs/language_models/language_model.md").read_text(encoding="utf-8")


def test_the_table_on_the_page():
    for order, loss in RESULT["ngrams"].items():
        assert f"| {order}-gram | {loss:.3f} | {math.exp(loss):.2f} |" in PAGE, order
    best, worst = min(RESULT["transformer"]), max(RESULT["transformer"])
    assert f"| {best:.3f}, {worst:.3f} | {math.exp(best):.2f}, {math.exp(worst):.2f} |" in PAGE
    assert RESULT["parameters"] == 59_616 and RESULT["tokens"] == 614_400
    assert round(RESULT["floor"], 3) == 0.578 and round(math.exp(RESULT["floor"]), 2) == 1.78
    assert all(abs(first - math.log(14)) < 0.15 for first in RESULT["first"])
    assert f"{min(RESULT['first']):.2f} to {max(RESULT['first']):.2f}" in PAGE
    assert math.log(4) / 48 < RESULT["overfit"][-1] < 0.035
    # Every start copies, which no n-gram below order 10 can.
    assert len(RESULT["transformer"]) == 5 and worst < RESULT["floor"] + 0.004


def test_the_short_text():
    text = RESULT["text"]
    assert f"{text['characters']} characters, {text['alphabet']} different" in PAGE
    assert f"{min(text['last']):.2f} to {max(text['last']):.2f}" in PAGE
    assert f"{min(text['new']):.2f} to {max(text['new']):.2f}" in PAGE
    assert "{}, {} and {}".format(*text["copied"]) in PAGE
    assert max(text["seconds"]) < 60


def test_counting_letters_is_better_on_what_the_model_has_not_seen():
    cut = RESULT["text"]["characters"]
    alphabet = sorted(set(PASSAGE))
    tokens = [alphabet.index(character) for character in PASSAGE]
    seen, rest = tokens[:cut], tokens[cut:]
    assert len(rest) == 69
    counts = count_ngrams(np.array(seen), 2)
    for order, nats in ((1, 2.76), (2, 1.97)):
        losses = [-math.log(ngram_probability(counts, tuple(rest[t - order + 1:t]), rest[t], len(alphabet)))
                  for t in range(order - 1, len(rest))]
        assert round(sum(losses) / len(losses), 2) == nats and str(nats) in PAGE
        assert min(RESULT["text"]["new"]) > nats


def test_four_times_the_rate_stays_on_the_plateau():
    for loss in RESULT["four times the rate"]:
        assert 0.92 < loss < 0.94
    assert max(RESULT["curve"][28:]) < RESULT["floor"] + 0.01


@pytest.mark.slow
def test_ngrams_again():
    again = experiment.run(steps=100, seeds=0, orders=(2, 4))["ngrams"]
    for order, loss in again.items():
        assert abs(loss - RESULT["ngrams"][order]) < 0.02
