"""The page's claims about the digits, from the committed run and a smaller one."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.foundations import supervised_and_unsupervised_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def runs(family: str, number: str) -> np.ndarray:
    return np.array(RESULT["accuracy"][family][number]["test"])


def test_page_table():
    assert RESULT["seeds"] == 5 and RESULT["draws"] == 4
    table = {
        "nearest neighbor": (0.670, 0.776, 0.868, 0.919, 0.978),
        "pixels": (0.667, 0.776, 0.866, 0.907, 0.964),
        "principal components": (0.685, 0.785, 0.867, 0.907, 0.954),
        "masked prediction": (0.693, 0.792, 0.868, 0.905, 0.963),
        "untrained layer": (0.627, 0.743, 0.848, 0.895, 0.972),
    }
    for family, row in table.items():
        ours = [runs(family, n).mean() for n in ("1", "2", "5", "10", "100")]
        np.testing.assert_allclose(ours, row, atol=6e-4)
    ours = [np.mean(RESULT["clusters"]["central, cluster"][k]) for k in ("10", "20", "50", "100")]
    np.testing.assert_allclose(ours, (0.793, 0.897, 0.923, 0.969), atol=6e-4)


def test_central_digits_and_names_for_whole_clusters_both_help():
    ours = {how: np.mean(row["20"]) for how, row in RESULT["clusters"].items()}
    page = {"central, cluster": 0.897, "central, neighbor": 0.878, "random, cluster": 0.838,
            "random, neighbor": 0.773, "central, softmax": 0.796, "random, softmax": 0.708}
    assert ours.keys() == page.keys()
    for how, value in page.items():
        np.testing.assert_allclose(ours[how], value, atol=6e-4)


def test_unlabeled_digits_help_a_little_with_very_few_labels_and_then_not():
    for number, gain, wins in (("1", 0.027, 19), ("2", 0.016, 16), ("5", 0.003, 10), ("10", -0.002, 9)):
        difference = runs("masked prediction", number) - runs("pixels", number)
        assert len(difference) == 20 and (difference > 0).sum() == wins
        np.testing.assert_allclose(difference.mean(), gain, atol=6e-4)


def test_the_same_layer_without_training_is_worse_than_pixels_until_labels_abound():
    losses = [((runs("untrained layer", n) - runs("pixels", n)) < 0).sum() for n in ("1", "2", "5", "10")]
    assert min(losses) >= 16
    assert (runs("untrained layer", "100") >= runs("pixels", "100")).all()
    np.testing.assert_allclose(runs("masked prediction", "1").mean() - runs("untrained layer", "1").mean(),
                               0.066, atol=6e-4)


def test_pretext_task_is_learned():
    before, after = np.mean(RESULT["masked_losses"], axis=0)
    np.testing.assert_allclose([before, after, RESULT["variance"]], [0.348, 0.0327, 0.0729], atol=6e-4)


def test_spread_with_one_label_per_digit():
    assert 0.05 < runs("pixels", "1").std() < 0.06


@pytest.mark.slow
def test_a_smaller_run_says_the_same():
    result = experiment.run(seeds=1, draws=3, steps=600, per_class=(1,))
    mean = {family: np.mean(cell["1"]["test"]) for family, cell in result["accuracy"].items()}
    assert mean["masked prediction"] > mean["untrained layer"]
    assert 0.5 < mean["pixels"] < 0.8
    assert np.mean(result["clusters"]["central, cluster"]["20"]) > 0.8
    assert result["masked_losses"][0][1] < 0.07
