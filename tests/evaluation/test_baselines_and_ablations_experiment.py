"""The page's numbers from the committed run, and parts of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.evaluation import baselines_and_ablations_experiment as experiment
from snippets.evaluation.baselines_and_ablations import effects, expected_best, winner

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_budget_table_on_the_page():
    page = {"sgd": ([59.0, 87.3, 92.7, 94.5, 94.8, 95.0], [59.5, 88.1, 93.5, 95.0, 95.1, 95.0]),
            "adam": ([61.1, 87.9, 92.5, 93.9, 94.2, 94.3], [62.3, 89.3, 94.0, 95.3, 95.4, 95.4])}
    budgets = (1, 3, 5, 10, 20, 60)
    for solver, (validation, test) in page.items():
        run = RESULT["search"][solver]
        v, t = np.array(run["validation"]), np.array(run["test"])
        assert len(v) == len(t) == 60
        np.testing.assert_allclose([100 * expected_best(v, n) for n in budgets], validation, atol=0.051)
        np.testing.assert_allclose([100 * winner(v, t, n) for n in budgets], test, atol=0.051)


def test_the_ablation_table_on_the_page():
    runs = RESULT["factorial"]
    means = np.array([100 * np.mean(runs[key]) for key in sorted(runs)])
    assert all(len(run) == 10 for run in runs.values())
    np.testing.assert_allclose(means, [38.4, 93.6, 63.5, 93.1, 51.3, 89.3, 84.9, 95.2], atol=0.051)
    found = effects(means.reshape(2, 2, 2))
    np.testing.assert_allclose(found["added"], [13.0, 25.2, 55.2], atol=0.051)
    np.testing.assert_allclose(found["removed"], [2.1, 5.9, 10.3], atol=0.051)
    np.testing.assert_allclose(found["average"], [8.0, 16.0, 33.2], atol=0.051)


def test_in_log_odds_most_of_the_overlap_is_gone():
    runs = RESULT["factorial"]
    accuracy = np.array([np.mean(runs[key]) for key in sorted(runs)]).reshape(2, 2, 2)
    found = effects(np.log(accuracy / (1 - accuracy)))
    np.testing.assert_allclose(found["added"] / found["removed"], [1.4, 1.2, 2.5], atol=0.051)


def test_with_its_own_learning_rate_scaling_helps_the_wide_sgd_network():
    page = {"raw": ("0.01", 94.5), "scaled": ("0.1", 95.4)}
    for name, (rate, test) in page.items():
        means = {lr: 100 * np.mean(runs, axis=0) for lr, runs in RESULT["retuned"][name].items()}
        assert max(means, key=lambda lr: means[lr][0]) == rate and len(means) == 6
        assert abs(means[rate][1] - test) < 0.051
    at_fixed = [np.mean(RESULT["retuned"][name]["0.003"], axis=0)[1] for name in page]
    assert at_fixed[1] < at_fixed[0] - 0.03


@pytest.mark.slow
def test_parts_of_the_run_again():
    scores = [experiment.train(seed, "adam", 0.003, 64)[1] for seed in range(2)]
    assert all(abs(score - 0.952) < 0.03 for score in scores)
    assert experiment.train(0, "sgd", 1e-5)[1] < 0.4
    assert abs(experiment.train(0, "sgd", 0.1, 64)[1] - 0.954) < 0.03
