"""The page's table from the committed run, the corpus, and the run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.language_models import retrieval_augmented_generation_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # recall at 5 in percent: BM25, embedding, fusion with k = 60, with k = 1; then recall at 50
    "same words": ([100, 96, 100, 100], [100, 100, 100, 100]),
    "other words": ([0, 89, 0, 74], [0, 100, 96, 100]),
    "number": ([100, 1, 100, 100], [100, 4, 100, 100]),
    "number, other words": ([80, 91, 97, 93], [100, 100, 100, 100]),
}


def test_the_table_on_the_page():
    assert tuple(RESULT) == experiment.KINDS
    for kind, rows in PAGE.items():
        for at, row in zip((5, 50), rows, strict=True):
            found = [100 * RESULT[kind][method][f"recall@{at}"] for method in experiment.METHODS]
            np.testing.assert_allclose(found, row, atol=0.51, err_msg=kind)


def test_a_name_and_its_other_name_never_stand_together_and_numbers_are_unique():
    walk, name, numbers = experiment.corpus(np.random.default_rng(0))
    assert walk.shape == name.shape == (experiment.TRAINING + experiment.DOCUMENTS, experiment.LENGTH)
    assert len(set(numbers.tolist())) == experiment.DOCUMENTS
    assert walk.max() < experiment.CONCEPTS and set(np.unique(name)) == {0, 1}
    for row, names in zip(walk[:2000], name[:2000], strict=True):
        assert all(len(set(names[row == concept].tolist())) == 1 for concept in row)
    # Each concept is named by either word equally often; five deviations of 108,000 draws.
    assert abs(name.mean() - 0.5) < 5 * 0.5 / name.size**0.5


@pytest.mark.slow
def test_the_run_again():
    again = experiment.run()
    for kind, methods in RESULT.items():
        for method, values in methods.items():
            for key, value in values.items():
                assert abs(again[kind][method][key] - value) < 0.03, (kind, method, key)
