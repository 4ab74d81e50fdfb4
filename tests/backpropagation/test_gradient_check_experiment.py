"""The page's numbers from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np

from snippets.backpropagation import gradient_check_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def at(name: str, step: float, which: str = "median") -> str:
    return f"{RESULT[name][which][int(np.argmin(np.abs(np.log(np.array(RESULT['steps']) / step))))]:.0e}"


def best(name: str) -> tuple[str, str]:
    median = RESULT[name]["median"]
    place = int(np.argmin(median))
    return f"{RESULT['steps'][place]:.0e}", f"{median[place]:.1e}"


def test_the_table_on_the_page():
    names = ["forward, tanh", "central, tanh", "central 32, tanh", "complex, tanh"]
    table = {1e-2: ["3e-03", "4e-05", "8e-05", "4e-05"], 1e-3: ["3e-04", "4e-07", "7e-04", "4e-07"],
             1e-5: ["3e-06", "1e-10", "6e-02", "4e-11"], 1e-7: ["4e-08", "1e-08", "9e-01", "4e-15"],
             1e-10: ["2e-05", "1e-05", "1e+00"]}
    for step, row in table.items():
        assert [at(name, step) for name in names][: len(row)] == row, step
    assert max(RESULT["complex, tanh"]["worst"][14:]) < 4e-16  # from 1e-8 on


def test_the_best_steps_on_the_page():
    assert best("forward, tanh") == ("1e-07", "4.2e-08")
    assert best("central, tanh") == ("1e-05", "1.3e-10")
    assert best("central 32, tanh") == ("1e-02", "7.8e-05")


def test_the_kinks_on_the_page():
    assert at("central, relu", 1e-2) == "1e-02" and at("central, relu", 1e-2, "worst") == "5e-02"
    assert at("central, relu", 1e-3) == "2e-08" and at("central, relu", 1e-3, "worst") == "1e-02"
    assert at("central, relu", 1e-5, "worst") == "2e-10"
    assert best("central 32, relu") == ("1e-03", "6.3e-04")


def test_the_middle_of_the_curve_again():
    # Where truncation rules, the error does not depend on rounding.
    now = experiment.errors("central", "tanh", 0, [1e-2, 1e-3])
    np.testing.assert_allclose(now[0] / now[1], 100, rtol=0.02)
    every = [experiment.errors("central", "tanh", seed, [1e-2])[0] for seed in range(experiment.SEEDS)]
    np.testing.assert_allclose(np.median(every), RESULT["central, tanh"]["median"][2], rtol=1e-3)
    # Where rounding rules, within a factor of three.
    every = [experiment.errors("central", "tanh", seed, [1e-9])[0] for seed in range(experiment.SEEDS)]
    assert 1 / 3 < np.median(every) / RESULT["central, tanh"]["median"][16] < 3
