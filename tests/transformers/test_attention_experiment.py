"""The page's numbers from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np

from snippets.transformers import attention_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # largest weight, and the query's gradient: root mean square, median
    "divided, 16": ("0.11", "0.19", "0.16"),
    "divided, 64": ("0.11", "0.19", "0.17"),
    "divided, 256": ("0.11", "0.19", "0.17"),
    "divided, 1024": ("0.11", "0.19", "0.17"),
    "plain, 16": ("0.57", "1.2", "0.81"),
    "plain, 64": ("0.79", "2.1", "0.83"),
    "plain, 256": ("0.89", "3.4", "0.23"),
    "plain, 1024": ("0.95", "4.9", "0.0029"),
}


def test_the_table_on_the_page():
    assert (RESULT["queries"], RESULT["keys"]) == (2000, 64)
    for name, shown in PAGE.items():
        one = RESULT["runs"][name]
        found = tuple(f"{one[key]:.2g}" for key in ("largest", "root_mean_square", "median"))
        assert found == shown, (name, found)


def test_the_ratios_on_the_page():
    plain, divided = RESULT["runs"]["plain, 64"], RESULT["runs"]["divided, 64"]
    assert 4.9 < plain["median"] / divided["median"] < 5.2
    plain, divided = RESULT["runs"]["plain, 1024"], RESULT["runs"]["divided, 1024"]
    assert 26 < plain["root_mean_square"] / divided["root_mean_square"] < 26.5
    assert 57 < divided["median"] / plain["median"] < 58.5
    assert round(100 * plain["top_fifth"]) == 96


def test_a_part_of_the_run_again():
    for divide, name in ((True, "divided, 64"), (False, "plain, 64")):
        again = experiment.measure(64, divide, np.random.default_rng(64))
        for key, value in again.items():
            assert abs(value / RESULT["runs"][name][key] - 1) < 1e-3, (name, key)


def test_the_gap_that_one_key_needs_among_many():
    # Against S standard normal scores, whose exponentials have the mean e**0.5.
    keys = 131_072
    gap = np.log(keys) + 0.5
    assert round(gap, 1) == 12.3
    others = np.exp(np.random.default_rng(0).standard_normal(keys))
    # The mean of e**z has a relative deviation of sqrt((e - 1) / S), 0.4 %.
    assert abs(np.exp(gap) / (np.exp(gap) + others.sum()) - 0.5) < 0.005
    # Effective number of keys, 1 over the sum of squared weights: S / e.
    assert abs(others.sum() ** 2 / (others**2).sum() / (keys / np.e) - 1) < 0.1
