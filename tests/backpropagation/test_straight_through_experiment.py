"""The page's numbers from the committed run, and a smaller run again."""

import json
from pathlib import Path

from snippets.backpropagation import straight_through_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {"score function": ("0.01", "2.83"), "score function, baseline": ("0.00", "1.05"),
        "straight-through": ("0.64", "2.31"),
        "Gumbel, 0.1": ("0.05", "4.81"), "Gumbel, 0.5": ("0.33", "1.73"), "Gumbel, 1.0": ("0.50", "0.93"),
        "Gumbel, 2.0": ("0.66", "0.38"), "Gumbel, 0.1, hard": ("0.10", "9.03"),
        "Gumbel, 0.5, hard": ("0.43", "3.63"), "Gumbel, 1.0, hard": ("0.68", "2.22"),
        "Gumbel, 2.0, hard": ("0.84", "1.22")}


def test_the_table_on_the_page():
    assert RESULT["samples"] == 200_000 and PAGE.keys() == RESULT["estimators"].keys()
    for name, expected in PAGE.items():
        one = RESULT["estimators"][name]
        assert (f"{one['bias']:.2f}", f"{one['spread']:.2f}") == expected, name
        assert one["cosine"] > 0.99


def test_the_spread_with_more_variables_on_the_page():
    found = [f"{RESULT['variables'][n]['spread']:.1f}" for n in ("1", "10", "100")]
    assert found == ["1.0", "4.2", "13.5"]


def test_a_smaller_run_again():
    for name, rows in experiment.estimates(10_000, 1).items():
        old, new = RESULT["estimators"][name], experiment.measure(rows)
        error = old["spread"] * (1 / 10_000 + 1 / 200_000) ** 0.5  # of the mean, over the length
        assert abs(new["bias"] - old["bias"]) < 5 * error + 0.01, name
        assert abs(new["spread"] / old["spread"] - 1) < 0.15, name
