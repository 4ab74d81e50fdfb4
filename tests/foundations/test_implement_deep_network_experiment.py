"""The page's numbers from the committed run, and the main claims from a shorter one."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from snippets.foundations import implement_deep_network as network
from snippets.foundations import implement_deep_network_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def accuracies(name: str) -> np.ndarray:
    return np.array([run["test"] for run in RESULT[name]["runs"]])


def test_the_split_is_disjoint_and_centered_on_the_training_rows():
    parts = experiment.digits(0)
    assert [len(part[0]) for part in parts] == [1077, 360, 360]
    np.testing.assert_allclose(parts[0][0].mean(axis=0), 0, atol=1e-12)
    assert abs(parts[1][0].mean()) > 1e-5


def test_validation_chose_inside_the_grid():
    assert RESULT["seeds"] == 10 and RESULT["epochs"] == 40
    assert (RESULT["deep"]["lr"], RESULT["linear"]["lr"]) == (0.1, 0.3)
    losses = RESULT["deep"]["losses"]
    found = [round(losses[lr], 3) for lr in ("0.003", "0.01", "0.03", "0.1", "0.3", "1.0")]
    assert found == [0.143, 0.099, 0.094, 0.089, 0.182, 2.238]


def test_accuracies_on_the_page():
    deep, linear = accuracies("deep"), accuracies("linear")
    found = [deep.mean(), deep.std(ddof=1), deep.min(), deep.max(), linear.mean(),
             linear.std(ddof=1)]
    np.testing.assert_allclose(found, [0.971, 0.008, 0.961, 0.986, 0.963, 0.013], atol=6e-4)
    gain = deep - linear
    np.testing.assert_allclose([gain.mean(), gain.std(ddof=1) / np.sqrt(10)], [0.0086, 0.0030],
                               atol=1e-4)
    assert [(gain > 0).sum(), (gain == 0).sum()] == [8, 1]


def test_the_order_of_the_file_is_harder():
    values = RESULT["in order"]
    np.testing.assert_allclose([np.mean(values), np.std(values, ddof=1)], [0.902, 0.013], atol=6e-4)


def code_lines(names: set[str] | None = None) -> int:
    text = Path(network.__file__).read_text(encoding="utf-8")
    numbers = set()
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef) and (not names or function.name in names):
            docstring = function.body[0]
            lines = set(range(function.lineno, function.end_lineno + 1))
            numbers |= lines - set(range(docstring.lineno, docstring.end_lineno + 1))
    return sum(bool(text.splitlines()[number - 1].strip()) for number in numbers)


def test_the_network_is_69_lines_of_code_and_its_core_30():
    assert code_lines() == 69
    assert code_lines({"forward", "cross_entropy", "backward"}) == 30


def test_the_curves_on_the_page():
    runs = RESULT["deep"]["runs"]
    assert sorted(run["chosen"] for run in runs)[-3:] == [9, 10, 40]
    assert min(run["chosen"] for run in runs) == 5 and sum(run["chosen"] <= 10 for run in runs) == 9
    ends = [np.mean([run[name][-1] for run in runs]) for name in ("train", "validation")]
    np.testing.assert_allclose(ends, [0.00036, 0.101], rtol=0.01)
    training, validation = (np.mean([run[name] for run in runs], axis=0)
                            for name in ("train", "validation"))
    assert validation.argmin() + 1 == 10
    np.testing.assert_allclose([training[9], validation[9]], [0.0022, 0.0927], rtol=0.01)
    last = [run["validation"][-1] for run in runs]
    np.testing.assert_allclose([min(last), max(last)], [0.0077, 0.176], rtol=0.01)


def test_bugs_on_the_page():
    table = {"0.1": (97.2, 8.5, 27.0, 14.6, 10.1), "0.01": (96.9, 8.5, 96.0, 97.1, 20.4)}
    for lr, expected in table.items():
        found = [100 * np.mean(RESULT["bugs"][lr][bug]) for bug in experiment.BUGS]
        np.testing.assert_allclose(found, expected, atol=0.06)
    quiet = RESULT["bugs"]["0.01"]
    lost = np.subtract(quiet["none"], quiet["mask"])
    np.testing.assert_allclose([lost.mean(), lost.std(ddof=1) / np.sqrt(10)], [0.009, 0.002], atol=5e-4)
    *others, best = sorted(quiet["sum"])
    assert max(others) < 0.21 < 0.98 < best
    camps = sorted(RESULT["bugs"]["0.1"]["mask"])
    assert camps[7] < 0.12 and 0.955 < camps[8] < camps[9] < 0.965


def test_distances_to_torch_on_the_page():
    double, single = RESULT["torch"]["float64"], RESULT["torch"]["float32"]
    assert double["steps"] == single["steps"] == 1360
    assert double["loss"] < 2.1e-15 and double["weight"] < 1.1e-14
    assert single["first"] < 3e-8 < 6e-6 < single["weight"] < 6.4e-6


@pytest.mark.slow
def test_a_shorter_run_shows_the_same():
    runs = [experiment.one_run(experiment.SIZES, 0.1, seed, epochs=15) for seed in (0, 1)]
    assert min(run["test"] for run in runs) > 0.94
    assert experiment.with_bug("zeros", 0.1, 0, epochs=5) < 0.2
    assert experiment.with_bug("order", 0.1, 0, epochs=5) < 0.6
    assert experiment.with_bug("mask", 0.01, 0, epochs=15) > 0.9
