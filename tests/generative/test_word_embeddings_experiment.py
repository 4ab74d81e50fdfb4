"""What the page states about the small text."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.generative import word_embeddings_experiment as experiment
from snippets.generative.word_embeddings import pair_counts

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_text():
    sentences, vocabulary = experiment.corpus()
    assert (len(sentences), len(vocabulary), sum(map(len, sentences))) == (68, 145, 309)
    assert [MEASURED[k] for k in ("sentences", "words", "tokens")] == [68, 145, 309]
    counts = pair_counts(sentences, vocabulary, 100)  # anywhere in the same sentence
    index = {word: i for i, word in enumerate(vocabulary)}
    assert sum(counts[index[a], index[b]] for a, b in experiment.PAIRS) == 0 == MEASURED["meetings"]
    assert round(100 * MEASURED["zeros"]) == 96


def test_partners():
    assert [MEASURED[k] for k in ("documents", "counts", "ppmi", "svd")] == [0, 16, 16, 9]
    assert MEASURED["skip_gram"] == [16, 14, 16, 12, 16]


def test_bags_without_a_common_word():
    assert MEASURED["bag_together"] == MEASURED["bag_apart"] == 0.0
    assert round(float(np.mean(MEASURED["together"])), 2) == 0.84
    assert round(float(np.mean(MEASURED["apart"])), 2) == 0.37
    assert min(MEASURED["together"]) > max(MEASURED["apart"])


def test_the_analogy_in_the_text_that_was_written_for_it():
    assert [words[0] for words in MEASURED["analogies"]] == ["queen"] * 5
    assert MEASURED["documents_analogy"][0] == "king"


@pytest.mark.slow
def test_half_the_training_finds_most_partners_again():
    found = experiment.run(seeds=1, steps=1000)
    assert found["skip_gram"][0] >= 11 and found["documents"] == 0
    assert found["together"][0] > found["apart"][0] + 0.2
