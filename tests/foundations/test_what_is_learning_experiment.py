"""The page's claims about the five learners, from the committed run and a smaller one."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from snippets.foundations import what_is_learning_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def mean(task: str, learner: str, n: int, result: dict = RESULT) -> np.ndarray:
    """Mean accuracy over the seeds: on trained, on never seen."""
    return np.mean(result["accuracy"][task][learner], axis=0)[result["sizes"].index(n)]


def test_page_table():
    assert RESULT["seeds"] == 10 and RESULT["bits"] == 11 and RESULT["held_out"] == 1048
    table = {  # never seen: majority 100, 1,000, parity 100, 1,000, coin 1,000
        "table": (0.495, 0.491, 0.501, 0.492, 0.491),
        "nearest": (0.753, 0.757, 0.542, 0.000, 0.501),
        "unit": (0.996, 1.000, 0.491, 0.468, 0.503),
        "network": (1.000, 1.000, 0.547, 0.959, 0.502),
        "parity solver": (0.495, 0.491, 1.000, 1.000, 0.491),
    }
    columns = (("majority", 100), ("majority", 1000), ("parity", 100), ("parity", 1000), ("coin", 1000))
    for learner, row in table.items():
        ours = [mean(task, learner, n)[1] for task, n in columns]
        np.testing.assert_allclose(ours, row, atol=6e-4)


def test_three_learners_are_perfect_on_what_they_trained_on_in_every_cell():
    for task in RESULT["accuracy"]:
        for learner in ("table", "nearest", "network"):
            assert (np.array(RESULT["accuracy"][task][learner])[..., 0] == 1.0).all()
    assert mean("majority", "unit", 100)[0] == 1.0


def test_no_learner_predicts_coin_flips():
    for learner in RESULT["accuracy"]["coin"]:
        for n in RESULT["sizes"]:
            assert abs(mean("coin", learner, n)[1] - 0.5) < 0.02


def test_the_unit_cannot_even_fit_parity():
    np.testing.assert_allclose(mean("parity", "unit", 1000)[0], 0.534, atol=6e-4)


def test_the_network_needs_many_examples_for_parity():
    values = [mean("parity", "network", n)[1] for n in (100, 300, 1000)]
    np.testing.assert_allclose(values, [0.547, 0.712, 0.959], atol=6e-4)
    assert all(mean("parity", "network", n)[0] == 1.0 for n in (100, 300, 1000))


def test_thirty_examples_suffice_if_only_parities_are_considered():
    runs = np.array(RESULT["accuracy"]["parity"]["parity solver"])[:, RESULT["sizes"].index(30)]
    assert (runs == 1.0).all()


def test_the_nearest_example_is_wrong_unless_no_neighbor_is_stored():
    # A neighbor at distance 1 has the other parity: right only if all 11 are missing.
    for n, chance in ((300, 0.175), (1000, 0.0)):
        missing = math.prod((2047 - n - i) / (2047 - i) for i in range(11))
        np.testing.assert_allclose(missing, chance, atol=1e-3)
        np.testing.assert_allclose(mean("parity", "nearest", n)[1], missing, atol=0.01)


@pytest.mark.slow
def test_a_smaller_run_says_the_same():
    result = experiment.run(seeds=1, sizes=(30, 1000))
    assert mean("majority", "unit", 1000, result)[1] > 0.98
    assert mean("majority", "table", 1000, result)[1] < 0.55
    assert mean("parity", "unit", 1000, result)[1] < 0.55
    assert mean("parity", "network", 1000, result)[1] > 0.85
    assert mean("parity", "parity solver", 30, result)[1] == 1.0
    assert mean("parity", "nearest", 1000, result)[1] < 0.01
