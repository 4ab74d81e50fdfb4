"""What the page states about the cascade of forests."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.foundations import deep_learning_without_networks_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def test_the_numbers_on_the_page():
    levels = np.array(MEASURED["cascade"])
    assert (100 * levels.mean(axis=0)).round(1).tolist() == [97.5, 98.4, 98.4, 98.3]
    rest = {name: round(100 * np.mean(MEASURED[name]), 1)
            for name in ("logistic regression", "network", "kernel SVM")}
    assert rest == {"logistic regression": 96.8, "network": 97.7, "kernel SVM": 98.3}
    assert np.all(levels[:, 1] > levels[:, 0]), "the second level helps in every split"
    assert MEASURED["run"]["seeds"] == 5


@pytest.mark.slow
def test_the_second_level_helps_when_measured_again():
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    data = load_digits()
    x, test_x, y, test_y = train_test_split(
        data.data, data.target, test_size=0.3, stratify=data.target, random_state=0)
    first, second = experiment.cascade(x, y, test_x, test_y, seed=0, levels=2, trees=100)
    assert second > first
