"""The page's measurements from the committed run, and their order from a shorter one."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.backpropagation import matrix_form_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def milliseconds(name: str) -> float:
    return 1e3 * float(np.median(RESULT["methods"][name]))


def rate(batch: int) -> float:
    return experiment.rate(batch, 1024, 1024, RESULT["batches"][str(batch)])


def test_all_methods_compute_the_same():
    x, weight, bias, grad_out = experiment.arrays(7, 5, 3)
    expected = experiment.by_matrices(x, weight, bias, grad_out)
    lists = tuple(array.tolist() for array in (x, weight, bias, grad_out))
    results = [experiment.by_scalars(*lists)]
    results += [method(x, weight, bias, grad_out)
                for method in (experiment.by_examples, experiment.by_einsum)]
    for result in results:
        for ours, theirs in zip(result, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_methods_on_the_page():
    assert (RESULT["N"], RESULT["D"], RESULT["K"], RESULT["rounds"]) == (64, 256, 128, 5)
    assert RESULT["dtype"] == "float32" and RESULT["threads"] == "1"
    assert [round(milliseconds(n), 3 - (n == "scalars") * 3) for n in experiment.METHODS] == [
        434, 1.255, 0.843, 0.155]
    best = milliseconds("matrices")
    assert round(milliseconds("scalars") / best, -2) == 2800
    assert round(milliseconds("examples") / best, 1) == 8.1
    assert round(milliseconds("einsum") / best, 1) == 5.4
    assert 500 < milliseconds("scalars") / milliseconds("einsum") < 530
    scalars = [1e3 * seconds for seconds in RESULT["methods"]["scalars"]]
    assert (round(min(scalars)), round(max(scalars))) == (395, 454)
    rates = [experiment.rate(64, 256, 128, RESULT["methods"][n]) for n in experiment.METHODS]
    np.testing.assert_allclose(rates, [0.029, 10.0, 14.9, 81.1], rtol=0.02)


def test_batches_on_the_page():
    np.testing.assert_allclose([rate(n) for n in (1, 8, 64, 256, 1024)],
                               [4.9, 26.9, 75.1, 90.8, 96.0], atol=0.06)
    per_step = [1e3 * float(np.median(RESULT["batches"][str(n)])) for n in (1, 8, 64, 1024)]
    np.testing.assert_allclose(per_step, [1.28, 1.87, 5.36, 67.1], atol=0.06)
    assert round(per_step[2] / per_step[0], 1) == 4.2  # 64 examples for the time of 4.2
    rates = [rate(n) for n in experiment.BATCHES]
    assert rates == sorted(rates)


@pytest.mark.slow
def test_a_shorter_run_shows_the_same_order():
    result = experiment.run(rounds=1, batches=(1, 256), width=512, runs=10)
    times = {name: min(seconds) for name, seconds in result["methods"].items()}
    assert times["scalars"] > 100 * times["matrices"]
    assert times["examples"] > 2 * times["matrices"]
    per_example = [min(result["batches"][batch]) / int(batch) for batch in ("1", "256")]
    assert per_example[0] > 4 * per_example[1]
